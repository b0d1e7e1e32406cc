"""What is remembered of a data source's schema between two looks: the properties and options that the rules name. Pure.

Of what is gone the last that was known stays, so that the next look can still say what became of it. The size is bounded
by the rules file, not by Notion, where a select may have thousands of options.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from steward.rules import DataSource, Rules
from steward.schema import Schema, SchemaProperty
from steward.schema_check import uses_of


def remembered(
    rules: Rules, source: DataSource, schema: Schema, ids: Mapping[str, str], before: Schema
) -> Schema:
    """What to remember.

    Args:
        rules: the whole file.
        source: one of its data sources.
        schema: as it is now.
        ids: role → property id, of vanished properties too.
        before: what was remembered.
    """
    named: dict[str, set[str]] = {}
    for _, _, use in uses_of(rules, rules.data_source.index(source)):
        named.setdefault(use.role, set()).update(use.options)
    found = {
        ids[role]: _property(ids[role], schema, before, named.get(role, set()))
        for role in source.properties.roles()
        if role in ids
    }
    return Schema(tuple(prop for prop in found.values() if prop is not None))


def to_json(schema: Schema) -> list[list[Any]]:
    """As a JSON array of arrays."""
    return [[p.id, p.name, p.type, dict(p.options)] for p in schema.properties]


def from_json(rows: Sequence[Sequence[Any]]) -> Schema:
    """What ``to_json`` wrote."""
    return Schema(tuple(SchemaProperty(*row) for row in rows))


def _property(property_id: str, schema: Schema, before: Schema, named: set[str]) -> SchemaProperty | None:
    now, was = schema.with_id(property_id), before.with_id(property_id)
    if now is None:
        return was
    # An option that is renamed stays here by the name that the file has for it: so the next look knows what it means.
    options = {
        **(was.options if was else {}),
        **{i: name for i, name in now.options.items() if name in named},
    }
    return SchemaProperty(
        now.id, now.name, now.type, {i: name for i, name in options.items() if name in named}
    )
