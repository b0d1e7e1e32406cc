"""Pausing and resuming, by several at once and with deaths in between: nobody is left with a lane that is shut for good."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from steward.errors import CallFailed, Failure
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause, Phase
from tests.integration.aws import Functions, make_resources, session_of_all
from tests.integration.stand import Death
from triage.watch import Look, Watch

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Place:
    """A lane with its record, and as many switches as somebody wants."""

    def __init__(self) -> None:
        session = session_of_all()
        environ = make_resources(session)
        self.arn = environ["LANE_QUEUE_ARN"]
        self.functions = Functions(self.arn, "processor", "another")
        self.table = session.resource("dynamodb").Table(environ["STATE_TABLE"])

    def switch(self, before: Callable[[], Any] = lambda: None) -> LaneSwitch:
        place = self

        class Turned(EventSource):
            def turn(self, *, on: bool) -> bool:
                before()
                return super().turn(on=on)

        source = Turned(place.functions, place.arn, "processor")
        return LaneSwitch(Memory(self.table, lambda: NOW), source, lambda: NOW)


@pytest.fixture
def place() -> Iterator[Place]:
    with mock_aws():
        yield Place()


def dies() -> object:
    raise Death


@pytest.mark.req("T5")
def test_a_death_between_the_record_and_the_event_source_is_made_good_by_whoever_looks_next(
    place: Place,
) -> None:
    with pytest.raises(Death):
        place.switch(dies).pause(Cause.VENDOR, "503")
    assert place.switch().read().holds
    assert place.functions.enabled
    place.switch().hold()
    assert not place.functions.enabled


@pytest.mark.req("T5")
def test_a_death_in_the_middle_of_a_resumption_is_made_good_as_well(place: Place) -> None:
    place.switch().pause(Cause.VENDOR, "503")
    with pytest.raises(Death):
        place.switch(dies).resume()
    assert place.switch().read().phase is Phase.RESUMING

    place.switch().open()

    assert place.functions.enabled
    assert place.switch().read().phase is Phase.RUNNING


@pytest.mark.req("T5")
def test_a_processor_that_pauses_while_the_triage_resumes_leaves_the_lane_open(place: Place) -> None:
    place.switch().pause(Cause.VENDOR, "503")
    place.functions.deploy()
    slow = place.switch(lambda: place.switch().resume() if place.switch().read().holds else None)

    slow.hold()

    assert not place.switch().read().holds
    assert place.functions.enabled


@pytest.mark.req("T5")
def test_resuming_and_pausing_twice_is_harmless(place: Place) -> None:
    first, second = place.switch(), place.switch()
    assert first.pause(Cause.TOKEN, "401") == second.pause(Cause.VENDOR, "503")
    first.resume()
    version = first.read().version
    second.resume()
    assert second.read().version == version
    assert place.functions.updates == [False, True]


@pytest.mark.req("T5")
def test_of_two_writers_the_second_reads_again(place: Place) -> None:
    switch = place.switch()
    original = Memory.swap
    raced: list[bool] = []

    def swap(memory: Memory, name: str, document: object, version: int) -> None:
        if not raced:
            raced.append(True)
            place.switch().pause(Cause.TOKEN, "401")
        original(memory, name, document, version)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Memory, "swap", swap)
        pause = switch.pause(Cause.VENDOR, "503")

    assert pause.cause is Cause.TOKEN
    assert switch.read().version == 1


def test_a_lane_without_a_mapping_to_the_processor_is_an_error_that_says_so(place: Place) -> None:
    del place.functions.mappings["processor"]
    with pytest.raises(LookupError, match="processor"):
        place.switch().hold()


def test_a_mapping_to_an_alias_of_the_processor_counts_and_one_to_a_namesake_does_not(place: Place) -> None:
    arn = place.functions.mappings["processor"]["FunctionArn"]
    place.functions.mappings["processor"]["FunctionArn"] = f"{arn}:live"
    place.functions.mappings["another"]["FunctionArn"] = f"{arn}-two"
    place.switch().pause(Cause.OPERATOR, "")
    assert not place.functions.enabled
    assert place.functions.mappings["another"]["State"] == "Enabled"


@pytest.mark.req("T5")
@pytest.mark.parametrize("answers", [True, False])
def test_a_probe_that_was_under_way_does_not_end_what_an_operator_began_meanwhile(
    place: Place, *, answers: bool
) -> None:
    class Notion:
        """Answers, or does not, while an operator pauses the lane."""

        def me(self) -> None:
            place.switch().pause(Cause.OPERATOR, "maintenance")
            if not answers:
                raise CallFailed(Failure.UNAVAILABLE, "notion", "notion.me", status=503)

    place.switch().pause(Cause.VENDOR, "503")
    notion: Any = Notion()
    watch = Watch(place.switch(), notion, (), lambda: NOW)

    assert watch.look(well=True) in (Look.RESTING, Look.STILL_DOWN)

    after = place.switch().read()
    assert (after.holds, after.cause, after.next_probe_at) == (True, Cause.OPERATOR, None)
    assert not place.functions.enabled


@pytest.mark.req("T5")
def test_who_pauses_by_what_it_saw_does_not_undo_a_resumption_since(place: Place) -> None:
    place.switch().pause(Cause.VENDOR, "503")
    place.switch().resume()
    seen = place.switch().read()
    place.switch().pause(Cause.OPERATOR, "a look")
    place.switch().resume()

    place.switch().pause(Cause.VENDOR, "notion-20261121-1", seen)

    assert not place.switch().read().holds
    assert place.functions.enabled


@pytest.mark.req("T5")
def test_a_resumption_while_aws_still_disables_is_carried_out_by_the_next_look(place: Place) -> None:
    place.switch().pause(Cause.VENDOR, "503")
    place.functions.in_use = True
    place.switch().resume()
    assert place.functions.updates == [False]

    place.functions.in_use = False
    place.switch().open()

    assert place.functions.enabled
    assert place.switch().read().phase is Phase.RUNNING
