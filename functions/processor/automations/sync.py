"""A6: the status of two linked pages is kept in step, in both directions.

A change is carried to the other page unless it says the same already. It can't go back and forth: what Steward writes is
observed from its own answer, with the time of the change that it carries, so that its echo is no change any more.

**Both changed.** A change that was made when both pages were in step is later than whatever brought them there, whatever
the clocks say. When they were not, both were changed before Steward could carry one over: the newest webhook time wins,
and the other page is written back. A page that is seen for the first time changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from processor.automations.change import Change, Draft, Note, Peer
from steward.claims import THERE, has
from steward.effects import Kind
from steward.page_links import linked_page
from steward.rules import SyncRule
from steward.snapshots import Snapshot
from steward.values import Value, same, texts

STATUS = "status"

MOST_LINKS = 10
"""Pages that link to one and the same: more than one is a mistake, and each gets its status."""

_TICK = timedelta(milliseconds=1)


def plan(change: Change, rule: SyncRule) -> Iterator[Draft | Note]:
    """The write that brings the linked page in step, or this one back."""
    before, after = change.before, change.after
    if before is None or before.gone or after.gone or not _changed(before, after):
        return
    for peer in change.peers:
        if peer.rule is rule:
            yield from _carry(change, before, peer)


def stamped(before: Snapshot | None, after: Snapshot, at: datetime, peers: tuple[Peer, ...]) -> Snapshot:
    """A page as it was just seen, with the time of its status.

    Args:
        before: as it was known, or None.
        after: as it was seen.
        at: when the change happened that is told of.
        peers: its other sides.
    """
    if before is None or not _changed(before, after):
        return after
    for peer in peers:
        for other in _linked(after, peer):
            if other.status_at is not None and _wanted(peer, before) == _status(other):
                at = max(at, other.status_at + _TICK)
    return replace(after, status_at=at)


def _carry(change: Change, before: Snapshot, peer: Peer) -> Iterator[Draft | Note]:
    after = change.after
    wanted = _wanted(peer, after)
    if wanted is None:
        shown = _status(after) or "no status"
        yield Note("unmapped", f"{shown} has no counterpart in {peer.source.name}, so it stays here")
        return
    targets = _targets(after, peer)
    if isinstance(targets, Note):
        yield targets
        return
    for target in targets:
        other = peer.pages.get(target)
        if other is not None and other.gone:
            yield Note("gone", f"the linked page in {peer.source.name} is gone")
        elif other is None or _wanted(peer, before) == _status(other):
            yield _write(after, peer, target, wanted)
        elif _status(other) != wanted and STATUS not in change.own:
            yield from _settle_dispute(change, peer, other, wanted)


def _settle_dispute(change: Change, peer: Peer, other: Snapshot, wanted: str) -> Iterator[Draft | Note]:
    after = change.after
    theirs, mine = _when(other), _when(after)
    if after.changed_after(other):
        yield Note(
            "newest",
            f"both sides changed: this one at {mine} is newer than that of {peer.source.name} at {theirs}",
        )
        yield _write(after, peer, other.page_id, wanted)
        return
    yield Note(
        "older",
        f"both sides changed: that of {peer.source.name} at {theirs} is newer than this one at {mine}",
    )
    back = _counterparts(peer, back=True, name=_status(other))
    if back is None:
        yield Note("unmapped", f"{_status(other)} of {peer.source.name} has no counterpart here")
        return
    value = {change.types.get(STATUS, STATUS): {"name": back}}
    yield Draft(
        Kind.WRITE,
        f"back {other.page_id}",
        claims=(THERE, has(STATUS, after.values[STATUS])),
        writes={change.properties[STATUS]: value},
        other_page=after.page_id,
        source_id=change.source.id,
    )


def _write(after: Snapshot, peer: Peer, target: str, wanted: str) -> Draft:
    claims = [THERE, has(STATUS, after.values[STATUS])]
    if peer.forward:
        claims.append(has(peer.rule.link, after.values[peer.rule.link]))
    return Draft(
        Kind.WRITE,
        target,
        claims=tuple(claims),
        writes={peer.properties[STATUS]: {peer.types.get(STATUS, STATUS): {"name": wanted}}},
        other_page=target,
        source_id=peer.source.id,
    )


def _targets(after: Snapshot, peer: Peer) -> list[str] | Note:
    """The pages that are linked, or why none is."""
    if not peer.forward:
        found = [page.page_id for page in _linked(after, peer)][:MOST_LINKS]
        return found or Note("unlinked", f"no page of {peer.source.name} is known to link here")
    link = _text(after.values.get(peer.rule.link))
    if link is None:
        return Note("unlinked", f"no page of {peer.source.name} is linked")
    target = linked_page(link)
    if target is None or target == after.page_id:
        return Note("malformed", f"the link to {peer.source.name} is no other page's id or URL")
    return [target]


def _linked(after: Snapshot, peer: Peer) -> list[Snapshot]:
    """The pages on the other side of the link that are known."""
    if peer.forward:
        link = _text(after.values.get(peer.rule.link))
        known = peer.pages.get(linked_page(link) or "") if link else None
        return [known] if known else []
    return [
        page for page in peer.pages.values() if not page.gone and _links_to(page, after.page_id, peer.rule)
    ]


def _links_to(page: Snapshot, page_id: str, rule: SyncRule) -> bool:
    link = _text(page.values.get(rule.link))
    return link is not None and linked_page(link) == page_id


def _changed(before: Snapshot, after: Snapshot) -> bool:
    both = STATUS in before.values and STATUS in after.values
    return both and not same(before.values[STATUS], after.values[STATUS])


def _wanted(peer: Peer, page: Snapshot) -> str | None:
    """What the other side calls this page's status."""
    return _counterparts(peer, back=False, name=_status(page))


def _counterparts(peer: Peer, *, back: bool, name: str | None) -> str | None:
    if name is None or not peer.rule.options:
        return name
    options: Mapping[str, str] = peer.rule.options
    if peer.forward == back:
        options = {theirs: ours for ours, theirs in reversed(list(options.items()))}
    return options.get(name)


def _status(page: Snapshot) -> str | None:
    return _text(page.values.get(STATUS))


def _text(value: Value) -> str | None:
    return next(iter(texts(value)), None)


def _when(page: Snapshot) -> str:
    return page.status_at.isoformat(timespec="milliseconds") if page.status_at else "an unknown time"
