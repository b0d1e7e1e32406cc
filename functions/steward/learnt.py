"""What is learnt of a data source and remembered: the id that it is queried by, and which property has which role.

The processor learns it from pages and schemas; the triage asks with it. Documents in memory: ``SOURCE#<source>`` is the id,
``PROPERTIES#<source>`` is role → [name in the rules file, property id, property type].
"""

from collections.abc import Mapping

from steward.memory import Memory
from steward.rules import DataSource

Shown = Mapping[str, tuple[str, str]]
"""Role → id and type of the property that has it, or had it last."""


def query_id_of(memory: Memory, source: DataSource) -> str:
    """The id that a data source is asked for by; the rules file's own until another was learnt."""
    return str(memory.recall(_source(source)) or source.id)


def keep_query_id(memory: Memory, source: DataSource, query_id: str) -> None:
    """Remember it; a rules file may name the data source's database instead."""
    memory.remember(_source(source), query_id)


def shown_of(memory: Memory, source: DataSource) -> dict[str, tuple[str, str]]:
    """Role → id and type of its property, as far as known."""
    learnt = memory.recall(_properties(source)) or {}
    # Tied to the name in the rules file: an operator who maps another property means another property.
    return {
        role: (learnt[role][1], learnt[role][2])
        for role, name in source.properties.roles().items()
        if role in learnt and learnt[role][0] == name
    }


def keep_shown(memory: Memory, source: DataSource, shown: Shown) -> None:
    """Remember it, under the names that the rules file has now."""
    roles = source.properties.roles()
    memory.remember(_properties(source), {role: [roles[role], *shown[role]] for role in shown})


def _source(source: DataSource) -> str:
    return f"SOURCE#{source.id}"


def _properties(source: DataSource) -> str:
    return f"PROPERTIES#{source.id}"
