"""The triage writes the pulse: from what it saw, and from what the Journal has."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from steward.closings import Closings
from steward.effects import Effect, Kind, Status
from steward.events import Event
from steward.incidents.classes import Class
from steward.journal import Decision, Entry, Journal
from steward.lane_switch import MIRROR_REST, pause_document
from steward.memory import Memory
from steward.pauses import Cause, Pause, Phase
from steward.pulse import PULSE, Lane, Pulse, ServiceState
from steward.state import State
from steward.waiting import KEYS, LOOKS, waiting
from tests.integration.aws import template
from tests.integration.clock import Clock
from tests.integration.tables import Tables
from tests.unit.triage.incident_words import diagnosis
from triage.findings import Finding, Probe, Verdict
from triage.probes.calls import US
from triage.pulse_writer import PulseWriter, Round


class Desk:
    """The tables in memory, and a writer on them."""

    def __init__(self) -> None:
        resources, tables = template(), Tables()
        self.clock = Clock()
        journal: Any = tables.make("journal", resources["JournalTable"]["Properties"])
        state: Any = tables.make("state", resources["StateTable"]["Properties"])
        self.memory, self.state_table = Memory(state, self.clock.now), state
        self.state = State(state, self.clock.now)
        self.journal, self.table = Journal(journal, 90, self.clock.now), journal

    def write(self, *findings: Finding, cls: Class = Class.HEALTHY, mirrors: bool = False) -> Pulse:
        closings = Closings(self.table, 90, self.clock.now)
        writer = PulseWriter(
            self.memory,
            self.journal,
            closings,
            owed=lambda service: waiting(self.state_table, service),
            tells_slack=True,
            mirrors=mirrors,
            now=self.clock.now,
        )
        return writer.write(Round(findings, [diagnosis(cls)], []))

    def finish(
        self, decision: Decision = Decision.OBSERVED, dialect: str = "official", *effects: Effect
    ) -> None:
        now = self.clock.now()
        event = Event(
            f"event-{now.timestamp()}", "page.created", dialect, now - timedelta(seconds=90), "page", "page"
        )
        self.journal.record(Entry(event, decision, "why", "A title", effects, 1, now, now))
        self.clock.sleep(1)

    def message(self, status: Status, reason: str | None = None) -> Effect:
        now = self.clock.now()
        return Effect(
            "0" * 16, Kind.MESSAGE, "page", 1, "Tasks/assignment", "event", (), now,
            status=status, started_at=now - timedelta(seconds=2), done_at=now, reason=reason,
        )  # fmt: skip  # it has the shape of a row


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.req("C1")
def test_a_round_counts_what_was_finished_since_the_last_one_and_each_event_once(desk: Desk) -> None:
    desk.finish()
    desk.finish(Decision.PARKED)
    desk.finish(Decision.OBSERVED, "sweep", desk.message(Status.DONE))
    last_webhook = desk.clock.now() - timedelta(seconds=2)
    desk.clock.sleep(10)
    desk.write()
    pulse = desk.write()
    desk.clock.sleep(60)
    desk.finish()
    desk.clock.sleep(10)
    pulse = desk.write()

    assert (sum(m.succeeded for m in pulse.minutes), sum(m.failed for m in pulse.minutes)) == (3, 1)
    assert (pulse.lost.changes, pulse.lost.longest_seconds) == (1, 90.0)
    assert pulse.last_event_at is not None
    assert pulse.last_event_at > last_webhook


@pytest.mark.req("C1")
def test_what_is_written_is_what_is_read(desk: Desk) -> None:
    lane = Finding(
        US,
        Probe.LANE,
        Verdict.GOOD,
        desk.clock.now(),
        "",
        numbers={"waiting": 3, "hidden": 1, "oldest_seconds": 9.5},
    )
    letters = Finding(US, Probe.DEAD_LETTERS, Verdict.BAD, desk.clock.now(), "", numbers={"waiting": 2})
    timed = Finding("notion", Probe.LATENCY, Verdict.GOOD, desk.clock.now(), "", seconds=0.25)

    written = desk.write(lane, letters, timed)
    assert Pulse.of(desk.memory.recall(PULSE)) == written
    assert (written.lane, written.dead_letters) == (Lane(3, 1, 9.5), 2)
    assert list(written.services) == ["notion", "slack"]
    assert written.services["notion"].samples[-1].seconds == 0.25
    assert written.services["slack"].state is ServiceState.UNKNOWN


@pytest.mark.req("C1")
def test_slack_is_up_when_a_message_went_out_and_down_when_none_gets_through(desk: Desk) -> None:
    desk.finish(Decision.OBSERVED, "official", desk.message(Status.DONE))
    desk.clock.sleep(10)
    slack = desk.write().services["slack"]
    assert (slack.state, slack.samples[-1].seconds) == (ServiceState.UP, 2.0)

    desk.finish(
        Decision.OBSERVED, "official", desk.message(Status.PLANNED, "slack.post: unavailable, status 503")
    )
    desk.clock.sleep(10)
    assert desk.write().services["slack"].state is ServiceState.DOWN


AWAY = "slack.post: unavailable, status 503"


@pytest.mark.req("C1")
def test_slack_is_down_for_as_long_as_what_waits_for_it_gets_no_answer(desk: Desk) -> None:
    waits = replace(desk.message(Status.PLANNED, AWAY), done_at=None)
    desk.finish(Decision.OBSERVED, "official", waits)
    desk.state.add([waits])
    for _ in range(70):
        desk.clock.sleep(60)
        slack = desk.write().services["slack"]
        assert (slack.state, slack.says) == (ServiceState.DOWN, "0 done, 1 not: unavailable")

    done = desk.state.advance(
        waits, replace(waits, status=Status.DONE, done_at=desk.clock.now(), reason=None)
    )
    for _ in range(59):
        desk.clock.sleep(60)
        # Nothing was asked of it since, and what was last seen holds for an hour.
        desk.write()
    desk.finish(Decision.OBSERVED, "official", done)
    desk.clock.sleep(10)
    assert desk.write().services["slack"].state is ServiceState.UP


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    ("reasons", "state"),
    [
        ((None,), ServiceState.UNKNOWN),  # planned a moment ago, and never tried
        ((AWAY, None), ServiceState.DOWN),
        (("slack.post: rate_limited, status 429",), ServiceState.DEGRADED),
    ],
)
def test_what_waits_tells_by_why_it_waits(
    desk: Desk, reasons: tuple[str | None, ...], state: ServiceState
) -> None:
    for number, reason in enumerate(reasons):
        effect = replace(desk.message(Status.PLANNED, reason), id=f"{number:016}", done_at=None)
        desk.state.add([effect])

    assert desk.write().services["slack"].state is state


@pytest.mark.req("C1", "O6")
def test_however_much_waits_few_of_it_are_looked_at_and_none_of_another_service(desk: Desk) -> None:
    kinds = [Kind.COMMENT, Kind.EMAIL, Kind.ROW, *[Kind.MESSAGE, Kind.DIRECT] * 10]
    for number, kind in enumerate(kinds):
        effect = replace(desk.message(Status.PLANNED, AWAY), id=f"{number:016}", kind=kind, done_at=None)
        desk.state.add([effect])
    reads: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> Any:
            reads.append(name)
            return getattr(desk.state_table, name)

    counted: Any = Counted()
    assert {effect.kind for effect in waiting(counted, "slack")} <= {Kind.MESSAGE, Kind.DIRECT}
    assert reads == ["query"] + ["get_item"] * LOOKS
    assert [effect.kind for effect in waiting(counted, "postgres")] == [Kind.ROW]
    assert waiting(counted, "hubspot") == []
    assert len(kinds) < KEYS


@pytest.mark.req("C1", "A7")
def test_the_mirrors_database_is_shown_where_there_is_one_and_down_while_it_rests(desk: Desk) -> None:
    rest = Pause(
        phase=Phase.PAUSED, cause=Cause.VENDOR, since=desk.clock.now(), next_probe_at=desk.clock.now()
    )
    desk.memory.remember(MIRROR_REST, pause_document(rest))

    assert "postgres" not in desk.write().services
    assert desk.write(mirrors=True).services["postgres"].state is ServiceState.DOWN


@pytest.mark.req("C1")
@pytest.mark.parametrize("document", [{"at": 1}, [], "x", {"at": "2026-11-20T12:00:00"}])
def test_a_pulse_that_cant_be_read_is_begun_anew(desk: Desk, document: object) -> None:
    desk.memory.remember(PULSE, document)
    desk.finish()
    desk.clock.sleep(10)

    assert sum(m.succeeded for m in desk.write().minutes) == 1
