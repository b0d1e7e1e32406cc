"""Which automations would break against the properties of their data sources as they are now (A10).

Pure. What is remembered by its property id may be renamed in Notion; what is not is looked for by id and then by name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from steward.rules import DataSource, Rules, Use, uses
from steward.rules.nearest import hint, nearest
from steward.rules.options import Place
from steward.rules.uses import OPTION_TYPES, ROLE_TYPES
from steward.schema import Change, ChangeKind, Schema, SchemaProperty, compare, decode_schema

__all__ = [
    "Break",
    "Change",
    "ChangeKind",
    "Schema",
    "SchemaProperty",
    "Why",
    "check",
    "compare",
    "decode_schema",
    "resolve",
]


class Why(StrEnum):
    """Why an automation breaks."""

    MISSING = "missing"  # no property has this id or name
    TYPE = "type"  # it is there, but of a type that can't play the role
    OPTION = "option"  # it has not the option that the automation names


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that does not fit.

    Attributes:
        source: the data source's name.
        rules: the ids of the automations that break, e.g. ``Tasks/assignment``; empty when none uses the property yet.
        place: the option of the rules file that does not fit, for ``path_of`` and ``line_of``.
        why: what kind of misfit.
        text: what is wrong and which names are nearest.
        proposal: the change to the file that would heal it, or None where nothing is near.
    """

    source: str
    rules: tuple[str, ...]
    place: Place
    why: Why
    text: str
    proposal: str | None = None


def check(
    rules: Rules,
    schemas: Mapping[str, Schema],
    resolved: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Break, ...]:
    """What of the rules does not fit the schemas.

    Args:
        rules: the file.
        schemas: data source id → its schema; a data source that is not in here is not looked at.
        resolved: data source id → role → property id, as remembered; what is known by its id may be renamed.
    """
    known = resolved or {}
    return tuple(
        found
        for number, source in enumerate(rules.data_source)
        if source.id in schemas
        for found in _Look(rules, number, schemas[source.id], known.get(source.id, {})).breaks()
    )


def resolve(source: DataSource, schema: Schema, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Role → property id, as far as the schema has the properties; ``known`` is the last resolution."""
    found = {role: _property(source, schema, role, known or {}) for role in source.properties.roles()}
    return {role: prop.id for role, prop in found.items() if prop is not None}


class _Look:
    """One data source against its schema."""

    def __init__(self, rules: Rules, number: int, schema: Schema, known: Mapping[str, str]) -> None:
        self._source = rules.data_source[number]
        self._place: Place = ("data_source", number)
        self._schema = schema
        self._known = known
        self._uses = list(_uses_of(rules, number))

    def breaks(self) -> Iterator[Break]:
        for role, reference in self._source.properties.roles().items():
            prop = _property(self._source, self._schema, role, self._known)
            users = [(rule_id, place, use) for rule_id, place, use in self._uses if use.role == role]
            types = ROLE_TYPES.get(role, ())
            if prop is None:
                yield self._mapping(role, users, Why.MISSING, self._absent(role, reference))
            elif types and prop.type not in types:
                text = f"{_called(role, prop)} is of type {prop.type}, but has to be {' or '.join(types)}"
                yield self._mapping(role, users, Why.TYPE, (text, self._other(role)))
            else:
                for rule_id, place, use in users:
                    yield from self._of_use(rule_id, place, use, prop)

    def _mapping(
        self,
        role: str,
        users: Iterable[tuple[str, Place, Use]],
        why: Why,
        message: tuple[str, str | None],
    ) -> Break:
        broken = tuple(dict.fromkeys(rule_id for rule_id, _, _ in users))
        text, proposal = message
        place = (*self._place, "properties", role)
        return Break(self._source.name, broken, place, why, text, proposal)

    def _absent(self, role: str, reference: str) -> tuple[str, str | None]:
        fitting = [p.name for p in self._schema.properties if p.type in ROLE_TYPES.get(role, (p.type,))]
        every = [p.name for p in self._schema.properties]
        near = nearest(reference, fitting or every)
        text = f"no property is called {reference!r} or has this id; {hint(reference, fitting or every)}"
        return text, f'{role} = "{near[0]}"' if near else self._other(role)

    def _other(self, role: str) -> str | None:
        """The only property that could play a role that has a type of its own."""
        types = ROLE_TYPES.get(role, ())
        fitting = [p.name for p in self._schema.properties if p.type in types]
        return f'{role} = "{fitting[0]}"' if len(fitting) == 1 else None

    def _of_use(self, rule_id: str, place: Place, use: Use, prop: SchemaProperty) -> Iterator[Break]:
        here = (*place, *use.at)
        if use.types and prop.type not in use.types:
            text = f"{_called(use.role, prop)} is of type {prop.type}, but has to be {' or '.join(use.types)}"
            yield Break(self._source.name, (rule_id,), here, Why.TYPE, text)
            return
        if prop.type not in OPTION_TYPES:
            return
        names = list(prop.options.values())
        for option in use.options:
            if option not in names:
                near = nearest(option, names)
                text = f"{_called(use.role, prop)} has no option {option!r}; {hint(option, names)}"
                proposal = f'"{near[0]}" in place of "{option}"' if near else None
                yield Break(self._source.name, (rule_id,), here, Why.OPTION, text, proposal)


def _uses_of(rules: Rules, number: int) -> Iterator[tuple[str, Place, Use]]:
    """What anybody needs of a data source: its own automations, and those of others that name it."""
    name = rules.data_source[number].name
    for n, source in enumerate(rules.data_source):
        for m, rule in enumerate(source.automation):
            for use in uses(source, rule):
                if (use.source or source.name) == name:
                    yield source.rule_id(rule), ("data_source", n, "automation", m), use


def _property(
    source: DataSource, schema: Schema, role: str, known: Mapping[str, str]
) -> SchemaProperty | None:
    """By the remembered id first; a property that was made anew under the old name will do, too."""
    remembered = schema.with_id(known[role]) if role in known else None
    return remembered or schema.find(source.properties.of(role) or "")


def _called(role: str, prop: SchemaProperty) -> str:
    return f"{prop.name!r} ({role})"
