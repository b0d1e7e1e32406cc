"""Two tables in memory, filled through the classes that fill them in earnest: an hour of ordinary life, or an outage.

People and tasks are made up, see ``material``.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from steward.budget import BudgetRecord
from steward.budget_memory import BudgetMemory
from steward.closings import Closings
from steward.effects import Effect, Kind, Status
from steward.events import Event
from steward.incidents.classes import Advice, Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from steward.incidents.store import Incidents
from steward.journal import Decision, Entry, Journal
from steward.lane_switch import PAUSE, pause_document
from steward.memory import Memory
from steward.mirror.report import HEALTH, Report, SourceReport
from steward.pages import Person
from steward.pauses import Cause, Pause, Phase
from steward.pulse import PULSE, Lane, Lost, Minute, Pulse, Sample, Service, ServiceState
from steward.snapshots import Snapshot
from steward.state import State
from tests.browser.material import ANN, MINUTE, ORDINARY, Told, digest, page_id
from tests.integration.aws import template
from tests.integration.tables import Table, Tables
from triage.incidents.moments import moment


class World:
    """The tables, and how they are filled."""

    def __init__(self, now: datetime) -> None:
        resources, tables = template(), Tables()
        self.now = now
        self.state_table: Table = tables.make("StateTable", resources["StateTable"]["Properties"])
        self.journal_table: Table = tables.make("JournalTable", resources["JournalTable"]["Properties"])
        made: Any = (self.state_table, self.journal_table)
        self.memory = Memory(made[0], self.clock)
        self.closings = Closings(made[1], 90, self.clock)
        self.state = State(made[0], self.clock, self.closings)
        self.journal = Journal(made[1], 90, self.clock)
        self.incidents = Incidents(made[1], 90, self.clock)

    def clock(self) -> datetime:
        """The time here."""
        return self.now

    def event(self, number: int, told: Told, ago: timedelta, before: str = "Nobody") -> str:
        """Finish an event that long ago; its id. The same title is the same page."""
        title, type_, person, decision, why, effects = told
        page, at = page_id(title), self.now - ago
        event_id = f"{number:08x}-5e0e-4a8b-9c1d-{digest(str(number))[:12]}"
        made = tuple(
            self._effect(event_id, page, n, kind, status, at) for n, (kind, status) in enumerate(effects)
        )
        event = Event(event_id, type_, "official", at - timedelta(seconds=3), page, "page")
        parked = decision is Decision.PARKED
        self.journal.record(
            Entry(
                event,
                decision,
                why,
                title if decision in (Decision.OBSERVED, Decision.GONE, Decision.PARKED) else None,
                made,
                2 if made else 0,
                at - timedelta(seconds=1),
                at,
                {"Assignee": before} if person and made else {},
                {"Assignee": str(person.name)} if person and made else {},
                6 if parked else None,
                "KeyError" if parked else None,
            )
        )
        self._snapshot(page, title, person, gone=decision is Decision.GONE)
        return event_id

    def ordinary(self, rounds: int = 4, last: timedelta = timedelta(seconds=20)) -> list[str]:
        """Ordinary life until so long ago: the same eight events so many times, one in 90 seconds; their ids, newest first."""
        told = [told for _ in range(rounds) for told in ORDINARY]
        return [self.event(n, one, n * 1.5 * MINUTE + last) for n, one in enumerate(told)]

    def well(self) -> None:
        """All is well."""
        self.pulse()
        self.budget(31)
        self._mirror()

    def outage(self) -> Incident:
        """Notion has not answered for 23 minutes; the incident."""
        began = self.now - 23 * MINUTE
        self.pulse(down_since=began, waiting=38, dead_letters=1, lost=2)
        self.memory.swap(
            PAUSE,
            pause_document(
                Pause(
                    Phase.PAUSED,
                    Cause.VENDOR,
                    "notion.page: unavailable, status 503",
                    began,
                    4,
                    self.now + 2 * MINUTE,
                )
            ),
            1,
        )
        self.budget(2)
        self._mirror()
        return self._incident(began)

    def pulse(
        self, *, down_since: datetime | None = None, waiting: int = 0, dead_letters: int = 0, lost: int = 0
    ) -> None:
        """Write what the triage last saw."""
        now, bad, chance = self.now.replace(microsecond=0), down_since is not None, Random(7)
        minutes = tuple(
            Minute(
                now.replace(second=0) - ago * MINUTE,
                0
                if down_since and now.replace(second=0) - ago * MINUTE >= down_since
                else chance.randint(2, 9),
                1 if ago == 27 and bad else 0,
            )
            for ago in reversed(range(60))
        )
        services = {
            "notion": self._service(0.23, down_since, "4 of 4 probes failed: status 503"),
            "slack": self._service(0.14),
            "hubspot": self._service(0.31),
            "postgres": self._service(0.012),
        }
        pulse = Pulse(
            at=now - timedelta(seconds=12),
            minutes=minutes,
            last_event_at=down_since or now - timedelta(seconds=20),
            services=services,
            lane=Lane(waiting, 0, (now - down_since).total_seconds() if down_since else None),
            dead_letters=dead_letters,
            lost=Lost(lost, 24, 340.0 if lost else None),
        )
        self.memory.remember(PULSE, pulse.document())

    def budget(self, used: int) -> None:
        """Remember that so many requests were spent in the last minute."""
        second = int(self.now.timestamp()) - 20
        BudgetMemory(self.memory).save(BudgetRecord({second: used}))

    def _service(self, usual: float, down_since: datetime | None = None, says: str = "") -> Service:
        samples, chance = [], Random(usual)
        for ago in reversed(range(60)):
            at = self.now - ago * MINUTE - timedelta(seconds=12)
            down = down_since is not None and at >= down_since
            seconds = None if down else round(usual * (0.8 + chance.expovariate(4)), 4)
            samples.append(Sample(at, not down, seconds))
        if down_since:
            return Service(ServiceState.DOWN, down_since, says, tuple(samples))
        return Service(ServiceState.UP, self.now - timedelta(days=6, hours=3), "", tuple(samples))

    def _mirror(self) -> None:
        began = self.now - timedelta(hours=9)
        source = SourceReport("Tasks", pages=812, linked=790, rows=790)
        self.memory.remember(HEALTH, Report("r1", began, began + 2 * MINUTE, 9, (source,)).document())

    def _incident(self, began: datetime) -> Incident:
        id_ = f"notion-{began:%Y%m%d}-1"
        steps = (
            (0, Step.FIRST_FINDING, "notion.page: unavailable, status 503", "steward"),
            (1, Step.MITIGATION, "the lane is paused: events wait in the queue", "steward"),
            (2, Step.OPENED, "Notion does not answer: 4 of 4 probes failed", "steward"),
            (3, Step.ALARM, "steward-prod-LaneOldestAge", "cloudwatch"),
            (6, Step.ACKNOWLEDGED, "Dana takes care of it", "Dana"),
            (9, Step.IDENTIFIED, "the status page says: major outage of the API", "steward"),
        )
        incident = Incident(
            id=id_,
            vendor="notion",
            cls=Class.OUTAGE,
            severity=Severity.P1,
            stage=Stage.MITIGATING,
            says="Notion answers nothing but 503, and its status page says major outage.",
            opened_at=began + 2 * MINUTE,
            updated_at=began + 9 * MINUTE,
            acknowledged_by="Dana",
            timeline=tuple(moment(id_, began + n * MINUTE, step, says, by) for n, step, says, by in steps),
            impact=("38 events wait", "9 people are not told yet"),
            do=(Advice.WAIT, Advice.ASK_VENDOR),
        )
        return self.incidents.create(incident)

    def over(self) -> Incident:
        """An incident of yesterday, which is over."""
        at = self.now - timedelta(hours=26)
        id_ = f"slack-{at:%Y%m%d}-1"
        opened = Incident(
            id=id_,
            vendor="slack",
            cls=Class.DEGRADED,
            severity=Severity.P3,
            stage=Stage.MONITORING,
            says="Slack is slow",
            opened_at=at,
            updated_at=at,
            timeline=(moment(id_, at, Step.OPENED, "Slack answers after 9 s", "steward"),),
        )
        stored = self.incidents.create(opened)
        done = moment(id_, at + 41 * MINUTE, Step.RESOLVED, "Slack answers as ever", "steward")
        return self.incidents.save(
            stored,
            replace(stored, stage=Stage.RESOLVED, resolved_at=done.at, timeline=(*stored.timeline, done)),
        )

    def _effect(
        self, event_id: str, page: str, number: int, kind: Kind, status: Status, at: datetime
    ) -> Effect:
        closed = status in (Status.DONE, Status.FAILED, Status.SKIPPED)
        return Effect(
            id=digest(f"{event_id} {number}")[:16],
            kind=kind,
            page_id=page,
            version=1,
            rule="Tasks/assignment",
            event_id=event_id,
            words=(),
            planned_at=at - timedelta(seconds=1),
            person=ANN if kind in (Kind.DIRECT, Kind.EMAIL) else None,
            status=status,
            attempts=1 if closed else 0,
            started_at=at if closed else None,
            done_at=at if closed else None,
            external_id="1763733600.000100" if status is Status.DONE else None,
            reason="slack.message: forbidden, missing_scope" if status is Status.FAILED else None,
        )

    def _snapshot(self, page: str, title: str, person: Person | None, *, gone: bool) -> None:
        if self.state.load(page).snapshot is None:
            people = (person,) if person else ()
            seen = Snapshot(page, 1, self.now, gone, "tasks", title, "https://www.notion.so/x", people)
            self.state.commit(None, seen, (), ())


def today(hour: int = 14, minute: int = 2, second: int = 35) -> datetime:
    """A time of the day that pictures show."""
    return datetime(2026, 11, 21, hour, minute, second, tzinfo=UTC)
