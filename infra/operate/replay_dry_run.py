"""The dry run of a replay: each page is read as long as Notion may be asked, and what was not read is said.

A look is paid from the probes' share of the request budget, which the triage spends of, too. Where it is spent, the dry run
waits until it is free again; when Notion itself can't be asked, the rest is told from memory.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.operate.notion_access import clients_of
from infra.operate.rehearsal import Rehearsal
from infra.operate.replay_preview import Preview, preview
from infra.operate.target import Target
from infra.operate.text import printable
from steward.errors import CallFailed, Failure
from steward.events import Event
from steward.rules import Rules
from steward.state import PageRecord, State

MARGIN = timedelta(seconds=2)
"""Of a rehearsal, which has no event's time to compare with."""

LONGEST = 180.0
"""Seconds that one page is waited for: three windows of the budget."""

sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class LeftOut:
    """What was to be read and was not.

    Attributes:
        why: in words.
        do: what to do about it.
    """

    why: str
    do: str


class DryRun:
    """Looks at pages in turn.

    Attributes:
        left_out: why pages were not read from some point on; None while all that should be read was.
    """

    def __init__(self, target: Target, rules: Rules | None, now: Callable[[], datetime]) -> None:
        """Make it.

        Args:
            target: the stack.
            rules: what to read pages by; None asks Notion nothing.
            now: our clock.
        """
        self.left_out: LeftOut | None = None
        self._rules = rules
        self._now = now
        self._table = target.table(target.output("StateTableName"))
        self._state = State(self._table, now)
        self._notions = clients_of(target, rules, now) if rules is not None else {}

    def previews(self, events: Sequence[Event]) -> Iterator[Preview]:
        """What a replay of each would do."""
        for event in events:
            record = self._state.load(str(event.entity_id))
            if self.left_out is None:
                try:
                    yield self._patiently(event, record)
                    continue
                except CallFailed as failure:
                    self.left_out = _left_out(failure)
            yield preview(event, record, None, None)

    def _rehearsal(self) -> Rehearsal | None:
        """A new one for each look: what one that failed has kept is not true."""
        if self._rules is None:
            return None
        return Rehearsal(self._rules, self._table, self._notions, MARGIN, self._now)

    def _patiently(self, event: Event, record: PageRecord) -> Preview:
        waited = 0.0
        while True:
            try:
                return preview(event, record, self._rules, self._rehearsal())
            except CallFailed as failure:
                seconds = max(1.0, failure.retry_after or 0.0)
                if failure.failure is not Failure.BUDGET_SPENT or waited + seconds > LONGEST:
                    raise
                why = failure.message or "the request budget is spent"
                print(f"replay: {printable(why)}; goes on in {seconds:.0f} s", file=sys.stderr)
                sleep(seconds)
                waited += seconds


def _left_out(failure: CallFailed) -> LeftOut:
    if failure.failure is Failure.BUDGET_SPENT:
        return LeftOut("the request budget stays spent", "try again in some minutes, or with --no-observe")
    return LeftOut(
        f"Notion can't be asked: {failure}", "see `triage`, and ask for what is owed alone with --no-observe"
    )
