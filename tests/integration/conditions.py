"""DynamoDB's conditions and updates, as far as Steward writes them: text, or boto3's ``Key`` and ``Attr``.

What is not known here is refused, so that a new kind of condition is never taken for one that holds.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from boto3.dynamodb.conditions import AttributeBase, ConditionBase

Row = Mapping[str, Any]
Words = Mapping[str, Any]
"""What stands for names (``#name``) and for values (``:value``)."""

_EXISTS = re.compile(r"attribute_(not_)?exists\(([#\w]+)\)")
_COMPARES = re.compile(r"([#\w]+) (=|<=|<|>=|>) (:\w+)")
_CLAUSES = re.compile(r"(?:^| )(SET|ADD) ")

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, value: found == value,
    "<=": lambda found, value: found <= value,
    "<": lambda found, value: found < value,
    ">=": lambda found, value: found >= value,
    ">": lambda found, value: found > value,
}

_ABSENT = object()


def holds(condition: str, row: Row | None, names: Words, values: Words) -> bool:
    """Whether a condition of a write holds for the row that is there, or for None.

    Raises:
        AssertionError: it is not known here.
    """
    return any(
        all(_term_holds(term, row or {}, names, values) for term in way.split(" AND "))
        for way in condition.split(" OR ")
    )


def _term_holds(term: str, row: Row, names: Words, values: Words) -> bool:
    if (found := _EXISTS.fullmatch(term)) is not None:
        return (_named(found[2], names) in row) is (found[1] is None)
    found = _COMPARES.fullmatch(term)
    assert found is not None, f"these tables do not know the condition {term!r}"
    return _compares(found[2], row.get(_named(found[1], names), _ABSENT), values[found[3]])


def _compares(operator: str, found: Any, value: Any) -> bool:
    """False, as with DynamoDB, when there is nothing to compare or it is of another type."""
    if found is _ABSENT or _kind(found) is not _kind(value):
        return False
    return _COMPARISONS[operator](found, value)


def _kind(value: Any) -> type:
    if isinstance(value, bool):
        return bool
    return Decimal if isinstance(value, int | Decimal) else str if isinstance(value, str) else type(value)


def matches(condition: ConditionBase, row: Row) -> bool:
    """Whether a row fulfils a condition that was made of ``Key`` and ``Attr``.

    Raises:
        AssertionError: it is not known here.
    """
    said = condition.get_expression()
    operator, values = said["operator"], said["values"]
    if operator == "AND":
        return all(matches(each, row) for each in values)
    assert isinstance(values[0], AttributeBase)
    found = row.get(values[0].name, _ABSENT)
    if operator == "BETWEEN":
        return _compares(">=", found, values[1]) and _compares("<=", found, values[2])
    if operator == "begins_with":
        return isinstance(found, str) and found.startswith(values[1])
    if operator == "IN":
        return any(_compares("=", found, value) for value in values[1])
    assert operator in _COMPARISONS, f"these tables do not know {operator!r}"
    return _compares(operator, found, values[1])


def is_upside_down(condition: ConditionBase) -> bool:
    """Whether a key condition asks for what is between an end and a beginning: DynamoDB refuses that."""
    said = condition.get_expression()
    if said["operator"] == "AND":
        return any(is_upside_down(each) for each in said["values"])
    return bool(said["operator"] == "BETWEEN" and said["values"][1] > said["values"][2])


def equal_to(condition: ConditionBase, name: str) -> Any:
    """The value that a key condition wants of a partition key.

    Raises:
        AssertionError: it wants none; DynamoDB refuses that.
    """
    said = condition.get_expression()
    for each in said["values"] if said["operator"] == "AND" else [condition]:
        part = each.get_expression()
        if part["operator"] == "=" and part["values"][0].name == name:
            return part["values"][1]
    raise AssertionError(f"a query names its partition: {name} = …")


def updated(update: str, row: Row, names: Words, values: Words) -> dict[str, Any]:
    """A row after an update of ``SET a = :a, …`` and ``ADD n :n``.

    Raises:
        AssertionError: it is not known here.
    """
    made = dict(row)
    for clause, parts in _clauses(update):
        for part in parts:
            name, value = part.split(" = " if clause == "SET" else " ")
            name = _named(name, names)
            made[name] = values[value] if clause == "SET" else made.get(name, Decimal()) + values[value]
    return made


def projected(projection: str, row: Row, names: Words) -> dict[str, Any]:
    """A row with the attributes of a list only."""
    wanted = [_named(name, names) for name in projection.split(", ")]
    return {name: row[name] for name in wanted if name in row}


@lru_cache
def _clauses(update: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    head, *found = _CLAUSES.split(update)
    assert not head, f"these tables do not know the update {update!r}"
    return tuple(
        (clause, tuple(parts.split(", "))) for clause, parts in zip(found[::2], found[1::2], strict=True)
    )


def _named(name: str, names: Words) -> str:
    return str(names[name]) if name.startswith("#") else name
