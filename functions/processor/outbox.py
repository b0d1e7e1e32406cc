"""What is due in the outbox, tried again at every tick; messages that wait together are gathered into a digest (A13).

A digest is an effect of its own, on a page of its own, so that it is told exactly once by the same means as everything
else. Folding is one transaction: the digest appears and the messages in it are closed, or neither.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from processor.recent import Recent
from processor.settle import Settler
from processor.wording import fits_one_message
from steward import telemetry
from steward.effects import GATHERED, PRIVATE, WITHOUT_NOTION, Effect, Notice, Status, Target
from steward.errors import CallFailed, StateConflict
from steward.lane import FIRST, Lane
from steward.state import GRACE, PageRecord, State

DUE_PAGES = 50
"""Pages that one tick looks at; when there are more, it goes on in a message of its own."""

RESTING_PAGES = 200
"""The same while the lanes rest: among them are those whose comments have to wait for Notion."""

IN_ONE = 40
"""Notices in one digest: what a person still reads, what Slack takes in one message, what one transaction writes."""

MOST_TROUBLES = 3
"""Pages that fail before a tick ends."""

_DIGEST = "digest-"


class Outbox:
    """One lane's part of what is owed."""

    def __init__(
        self,
        *,
        state: State,
        settler: Settler,
        lane: Lane,
        now: Callable[[], datetime],
        count: telemetry.Count,
        recent: Recent,
    ) -> None:
        """Make it.

        Args:
            state: the table.
            settler: runs effects.
            lane: the queue.
            now: our clock.
            count: counts.
            recent: knows from how many on messages become one.
        """
        self._state = state
        self._settler = settler
        self._queue = lane
        self._now = now
        self._count = count
        self._recent = recent

    def settle_due(self, lane: str) -> bool:
        """Try what is due; False when there may be more, and it makes sense to go on at once.

        Raises:
            CallFailed: a vendor's trouble; what was done is remembered.
        """
        pages = self._state.due(lambda page_id: self._lane(page_id) == lane, DUE_PAGES)
        tried, troubles = self._settle(lane, pages, lambda _: True, MOST_TROUBLES)
        if troubles:
            raise troubles[0]
        return len(pages) < DUE_PAGES or tried == 0

    def settle_messages(self) -> int:
        """Try what is due in all lanes and can do without Notion (messages, the mirror's rows), while they rest; how many effects were tried.

        What meets trouble waits. What was started just now is left to whoever is at it: beside the lanes nothing keeps
        two of us from the same page.
        """
        pages = self._state.due(lambda _: True, RESTING_PAGES)
        return self._settle(FIRST, pages, self._needs_no_notion, len(pages))[0]

    def _needs_no_notion(self, effect: Effect) -> bool:
        started = effect.started_at if effect.status is Status.STARTED else None
        return effect.kind in WITHOUT_NOTION and (started is None or self._now() - started >= GRACE)

    def _settle(
        self, lane: str, pages: Sequence[str], wanted: Callable[[Effect], bool], patience: int
    ) -> tuple[int, list[CallFailed]]:
        """Settle such effects; how many were tried, and what went wrong with up to so many pages."""
        records = [self._owed(page_id, wanted) for page_id in pages]
        effects = [e for record in records for e in record.still_open]
        digests = [self._fold(lane, part) for part in self._gather(effects)]
        tried, troubles = 0, list[CallFailed]()
        for page_id in [*filter(None, digests), *pages]:
            try:
                tried += self._settler.settle(self._owed(page_id, wanted), gathered=True)
            except CallFailed as failure:
                # One page's trouble is its own; what is everybody's shows again at once.
                troubles.append(failure)
                if len(troubles) == patience:
                    break
        return tried, troubles

    def _owed(self, page_id: str, wanted: Callable[[Effect], bool]) -> PageRecord:
        record = self._state.load(page_id)
        return replace(record, effects=tuple(filter(wanted, record.effects)))

    def _lane(self, page_id: str) -> str:
        if page_id.startswith(_DIGEST):
            made_in = page_id.removeprefix(_DIGEST).partition("/")[0]
            if made_in in self._queue.groups:  # there may be fewer lanes than when it was made
                return made_in
        return self._queue.group_of(page_id)

    def _gather(self, effects: Sequence[Effect]) -> list[list[Effect]]:
        """What waits for the same eyes, in parts of a digest's size."""
        targets: dict[Target, list[Effect]] = {}
        for effect in effects:
            waits = effect.retry_at is not None and effect.retry_at > self._now()
            planned = effect.kind in GATHERED and effect.status is Status.PLANNED
            if planned and not (waits or effect.notices or effect.urgent):
                targets.setdefault(effect.target, []).append(effect)
        gathered = [
            waiting
            for target, waiting in targets.items()
            if len(waiting) > 1 and self._recent.is_full(target, len(waiting))
        ]
        return [part for waiting in gathered for part in _parts(waiting)]

    def _fold(self, lane: str, effects: Sequence[Effect]) -> str | None:
        """Make one digest of messages; its page, or None when one of them moved on meanwhile."""
        digest = _digest(lane, effects, self._now())
        try:
            self._state.fold(digest, effects)
        except StateConflict:
            return None
        self._count(telemetry.FOLDED, len(effects))
        return digest.page_id


def _parts(effects: Sequence[Effect]) -> Iterator[list[Effect]]:
    """Parts that one message takes."""
    part: list[Effect] = []
    for effect in effects:
        if part and (len(part) == IN_ONE or not fits_one_message([e.words for e in (*part, effect)])):
            yield part
            part = []
        part.append(effect)
    yield part


def _digest(lane: str, effects: Sequence[Effect], now: datetime) -> Effect:
    made_of = "\n".join(e.id for e in effects)
    digest_id = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    first = effects[0]
    return Effect(
        id=digest_id,
        kind=first.kind,
        page_id=f"{_DIGEST}{lane}/{digest_id}",  # its own: a page is always read with all its effects
        version=int(now.timestamp()) // 60,
        rule="digest",
        event_id=first.event_id,
        words=(),
        planned_at=now,
        person=first.person if first.kind in PRIVATE else None,
        channel=first.channel,
        notices=tuple(Notice(e.page_id, e.claims, e.words) for e in effects),
    )
