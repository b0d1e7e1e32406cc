"""The runs of the deadline rules: which of them have come, and how far each has looked (A5).

The tick says only that time has passed; which rules run is found out from the wall clock where the team is, and what was
done is remembered for each rule, lane and day. So a tick that comes ten times, late or not at all changes nothing that is
told: whatever comes next on the same day does what is left. When nothing is left, no call is made.

A run asks for the open tasks that are due up to the end of its window, in the order of their creation, because that never
changes while it looks. The window has no beginning: Notion compares the first day of a range, which may be long ago.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from processor.automations.deadline import Occasion, occasions
from processor.connections import Connections
from processor.known import Known
from processor.listing import MINUTE, Chunk, chunks
from processor.progress import Progress
from processor.remembered import Remembered
from processor.reminding import Reminding
from steward import telemetry
from steward.documents import iso, moment
from steward.errors import CallFailed, Failure
from steward.ladder import DAY
from steward.memory import Memory
from steward.outcomes import CONNECTION_WIDE, TABLE, Then
from steward.rules import Rules
from steward.state import State

MOST_DONE = 50
"""Statuses that a query leaves out; a filter takes a hundred conditions."""

_AWAY = (Failure.UNAVAILABLE, Failure.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a run has looked.

    Attributes:
        since: the minute of creation where the query begins; None at the beginning.
        cursor: where it goes on; None at its beginning.
        plain: Notion refused to leave out what is done: everything comes, and is left out here.
    """

    since: datetime | None = None
    cursor: str | None = None
    plain: bool = False

    @staticmethod
    def of(document: Mapping[str, Any]) -> "_Place":
        """What was noted."""
        return _Place(moment(document.get("since")), document.get("cursor"), bool(document.get("plain")))

    def document(self) -> dict[str, Any]:
        """As it is noted."""
        return {"since": iso(self.since), "cursor": self.cursor, "plain": self.plain}

    def after(self, chunk: Chunk) -> "_Place":
        """A chunk further, and not at the end.

        A query ends at 10,000 rows: the next begins at the minute of the last one. Where one minute has more open tasks
        than that, it begins behind it, and the rest of that minute is left out.
        """
        if not chunk.cut:
            return replace(self, cursor=chunk.cursor)
        last = max((p.created_time for p in chunk.pages if p.created_time), default=None)
        since = self.since or datetime.min.replace(tzinfo=UTC)
        return replace(self, since=last if last and last > since else since + MINUTE, cursor=None)

    def simpler(self) -> "_Place | None":
        """What to ask instead, when Notion finds the question invalid; None when nothing is left to be left out.

        Cursors are Notion's and not for keeping; a status of the rules file may be none of the property's.
        """
        if self.cursor is not None:
            return replace(self, cursor=None)
        return None if self.plain else replace(self, plain=True)


class Reminders:
    """Makes the runs of one lane's pages."""

    def __init__(
        self,
        *,
        rules: Rules,
        memory: Memory,
        state: State,
        connections: Connections,
        known: Known,
        reminding: Reminding,
        remembered: Remembered,
        mine: Callable[[str], bool],
        lanes: int,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            rules: the rules file.
            memory: keeps the progress.
            state: the table.
            connections: the clients.
            known: knows ids and types of properties.
            reminding: reminds of one page.
            remembered: does so when Notion is away for too long.
            mine: whether a page belongs to the lane that is being worked.
            lanes: how many there are: when that changes, every page may have another.
            now: our clock.
            out_of_time: whether nothing more should be begun.
            logger: logs.
            count: counts.
        """
        self._rules = rules
        self._memory = memory
        self._state = state
        self._connections = connections
        self._known = known
        self._reminding = reminding
        self._remembered = remembered
        self._mine = mine
        self._lanes = lanes
        self._now = now
        self._out_of_time = out_of_time
        self._logger = logger
        self._count = count

    def remind(self, lane: str) -> bool:
        """Make the runs that have come and are not done; False when time ran out: go on in a new message.

        Args:
            lane: whose pages.

        Raises:
            CallFailed: Notion is in trouble that passes; what was planned so far is remembered.
            StateConflict: another writer was faster.
        """
        due = list(occasions(self._rules, self._now()))
        if not due:
            return True
        who = f"{lane}/{self._lanes}"
        progress = Progress(self._memory, who)
        troubles: list[CallFailed] = []
        for occasion in due:
            try:
                if not self._run(occasion, progress):
                    return False
            except CallFailed as failure:
                if failure.failure in CONNECTION_WIDE:
                    raise
                self._left_out(occasion, failure)
                troubles.append(failure)
        if any(failure.failure in _AWAY for failure in troubles):
            self._remembered.remind(who, self._mine)
        passing = [t for t in troubles if TABLE[t.failure].observing is Then.WAIT]
        if passing:
            raise passing[0]
        return True

    def _run(self, occasion: Occasion, progress: Progress) -> bool:
        note = progress.of(occasion)
        if note is None:
            return True
        place = _Place.of(note)
        while True:
            try:
                for chunk in self._chunks(occasion, place):
                    self._remind(chunk, occasion)
                    place = place.after(chunk)
                    progress.note(occasion, place.document(), done=chunk.is_last)
                    if chunk.is_last:
                        return True
                    if self._out_of_time():
                        return False
            except CallFailed as failure:
                simpler = place.simpler() if failure.failure is Failure.INVALID else None
                if simpler is None:
                    raise
                place = simpler

    def _chunks(self, occasion: Occasion, place: _Place) -> Iterator[Chunk]:
        source = occasion.source
        where = _conditions(
            occasion, self._known.properties_of(source), {} if place.plain else self._known.types_of(source)
        )
        return chunks(
            self._connections.of(source),
            self._known.query_id(source),
            "created_time",
            place.since,
            place.cursor,
            where,
        )

    def _remind(self, chunk: Chunk, occasion: Occasion) -> None:
        for page in chunk.pages[:1]:
            self._known.learn(
                occasion.source, page
            )  # of which type the status is, before any row concerns us
        mine = [page for page in chunk.pages if self._mine(page.id)]
        known = self._state.snapshots([page.id for page in mine])
        for page in mine:
            self._reminding.of_row(page, known.get(page.id), chunk.observed_at, occasion)

    def _left_out(self, occasion: Occasion, failure: CallFailed) -> None:
        rule = occasion.source.rule_id(occasion.rule)
        self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
        passes = TABLE[failure.failure].observing is Then.WAIT
        if not passes:
            self._count(telemetry.RULE_SKIPPED, rule=rule)
        self._logger.warning(
            "a deadline rule can't run", rule=rule, failure=str(failure), severity=None if passes else "P3"
        )


def _conditions(
    occasion: Occasion, properties: Mapping[str, str], types: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """What a query asks for: a day more than the window, because Notion's days are UTC's, and nothing that is done."""
    until = occasion.ladder.last_due(occasion.day) + DAY
    due = {"property": properties.get("due"), "date": {"on_or_before": until.isoformat()}}
    kind = types.get("status")
    if kind not in ("status", "select"):
        return [due]
    done = occasion.rule.done[:MOST_DONE]
    return [
        due,
        *({"property": properties["status"], kind: {"does_not_equal": option}} for option in done),
    ]
