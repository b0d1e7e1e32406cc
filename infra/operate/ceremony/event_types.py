"""Which of Notion's event types a subscription has to deliver, computed from the rules file. Pure.

What is not ticked costs nothing; what is ticked in vain costs a delivery and a journal row each time and never an effect.
The sweep finds what no webhook brought, so that a type too few is late and not lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from steward.events import OFFICIAL_TYPES
from steward.rules import LifecycleRule, MirrorRule, Rules, SchemaRule


@dataclass(frozen=True, slots=True)
class Tick:
    """A type to tick in Notion's dialog, and why."""

    type: str
    why: str


_ROWS = (
    Tick("page.created", "a new page is the first sight of it"),
    Tick("page.properties_updated", "assignee, status, dates and every other property"),
    Tick("page.moved", "a page comes into a data source, or leaves it"),
    Tick("page.deleted", "what is owed for the page is not told any more"),
    Tick("page.undeleted", "the page is there again"),
)
"""Needed as soon as anything happens on pages: they decide whether a page is there, and what it says."""

_SCHEMA = (
    Tick("data_source.schema_updated", "a renamed or retyped property may break an automation"),
    Tick("data_source.deleted", "nothing can be read there any more"),
    Tick("data_source.undeleted", "it can be read again"),
)
"""Needed for every data source: its properties are always watched."""


def needed(rules: Rules) -> tuple[Tick, ...]:
    """The types to tick, in the order of Notion's reference."""
    return tuple(_needed(rules))


def useless(rules: Rules) -> tuple[str, ...]:
    """The types that nobody here listens to, by name."""
    return tuple(sorted(OFFICIAL_TYPES - {tick.type for tick in needed(rules)}))


def _needed(rules: Rules) -> Iterator[Tick]:
    automations = [rule for source in rules.data_source for rule in source.automation]
    if any(not isinstance(rule, SchemaRule) for rule in automations):
        yield from _ROWS
    told = {moment for rule in automations if isinstance(rule, LifecycleRule) for moment in rule.on}
    for moment in ("locked", "unlocked"):
        if moment in told:
            yield Tick(f"page.{moment}", "an automation tells of it")
    if any(isinstance(rule, MirrorRule) and rule.text for rule in automations):
        yield Tick("page.content_updated", "the mirror keeps the text of pages")
    if rules.data_source:
        yield from _SCHEMA
