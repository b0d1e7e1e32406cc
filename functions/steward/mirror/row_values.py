"""A row's shared values: those that its page has, too, with an empty text as none. Pure."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from steward.mirror.mapping import NAME, STATUS, Shared, canonical
from steward.mirror.rows import Row, storable
from steward.rules import MirrorRule


def shared_in(row: Row, rule: MirrorRule) -> dict[str, Any]:
    """What a row says, as far as its page has it, too; an empty text is none."""
    found: dict[str, Any] = {NAME: row.name, STATUS: row.status}
    found.update((c.name, row.values[c.name]) for c in rule.columns if c.name in row.values)
    return {column: None if value == "" else value for column, value in found.items()}


def taken_over(row: Row, values: Shared) -> Row:
    """The row with other shared values; of its mapped columns it holds those only, so that no other is written."""
    mapped = {column: value for column, value in values.items() if column not in (NAME, STATUS)}
    return replace(row, name=values.get(NAME, row.name), status=values.get(STATUS, row.status), values=mapped)


def stored(values: Shared) -> dict[str, Any]:
    """A page's values as a row gives them back: else they would never be the same."""
    return {c: (storable(value) or None) if isinstance(value, str) else value for c, value in values.items()}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them, for the audit log."""
    found: dict[str, Any] = json.loads(canonical(values))
    return found
