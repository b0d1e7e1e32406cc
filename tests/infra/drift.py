"""Where a policy that stands somewhere differs from what the template writes; CloudFormation calls that drift.

Every part of a statement is compared, whether or not it is known here. Only what IAM gives no meaning is no difference: the
order of a list, and whether one thing is a list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One part of one statement that is not as written.

    Attributes:
        statement: its Sid, or "number N" of those that have none, from 1.
        part: its key, such as Resource; "Statement" when the whole is missing, or there without being written; "Version"
            of the document, with no statement.
        written: in the template, filled in; None for nothing.
        there: in the stack; None for nothing.
    """

    statement: str
    part: str
    written: Any
    there: Any


def drift(written: Document, there: Document) -> list[Difference]:
    """All differences between two policy documents, the first of them filled in."""
    found = [
        Difference("", key, written.get(key), there.get(key))
        for key in _keys(written, there)
        if key != "Statement" and written.get(key) != there.get(key)
    ]
    ours, theirs = _named(written), _named(there)
    for name in _keys(ours, theirs):
        several = zip_longest(ours.get(name, []), theirs.get(name, []))
        found += [one for pair in several for one in _of_statement(name, *pair)]
    return found


def _named(document: Document) -> dict[str, list[Document]]:
    """Statements by their names; IAM lets no two have the same Sid, and if two had, neither may hide the other."""
    statements: Sequence[Document] = _several(document["Statement"])
    found: dict[str, list[Document]] = {}
    nameless = 0
    for one in statements:
        nameless += not one.get("Sid")
        found.setdefault(one.get("Sid") or f"number {nameless}", []).append(one)
    return found


def _of_statement(name: str, written: Document | None, there: Document | None) -> Iterator[Difference]:
    if written is None or there is None:
        yield Difference(name, "Statement", written, there)
        return
    for key in _keys(written, there):
        ours, theirs = written.get(key), there.get(key)
        if _plain(ours) != _plain(theirs):
            yield Difference(name, key, ours, theirs)


def _plain(value: Any) -> Any:
    """A value in which a list has one order, and one thing is a list."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return None if value is None else sorted(map(str, _several(value)))


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _keys(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))
