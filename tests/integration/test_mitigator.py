"""Measures, on the State table as it is: each taken once, undone when its reason is gone, and none when only observing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from steward.fallback import Fallback
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause, Phase
from tests.integration.aws import REGION, make_resources
from triage.diagnosis.classes import Class, Severity
from triage.incidents.incident import Incident, Stage
from triage.mitigation.measures import Measure
from triage.mitigation.mitigator import Mitigator

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def incident(cls: Class) -> Incident:
    return Incident(f"notion-{cls.name}", "notion", cls, Severity.P1, Stage.INVESTIGATING, "words", AT, AT)


class Mapping:
    """The event source."""

    def __init__(self) -> None:
        self.on = True

    def turn(self, *, on: bool) -> bool:
        stood, self.on = self.on is on, on
        return stood


class Desk:
    """A mitigator with what it acts on."""

    def __init__(self, table: Any) -> None:
        self.memory = Memory(table, lambda: AT)
        self.mapping = Mapping()
        self.switch = LaneSwitch(self.memory, self.mapping, lambda: AT)
        self.fallback = Fallback(self.memory, lambda: AT)
        self.pending: str | None = None
        self.tried = 0

    def take(self, *classes: Class, observe_only: bool = False) -> list[tuple[Measure, str]]:
        """A round, by a new environment."""
        mitigator = Mitigator(
            switch=self.switch,
            fallback=self.fallback,
            promote=self._promote,
            memory=self.memory,
            observe_only=observe_only,
        )
        return [(taken.measure, taken.says) for taken in mitigator.take([incident(cls) for cls in classes])]

    def _promote(self) -> str | None:
        self.tried += 1
        pending, self.pending = self.pending, None
        return pending


@pytest.fixture
def desk() -> Iterator[Desk]:
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        names = make_resources(session)
        yield Desk(session.resource("dynamodb").Table(names["STATE_TABLE"]))


@pytest.mark.req("T5", "P4")
def test_an_outage_pauses_the_lane_and_answers_from_memory_once_and_goes_live_afterwards(desk: Desk) -> None:
    first = [measure for measure, _ in desk.take(Class.OUTAGE)]
    again = desk.take(Class.OUTAGE)

    assert first == [Measure.PAUSE, Measure.FALL_BACK]
    assert again == []
    pause = desk.switch.read()
    assert (pause.phase, pause.cause, desk.mapping.on) == (Phase.PAUSED, Cause.VENDOR, False)
    assert desk.fallback.read().on
    assert "notion-OUTAGE" in desk.fallback.read().why
    assert [measure for measure, _ in desk.take()] == [Measure.GO_LIVE]
    assert desk.take() == []
    assert (
        desk.switch.read().phase is Phase.PAUSED
    )  # goes on when a probe succeeds, which is the watch's business


@pytest.mark.req("T5", "T9")
def test_a_pending_token_that_proved_itself_is_all_that_is_done_in_that_round(desk: Desk) -> None:
    desk.pending = "the pending token proved itself and was promoted"

    assert [measure for measure, _ in desk.take(Class.TOKEN)] == [Measure.PROMOTE_TOKEN, Measure.FALL_BACK]
    assert desk.switch.read().phase is Phase.RUNNING
    assert [measure for measure, _ in desk.take(Class.TOKEN)] == [Measure.PAUSE]
    assert desk.switch.read().cause is Cause.TOKEN


@pytest.mark.req("T5")
def test_an_operator_s_pause_is_left_as_it_is(desk: Desk) -> None:
    desk.switch.pause(Cause.OPERATOR, "a deploy")

    assert [measure for measure, _ in desk.take(Class.OUTAGE)] == [Measure.FALL_BACK]
    assert desk.switch.read().cause is Cause.OPERATOR


@pytest.mark.req("T5")
def test_who_only_observes_says_once_what_would_be_done_and_does_nothing(desk: Desk) -> None:
    desk.pending = "promoted"

    said = desk.take(Class.TOKEN, observe_only=True)

    assert [measure for measure, _ in said] == [Measure.PROMOTE_TOKEN, Measure.PAUSE, Measure.FALL_BACK]
    assert all(words.startswith("would ") for _, words in said)
    assert desk.take(Class.TOKEN, observe_only=True) == []
    assert desk.tried == 0
    assert not desk.fallback.read().on
    assert desk.switch.read().phase is Phase.RUNNING
    assert desk.mapping.on
