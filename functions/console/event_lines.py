"""An event as one line of the list: what the journal's row, its closings and the page's snapshot say of it. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.wish import Outcome
from steward.effects import Kind, Status
from steward.journal import Decision
from steward.page_links import address_of, linked_page
from steward.snapshots import Snapshot

Row = Mapping[str, Any]

KINDS: Mapping[str, tuple[str, str]] = {
    Kind.COMMENT: ("comment", "comments"),
    Kind.WRITE: ("property", "properties"),
    Kind.MESSAGE: ("Slack message", "Slack messages"),
    Kind.DIRECT: ("direct message", "direct messages"),
    Kind.EMAIL: ("e-mail", "e-mails"),
    Kind.ROW: ("row", "rows"),
    Kind.TEXT: ("page text", "page texts"),
}
"""How one and several effects of a kind are called."""

_NO_PAGE = ("comment.", "file_upload.", "view.", "data_source.")
"""Types of events whose entity is nothing that an address of Notion opens by its id alone."""

_OPEN = frozenset({Status.PLANNED, Status.STARTED, Status.FOLDED})
"""Of an effect that is still owed; ``folded`` is, until the journal says how its digest ended."""

_DOUBTFUL = frozenset({Status.FAILED, Status.SKIPPED})


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event.

    Attributes:
        id: the event's.
        cursor: its place in the list.
        at: when it was finished.
        type: as Notion names it.
        title: of its page, where anybody knows it.
        address: of its page in Notion, or None.
        assignees: whom the page belongs to now; None when that is not known.
        decision: what became of it.
        why: one sentence.
        outcome: what came of it.
        effects: what it led to: words such as ``2 comments``, and the status that they share.
    """

    id: str
    cursor: str
    at: datetime
    type: str
    title: str | None
    address: str | None
    assignees: tuple[str, ...] | None
    decision: str
    why: str
    outcome: Outcome
    effects: tuple[tuple[str, str], ...]


def line_of(row: Row, later: Mapping[str, Row], snapshot: Snapshot | None) -> EventLine:
    """The line of a row.

    Args:
        row: of the journal, whole.
        later: effect id → how it ended after the row was written.
        snapshot: what is known of the page now, or None.
    """
    known = snapshot if snapshot is not None and not snapshot.gone else None
    assignees = None if known is None else known.assignees
    return EventLine(
        id=str(row["pk"]).removeprefix("EVENT#"),
        cursor=str(row["at"]),
        at=datetime.fromisoformat(row["finished_at"]),
        type=row["type"],
        title=row.get("title") or (snapshot.title if snapshot is not None else None) or None,
        address=address(row["type"], row.get("entity")),
        assignees=None if assignees is None else tuple(p.name or "somebody unnamed" for p in assignees),
        decision=row["decision"],
        why=row["why"],
        outcome=outcome_of(row, later),
        effects=_counted(_statuses(row, later)),
    )


def address(event_type: str, entity: str | None) -> str | None:
    """Where an event's page is opened in Notion, made from its id alone; None where there is none."""
    if entity is None or event_type.startswith(_NO_PAGE):
        return None
    page_id = linked_page(entity)
    return None if page_id is None else address_of(page_id)


def outcome_of(row: Row, later: Mapping[str, Row]) -> Outcome:
    """What came of an event; arguments as of ``line_of``."""
    if row["decision"] == Decision.PARKED:
        return Outcome.PARKED
    found = {status for _, status in _statuses(row, later)}
    if found & _DOUBTFUL:
        return Outcome.FAILED
    if found & _OPEN:
        return Outcome.WAITING
    return Outcome.DONE if Status.DONE in found else Outcome.QUIET


def may_have_changed(row: Row) -> bool:
    """Whether the journal may know more of a row's effects than the row says."""
    return any(effect["status"] in _OPEN or effect["status"] == Status.LAPSED for effect in _effects(row))


def matches(row: Row, page: str) -> bool:
    """Whether a row is about a page: part of its title, its id or a part of it, or a link to it."""
    if not page:
        return True
    entity = str(row.get("entity") or "")
    linked = linked_page(page)
    if linked is not None:
        return entity == linked
    bare = page.casefold().replace("-", "")
    in_id = len(bare) >= 4 and bare in entity.replace("-", "")
    return in_id or page.casefold() in str(row.get("title") or "").casefold()


def _effects(row: Row) -> list[Row]:
    return list(row.get("effects", ()))


def _statuses(row: Row, later: Mapping[str, Row]) -> list[tuple[str, str]]:
    """Kind and status of each effect, by whoever knows it best."""
    first = {effect["id"]: effect for effect in _effects(row)}
    whole = [{**first.get(id_, {}), **later.get(id_, {})} for id_ in dict.fromkeys([*first, *later])]
    return [(effect["kind"], effect["status"]) for effect in whole]


def _counted(statuses: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    counted = Counter(statuses)
    return tuple((_named(kind, count), status) for (kind, status), count in counted.items())


def _named(kind: str, count: int) -> str:
    one, several = KINDS.get(kind, (kind, kind))
    return one if count == 1 else f"{count} {several}"
