"""What has to fit between the parts of a file: names that are referred to, names that must not stand twice.

``rule_checks`` looks into the single automation. Everything here is given valid values and tells all it finds.
"""

from collections.abc import Iterable, Iterator

from steward.rules.deadline import DeadlineRule
from steward.rules.document import Rules
from steward.rules.mistakes import Mistake
from steward.rules.nearest import hint, nearest
from steward.rules.notices import Notice, SchemaRule, StatusRule
from steward.rules.options import Place
from steward.rules.rule_checks import mistakes_in
from steward.rules.source import MAIN, DataSource, Properties
from steward.rules.uses import roles_used
from steward.rules.values import SLUG


def mistakes_between(rules: Rules) -> Iterator[Mistake]:
    """Every mistake that is not one of a single value."""
    if not rules.data_source:
        yield Mistake(("data_source",), "name at least one Notion data source", (("data_source",),))
    yield from _twice((("data_source", n, "id"), s.id) for n, s in enumerate(rules.data_source))
    yield from _twice((("data_source", n, "name"), s.name) for n, s in enumerate(rules.data_source))
    yield from _twice((("connection", n, "name"), c.name) for n, c in enumerate(rules.connection))
    for n, connection in enumerate(rules.connection):
        if connection.name == MAIN:
            yield Mistake(("connection", n, "name"), f"{MAIN!r} is the connection that is always there")
    yield from _quiet_hours(rules)
    yield from _channels(rules)
    for n, source in enumerate(rules.data_source):
        place: Place = ("data_source", n)
        if source.connection not in rules.connections():
            text = f"unknown connection {source.connection!r}; {hint(source.connection, rules.connections())}"
            yield Mistake((*place, "connection"), text, (("connection",),))
        yield from _roles(source, (*place, "properties"))
        yield from _rule_names(source, (*place, "automation"))
        for m, rule in enumerate(source.automation):
            yield from mistakes_in(rules, source, rule, place, m)


def _twice(named: Iterable[tuple[Place, str]]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for place, name in named:
        if name in seen:
            yield Mistake(place, f"stands more than once: {name!r}", (place,))
        seen.add(name)


def _quiet_hours(rules: Rules) -> Iterator[Mistake]:
    places: list[tuple[Place, Rules | DataSource]] = [((), rules)]
    places += [(("data_source", n), source) for n, source in enumerate(rules.data_source)]
    for place, table in places:
        if table.quiet_hours and table.quiet_hours.start == table.quiet_hours.end:
            yield Mistake((*place, "quiet_hours"), "from and to are the same time; leave both out for none")


def _channels(rules: Rules) -> Iterator[Mistake]:
    allowed = rules.slack.channels
    if not allowed:
        return
    for place, channel in named_channels(rules):
        if channel is not None and channel not in allowed:
            text = f"unknown channel {channel!r}; {hint(channel, allowed)}"
            yield Mistake(place, text, (("slack", "channels"),))


def named_channels(rules: Rules) -> Iterator[tuple[Place, str | None]]:
    """Every place of the file that may name a channel, and the channel or None."""
    yield ("slack", "default_channel"), rules.slack.default_channel
    for n, source in enumerate(rules.data_source):
        yield ("data_source", n, "slack_channel"), source.slack_channel
        for m, rule in enumerate(source.automation):
            place: Place = ("data_source", n, "automation", m)
            if isinstance(rule, Notice):
                yield (*place, "slack_channel"), rule.slack_channel
            if isinstance(rule, StatusRule) and rule.escalate:
                yield (*place, "escalate", "slack_channel"), rule.escalate.slack_channel
            if isinstance(rule, DeadlineRule):
                yield (*place, "overdue", "slack_channel"), rule.overdue.slack_channel


def _roles(source: DataSource, place: Place) -> Iterator[Mistake]:
    """A role of the team's own is fine, unless it looks like a known one that is missing and nothing uses it."""
    mapped, used = source.properties.roles(), roles_used(source)
    missing = [role for role in Properties.model_fields if role not in source.properties.model_fields_set]
    for role in mapped:
        if role in Properties.model_fields:
            continue
        near = [] if role in used else nearest(role, missing)
        if near:
            text = f"a role that no automation uses; did you mean {near[0]!r}?"
            yield Mistake((*place, role), text)
        elif not SLUG.fullmatch(role):
            text = "write a role in lower-case letters, digits, - and _, beginning with a letter"
            yield Mistake((*place, role), text)


def _rule_names(source: DataSource, place: Place) -> Iterator[Mistake]:
    seen: set[str] = set()
    for m, rule in enumerate(source.automation):
        rule_id = source.rule_id(rule)
        if isinstance(rule, SchemaRule) and len(source.of_kind(SchemaRule)) > 1:
            if rule is not source.of_kind(SchemaRule)[0]:
                yield Mistake((*place, m), "a data source has one schema watch; this is another")
        elif rule_id in seen:
            text = (
                f"another automation is called {rule_id}, too: "
                'give each automation of one kind a name of its own, e.g. name = "blocked"'
            )
            yield Mistake((*place, m, "name"), text, ((*place, m, "name"),))
        seen.add(rule_id)
