"""What is remembered of a page that was just observed, and when two such memories differ in what is watched. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from steward.pages import Page, Person, people
from steward.rules import DataSource, Rules, roles_used, roles_watched
from steward.snapshots import Departure, Snapshot
from steward.values import Unreadable, Value, same, value_of

INDEXED = timedelta(minutes=10)
"""After so long the index behind a query has seen an edit."""

ASSIGNEE = "assignee"
"""The role that a snapshot keeps apart from its values."""


def seen(
    previous: Snapshot | None,
    page: Page,
    observed_at: datetime | None,
    source: DataSource,
    properties: Mapping[str, str],
    rules: Rules,
    *,
    listed: bool,
) -> Snapshot:
    """The next version of a page's snapshot; its assignees are still those of the one before.

    Args:
        previous: the version before, or None.
        page: as it was observed.
        observed_at: when, by Notion's clock.
        source: its data source.
        properties: role → property id or name.
        rules: the whole file.
        listed: the page is a row of a query.
    """
    first = Snapshot(page.id, 0, observed_at, False, source.id, page.title, page.url, None)
    if previous is not None and (
        previous.source_id != source.id or previous.departure is Departure.ELSEWHERE
    ):
        previous = replace(previous, values={})  # a role meant another property there
    before = previous or replace(first, baseline_at=observed_at, creation_untold=True)
    return replace(
        before,
        version=before.version + 1,
        observed_at=observed_at,
        gone=False,
        departure=None,
        parents=tuple(filter(None, (page.data_source_id, page.database_id))),
        source_id=source.id,
        title=page.title,
        url=page.url,
        values={**before.values, **_values(page, properties, roles_watched(source, rules))},
        locked=before.locked if page.locked is None else page.locked,
        edited_at=page.last_edited_time,
        created_at=page.created_time or before.created_at,
        listed=listed,
    )


def shown(
    before: Snapshot | None, page: Page, source: DataSource, properties: Mapping[str, str], rules: Rules
) -> Snapshot:
    """What a row of a query says of a page, its assignees included; for a comparison."""
    now = seen(before, page, None, source, properties, rules, listed=True)
    return replace(now, assignees=assignees_of(page, properties))


def only_adds(before: Snapshot, row: Snapshot, page: Page, observed_at: datetime | None) -> bool:
    """Whether a row knows what the snapshot does not, because no rule named it then.

    Only of a page that was left alone for so long that the index can't be behind, and that was not edited since.
    """
    edited = page.last_edited_time
    if edited is None or edited != before.edited_at or observed_at is None or observed_at < edited + INDEXED:
        return False
    more = row.values.keys() > before.values.keys()
    return more or (before.assignees is None and row.assignees is not None)


def assignees_of(page: Page, properties: Mapping[str, str]) -> tuple[Person, ...] | None:
    """Who a page is assigned to, without bots; None when no property has the role, or it can't be read."""
    found = people(page.find(properties[ASSIGNEE])) if ASSIGNEE in properties else None
    return None if found is None else tuple(p for p in found if p.kind != "bot")


def absent(page: Page, source: DataSource, properties: Mapping[str, str]) -> frozenset[str]:
    """The roles that the automations use and that this page can't be read by: the property vanished or was retyped."""
    used = roles_used(source)
    found = set(_values(page, properties, used))
    return used - found - ({ASSIGNEE} if assignees_of(page, properties) is not None else set())


def differ(one: Snapshot, other: Snapshot) -> bool:
    """Whether anything that an automation watches is not the same; what one of them does not know is no difference."""
    if one.gone != other.gone or one.source_id != other.source_id:
        return True
    if None not in (one.assignees, other.assignees) and _ids(one.assignees) != _ids(other.assignees):
        return True
    if None not in (one.locked, other.locked) and one.locked != other.locked:
        return True
    return any(
        not same(value, other.values[role]) for role, value in one.values.items() if role in other.values
    )


def _values(page: Page, properties: Mapping[str, str], roles: frozenset[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for role in roles - {ASSIGNEE}:
        prop = page.find(properties[role]) if role in properties else None
        if prop is not None:
            try:
                found[role] = value_of(prop)
            except Unreadable:
                continue
    return found


def _ids(people: Sequence[Person] | None) -> frozenset[str]:
    return frozenset(p.id for p in people or ())
