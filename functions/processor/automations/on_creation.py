"""A4: a page that was just created is assigned, categorised and welcomed.

All that a rule gives a page is one write. Each value claims that the property is still as it was when that was decided: if
somebody is faster, what they filled in is taken out of the write, and the rest of it goes on.

**Turns.** Whose turn it is, is a number that the same transaction raises which plans the write: a page is created once, so
it takes one turn, however often that is delivered, wherever an environment dies, and in whichever lane. A turn that ends in
no assignment, because somebody was faster, is not given back.

**Telling.** Nobody is told here. Whoever got the page is told by the assignment rule, when the write is observed; see
``Reconciler.wrote``.
"""

from collections.abc import Iterator
from typing import Any

from processor.automations.change import Change, Draft
from processor.automations.filters import ASSIGNEE, fits
from steward import property_values
from steward.claims import FREE, THERE, has, hold
from steward.effects import Kind
from steward.property_values import LIST_LIMIT
from steward.rules import Assign, Category, Condition, OnCreationRule
from steward.rules.title_pattern import fits as fits_title
from steward.snapshots import Snapshot
from steward.values import texts
from steward.words import Text

VALUES = "values"
WELCOME = "welcome"

Write = tuple[str, Any, str]
"""The property, the value that it gets, and the claim under which it gets it."""


def plan(change: Change, rule: OnCreationRule) -> Iterator[Draft]:
    """The drafts that act on a new page, and what is left of a write that somebody overtook."""
    if change.departure is not None:
        return
    if not change.created:
        yield from _what_is_left(change)
        return
    assigned, takes_turn = _assign(change, rule.assign) if rule.assign else ([], False)
    writes = [*assigned, *_categorise(change, rule.categorise)]
    if writes:
        values = {prop: value for prop, value, _ in writes}
        claims = tuple(claim for _, _, claim in writes)
        yield Draft(Kind.WRITE, VALUES, claims=claims, writes=values, takes_turn=takes_turn)
    for welcome in rule.welcome:
        if _fits(change.after, welcome):
            yield Draft(Kind.COMMENT, WELCOME, (Text(welcome.text),), (THERE,))
            return


def _what_is_left(change: Change) -> Iterator[Draft]:
    owed = change.owed(Kind.WRITE, VALUES)
    if owed is None or hold(owed.claims, change.after):
        return
    # A write that was begun and that nobody has seen yet is looked for; to write the rest again does no harm.
    writes = zip((owed.writes or {}).items(), owed.claims, strict=False)
    left = [(prop, value, claim) for (prop, value), claim in writes if hold((claim,), change.after)]
    if left:
        values = {prop: value for prop, value, _ in left}
        yield Draft(
            Kind.WRITE,
            VALUES,
            claims=tuple(claim for _, _, claim in left),
            writes=values,
            not_before=owed.retry_at,
            replaces=change.pending(Kind.WRITE, VALUES),
        )


def _assign(change: Change, assign: Assign) -> tuple[list[Write], bool]:
    """Who gets a page that nobody is assigned to, and whether by turn."""
    prop = change.properties.get(ASSIGNEE)
    if prop is None or change.after.assignees != ():
        return [], False
    decided = texts(change.after.values.get(assign.by)) if assign.by else ()
    people = next((assign.people[text] for text in decided if text in assign.people), ())
    by_turn = not people and bool(assign.round_robin)
    if by_turn:
        people = (assign.round_robin[change.turn % len(assign.round_robin)],)
    if not people:
        return [], False
    return [(prop, property_values.people(people[:LIST_LIMIT]), FREE)], by_turn


def _categorise(change: Change, categories: tuple[Category, ...]) -> Iterator[Write]:
    done = set[str]()
    for category in categories:
        if not _fits(change.after, category):
            continue
        for role, options in category.values.items():
            if role in done:
                continue
            done.add(role)
            yield from _set(change, category, role, options)


def _set(change: Change, category: Category, role: str, options: tuple[str, ...]) -> Iterator[Write]:
    prop, kind = change.properties.get(role), change.types.get(role)
    if prop is None or role not in change.after.values:
        return
    value = change.after.values[role]
    has_now = texts(value)
    wanted = options if category.overwrite else tuple(dict.fromkeys((*has_now, *options)))
    try:
        if kind == "multi_select" and set(wanted) != set(has_now):
            yield prop, property_values.multi_select(wanted), has(role, value)
        elif kind == "select" and (not has_now or (category.overwrite and has_now != options[:1])):
            yield prop, property_values.select(options[0]), has(role, value)
        elif kind == "status" and has_now != options[:1]:
            yield prop, property_values.status(options[0]), has(role, value)
    except ValueError:
        return  # no option can be called that: nothing to give, and the check of the rules against Notion says so


def _fits(snapshot: Snapshot, condition: Condition) -> bool:
    return fits(snapshot, condition.where) and (
        condition.title is None or fits_title(condition.title, snapshot.title)
    )
