"""Measures, on the State table as it is: taken once, undone when their reason is gone, and none when only observing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from steward.fallback import Fallback
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause, Phase
from tests.integration.aws import make_resources, session_of_all
from triage.incidents.damping import Rules
from triage.incidents.life import Past, advance
from triage.incidents.runs import document_of, run_of, runs_of
from triage.mitigation.mitigator import Mitigator
from triage.pace import MINUTELY

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
        self.now = AT
        self.memory = Memory(table, lambda: self.now)
        self.mapping = Mapping()
        self.switch = LaneSwitch(self.memory, self.mapping, lambda: self.now)
        self.fallback = Fallback(self.memory, lambda: self.now)
        self.pending: str | None = None
        self.tried = 0
        self.troubled = True

    def take(self, *classes: Class, observe_only: bool = False) -> list[str]:
        """A round, by a new environment; what it reports, without the times."""
        mitigator = Mitigator(
            switch=self.switch,
            fallback=self.fallback,
            promote=self._promote,
            memory=self.memory,
            now=lambda: self.now,
            observe_only=observe_only,
        )
        troubled = {"notion"} if self.troubled else set[str]()
        self.measures = mitigator.take([incident(cls) for cls in classes], troubled)
        self.now += timedelta(minutes=1)
        return [measure.id.partition("-")[0] for measure in self.measures]

    def _promote(self, tell: Callable[[str], None]) -> bool:
        self.tried += 1
        pending, self.pending = self.pending, None
        if pending is None:
            return False
        tell(pending)
        return True


@pytest.fixture
def desk() -> Iterator[Desk]:
    with mock_aws():
        session = session_of_all()
        names = make_resources(session)
        yield Desk(session.resource("dynamodb").Table(names["STATE_TABLE"]))


@pytest.mark.req("T5", "P4")
def test_an_outage_pauses_the_lane_and_answers_from_memory_and_goes_live_afterwards(desk: Desk) -> None:
    assert desk.take(Class.OUTAGE) == ["pause", "fallback"]
    first = desk.measures
    assert desk.take(Class.OUTAGE) == ["pause", "fallback"]
    assert desk.measures == first, "the same measures, so that each is one line of the timeline"
    pause = desk.switch.read()
    assert (pause.phase, pause.cause, desk.mapping.on) == (Phase.PAUSED, Cause.VENDOR, False)
    assert desk.fallback.read().on
    assert "notion-OUTAGE" in desk.fallback.read().why

    assert desk.take() == [
        "pause",
        "live",
    ]  # the lane goes on when a probe succeeds, which is the watch's business
    desk.switch.resume()
    assert desk.take() == ["resume", "live"]
    desk.now += MINUTELY.recent
    assert desk.take() == []


@pytest.mark.req("T5", "T9")
def test_a_pending_token_that_proved_itself_is_all_that_is_done_in_that_round(desk: Desk) -> None:
    desk.pending = "the pending token proved itself and was promoted"

    assert desk.take(Class.TOKEN) == ["fallback", "token"]
    assert desk.switch.read().phase is Phase.RUNNING
    assert desk.take(Class.TOKEN) == ["pause", "fallback", "token"]
    assert desk.switch.read().cause is Cause.TOKEN
    assert {measure.cls for measure in desk.measures if measure.id.startswith(("pause", "token"))} == {
        Class.TOKEN
    }


@pytest.mark.req("T5")
def test_nothing_is_paused_or_promoted_for_what_is_well_again(desk: Desk) -> None:
    desk.troubled, desk.pending = False, "promoted"

    assert desk.take(Class.TOKEN) == ["fallback"]
    assert desk.switch.read().phase is Phase.RUNNING
    assert desk.tried == 0


@pytest.mark.req("T5")
def test_an_operator_s_pause_is_left_as_it_is_and_is_no_measure(desk: Desk) -> None:
    desk.switch.pause(Cause.OPERATOR, "a deploy")

    assert desk.take(Class.OUTAGE) == ["fallback"]
    assert desk.switch.read().cause is Cause.OPERATOR


@pytest.mark.req("T5")
def test_who_lets_the_lane_go_on_is_not_undone_while_the_incident_lasts(desk: Desk) -> None:
    desk.take(Class.BLOCKED)
    desk.switch.resume()

    assert desk.take(Class.BLOCKED) == ["resume", "fallback"]
    assert not desk.switch.read().holds


@pytest.mark.req("T5")
def test_what_the_processor_s_breaker_did_is_told_as_well(desk: Desk) -> None:
    desk.switch.pause(Cause.VENDOR, "four calls in a row")

    assert desk.take() == ["pause"]


@pytest.mark.req("T5")
def test_who_only_observes_says_what_would_be_done_and_does_nothing(desk: Desk) -> None:
    desk.pending = "promoted"

    assert desk.take(Class.TOKEN, observe_only=True) == ["would", "would", "would"]
    first = [measure.id for measure in desk.measures]
    desk.take(Class.TOKEN, observe_only=True)
    assert [measure.id for measure in desk.measures] == first
    assert desk.tried == 0
    assert not desk.fallback.read().on
    assert desk.switch.read().phase is Phase.RUNNING
    assert desk.mapping.on


@pytest.mark.req("T5")
def test_what_was_begun_before_somebody_wished_to_only_observe_is_undone(desk: Desk) -> None:
    desk.take(Class.OUTAGE)
    assert desk.fallback.read().on

    desk.take(Class.OUTAGE, observe_only=True)

    assert not desk.fallback.read().on


@pytest.mark.req("T5", "T6")
def test_what_is_only_said_is_a_note_and_no_mitigation(desk: Desk) -> None:
    desk.take(Class.OUTAGE, observe_only=True)
    run = run_of((), desk.measures, AT)
    (recalled,) = runs_of(document_of([run]))

    after = advance(replace(incident(Class.OUTAGE), opened_at=AT), Past((recalled,), Rules()))

    assert {m.step for m in after.timeline} == {Step.NOTE}
    assert after.stage is Stage.INVESTIGATING
