"""Does this event concern us? Answered from the event and from memory, without a call.

An ignored event is a success, and the majority.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from steward.events import Event
from steward.rules import DataSource, Rules, roles_watched

PAGE_TYPES = frozenset(
    {
        "page.created",
        "page.properties_updated",
        "page.moved",
        "page.deleted",
        "page.undeleted",
        "page.locked",
        "page.unlocked",
        "page.updated",  # the two older dialects' only word for a change
    }
)
"""Events that can change what an automation watches: properties, whether the page is there, where, and locked."""

NOT_ROWS = frozenset({"page", "block"})
"""Parents under which a page is no row of a data source. ("space" is not here: Notion's own sample of a row has it.)"""

SCHEMA_TYPES = frozenset(
    f"{kind}.{verb}"
    for kind in ("data_source", "database")
    for verb in ("schema_updated", "deleted", "undeleted")
)
"""Events after which the properties of a data source may fit the rules no longer, or again."""


@dataclass(frozen=True, slots=True)
class Relevant:
    """The event has to be worked, and the page that it is about."""

    page_id: str


@dataclass(frozen=True, slots=True)
class Irrelevant:
    """The event changes nothing for us, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class News:
    """What an event itself claims about a page.

    Attributes:
        assignees: the event says that the page was just created or that its assignee property changed.
        at: when that happened, by Notion's clock; None when the event does not say.
        created: the event says that the page was just created.
        moved: the event says that the page was just moved to where it is.
        by: the id of the person who did it; empty when no person took part, or several did.
    """

    assignees: bool
    at: datetime | None
    created: bool = False
    moved: bool = False
    by: str = ""


def judge(
    event: Event,
    rules: Rules,
    property_ids: Mapping[str, Mapping[str, str]],
    our_bots: Callable[[], frozenset[str]],
) -> Relevant | Irrelevant:
    """Decide whether an event has to be worked.

    Args:
        event: the event.
        rules: the rules file.
        property_ids: data source id → role → id of the property that has it, as far as learnt from pages seen before.
        our_bots: gives the ids of our own bot users; only asked when no person took part in the event, because it may
            cost a call the first time.
    """
    if event.entity_type != "page":
        return Irrelevant(f"no automation watches a {event.entity_type or 'thing without type'}")
    if event.entity_id is None:
        return Irrelevant("the event does not say which page")
    why = _uninteresting(event, rules, property_ids)
    if why is None and event.authors and all(a.type in ("bot", "agent") for a in event.authors):
        ours = our_bots()
        if all(a.id in ours for a in event.authors):
            why = "only our own bot wrote"
    return Relevant(event.entity_id) if why is None else Irrelevant(why)


def schema_of(event: Event, rules: Rules) -> DataSource | None:
    """The data source whose schema an event is about, or None when it is about something else."""
    if event.type not in SCHEMA_TYPES:
        return None
    database = event.parent_id if event.entity_type == "data_source" else None
    return rules.source_of(event.entity_id, event.data_source_id, database)


def news_of(event: Event, assignee_id: str | None, assignee_name: str | None) -> News:
    """What the event claims, given the id of the page's assignee property."""
    created = event.type == "page.created"
    changed = any(
        _same(reference, assignee_id) or reference == assignee_name for reference in event.updated_properties
    )
    people = [author.id for author in event.authors if author.type == "person"]
    by = people[0] if len(people) == 1 else ""
    return News(created or changed, event.occurred_at, created, event.type == "page.moved", by)


def _uninteresting(event: Event, rules: Rules, property_ids: Mapping[str, Mapping[str, str]]) -> str | None:
    if event.type not in PAGE_TYPES:
        return f"no automation watches {event.type}"
    source = rules.source_of(event.data_source_id)
    if event.data_source_id and source is None and event.type != "page.moved":
        return "the page's data source is not in the rules file"
    if event.data_source_id is None and event.parent_type in NOT_ROWS and event.type != "page.moved":
        return f"the page lives under a {event.parent_type}, not in a data source"
    watched = roles_watched(source, rules) if source is not None else frozenset()
    if source is not None and _misses_all(event, source, watched, property_ids.get(source.id, {})):
        return "no watched property changed"
    return None


def _misses_all(event: Event, source: DataSource, watched: frozenset[str], ids: Mapping[str, str]) -> bool:
    if event.type != "page.properties_updated" or not event.updated_properties:
        return False
    if not watched <= ids.keys():
        return False  # not every id is known yet
    names = [name for role in watched for name in (source.properties.of(role), ids[role])]
    return not any(_same(reference, name) for reference in event.updated_properties for name in names)


def _same(reference: str, other: str | None) -> bool:
    return other is not None and (reference == other or unquote(reference) == unquote(other))
