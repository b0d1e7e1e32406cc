"""What both sides agreed on last, as a row's ``synced`` keeps it. Pure.

Refused: trust in it. Whoever writes rows can write there, and the rules file may give a column another type: what can't be
read is as if it was never agreed on, and no row keeps others from being followed.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from steward.mirror.mapping import NAME, STATUS
from steward.rules import ColumnType, MirrorRule


def recalled(text: str | None, rule: MirrorRule) -> dict[str, Any]:
    """Shared values from what ``canonical`` made of them; columns that the rule has no more are left out."""
    kinds: dict[str, ColumnType] = {NAME: "text", STATUS: "text"}
    kinds.update({column.name: column.type for column in rule.columns})
    base = dict[str, Any]()
    with suppress(ValueError, RecursionError):
        found = json.loads(text or "{}")
        for column, kind in kinds.items() if isinstance(found, dict) else ():
            with suppress(KeyError, TypeError, ValueError, OverflowError):
                value = found[column]
                base[column] = None if value is None else _READ[kind](value)
    return base


def _as(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(kind)
        return value

    return read


_READ: Mapping[str, Callable[[Any], Any]] = {
    "text": _as(str),
    "boolean": _as(bool),
    "number": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
