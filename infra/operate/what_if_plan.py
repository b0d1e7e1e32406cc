"""What a rules file would have told of a step: the processor's own planner, asked about the past. Pure.

Only what people are told counts: comments, messages, direct messages and e-mails. What a rules file would have written
into pages, and what would have followed from that, is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from infra.operate.past_steps import Step, finished
from processor.automations.change import Change
from processor.context import Context
from processor.drafted import put_together
from processor.relevance import News
from steward.effects import Kind
from steward.rules import DataSource, Rules, roles_used
from steward.snapshots import Snapshot
from steward.words import Text, Words

TOLD = frozenset({Kind.COMMENT, Kind.MESSAGE, Kind.DIRECT, Kind.EMAIL})

NOT_JUDGED = ("deadline", "schema", "sync", "mirror")
"""Kinds of automations that no step of one page's history decides."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that somebody would have been told.

    Attributes:
        event_id: the event that led to it.
        page: the page's title, or its id where it has none.
        rule: the automation, e.g. ``Tasks/assignment``.
        kind: how.
        person: whom it is for: their name or id; empty for a channel's.
        channel: the Slack channel, or empty.
        text: what is said.
    """

    event_id: str
    page: str
    rule: str
    kind: str
    person: str
    channel: str
    text: str


def told_by(rules: Rules, step: Step, roles: Mapping[str, str]) -> tuple[list[Told], tuple[str, ...]]:
    """What a file would have told of a step, and which of its automations can't be judged.

    Args:
        rules: the file.
        step: the step.
        roles: role of this file → role under which the snapshots have the property.
    """
    source = rules.source_of(step.after.source_id)
    if source is None:
        return [], ()
    before, after = _seen_by(step.before, roles), _seen_by(step.after, roles)
    assert after is not None  # noqa: S101 - for the types: a step has an after
    plan = put_together(
        _change(rules, source, step, before, after), _context(rules, source, step, after), _as_it_is
    )
    told = [
        Told(
            step.event_id,
            after.title or after.page_id,
            effect.rule,
            str(effect.kind),
            (effect.person.name or effect.person.id) if effect.person else "",
            effect.channel,
            plain(effect.words),
        )
        for effect in (*plan.effects, *plan.surplus)
        if effect.kind in TOLD
    ]
    return told, plan.skipped


def roles_between(now: DataSource | None, new: DataSource) -> Mapping[str, str]:
    """Role of a new file → role of the present file that means the same property."""
    known = {prop: role for role, prop in now.properties.roles().items()} if now is not None else {}
    return {role: known[prop] for role, prop in new.properties.roles().items() if prop in known}


def plain(words: Words) -> str:
    """Words as plain text."""
    return "".join(
        part.text
        if isinstance(part, Text)
        else (getattr(part, "title", None) or getattr(part, "name", None) or "?")
        for part in words
    )


def _seen_by(snapshot: Snapshot | None, roles: Mapping[str, str]) -> Snapshot | None:
    """A snapshot as a file names its properties; the title is always known."""
    if snapshot is None:
        return None
    values = {role: snapshot.values[known] for role, known in roles.items() if known in snapshot.values}
    assignees = snapshot.assignees if roles.get("assignee") == "assignee" else None
    return replace(snapshot, values={"title": snapshot.title or None, **values}, assignees=assignees)


def _change(rules: Rules, source: DataSource, step: Step, before: Snapshot | None, after: Snapshot) -> Change:
    people = after.assignees or ()
    had = {p.id for p in before.assignees or ()} if before is not None else set()
    has = {p.id for p in people}
    news = before is not None or bool(step.assignment_news)
    known = before is None or before.assignees is not None
    gone = after.gone and before is not None and not before.gone
    there = news and known and not after.gone
    return Change(
        before,
        after,
        source,
        rules,
        finished(step.row),
        source.properties.roles(),
        {},
        added=tuple(p for p in people if p.id not in had) if there else (),
        removed=tuple(p for p in (before.assignees or ()) if p.id not in has) if before and there else (),
        created=before is None and step.row.get("type") == "page.created",
        arrived=before is None and step.row.get("type") == "page.moved",
        departure=after.departure if gone else None,
        heard=True,
    )


def _context(rules: Rules, source: DataSource, step: Step, after: Snapshot) -> Context:
    have = {*after.values, *({"assignee"} if after.assignees is not None else ())}
    return Context(
        rules=rules,
        source=source,
        properties=source.properties.roles(),
        types={},
        news=News(False, None),
        event_id=step.event_id,
        margin=timedelta(0),
        now=finished(step.row),
        absent=roles_used(source) - have,
    )


def _as_it_is(snapshot: Snapshot, added: Sequence[Any], removed: Sequence[Any]) -> Snapshot:
    """What one commit does not take is no matter here."""
    del added, removed
    return snapshot
