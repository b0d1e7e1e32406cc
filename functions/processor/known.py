"""What the processor learns once and remembers: which property has which role.

Property ids are learnt from the pages themselves, so they cost no call; a property that is renamed in Notion keeps its
id and so keeps working. What is learnt of a schema's look is the same.
"""

from collections.abc import Mapping

from steward.memory import Memory
from steward.pages import Page
from steward.rules import DataSource, Rules
from steward.schema import Schema
from steward.schema_check import resolve


class Known:
    """Remembered facts, read from memory once for each environment."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._properties: dict[str, dict[str, tuple[str, str]]] = {}
        self._sources: dict[str, str] = {}

    def property_ids(self, rules: Rules) -> Mapping[str, Mapping[str, str]]:
        """Data source id → role → id of the property that has it, as far as known."""
        return {source.id: self.ids_of(source) for source in rules.data_source}

    def properties_of(self, source: DataSource) -> Mapping[str, str]:
        """Role → id of the property that has it, or its name from the rules file until a page has shown the id."""
        return {**source.properties.roles(), **self.ids_of(source)}

    def types_of(self, source: DataSource) -> Mapping[str, str]:
        """Role → type of the property that has it, as far as known."""
        return {role: kind for role, (_, kind) in self._shown(source).items()}

    def ids_of(self, source: DataSource) -> Mapping[str, str]:
        """Role → id of the property that has it, or had it last, as far as known."""
        return {role: prop_id for role, (prop_id, _) in self._shown(source).items()}

    def _shown(self, source: DataSource) -> dict[str, tuple[str, str]]:
        if source.id not in self._properties:
            remembered = self._memory.recall(_memory(source)) or {}
            # Tied to the name in the rules file: an operator who maps another property means another property.
            self._properties[source.id] = {
                role: (remembered[role][1], remembered[role][2])
                for role, name in source.properties.roles().items()
                if role in remembered and remembered[role][0] == name
            }
        return self._properties[source.id]

    def query_id(self, source: DataSource) -> str:
        """The id that the source is queried by; a rules file may name its database instead."""
        if source.id not in self._sources:
            self._sources[source.id] = str(self._memory.recall(f"SOURCE#{source.id}") or source.id)
        return self._sources[source.id]

    def learn(self, source: DataSource, page: Page) -> None:
        """Learn the ids and types of the properties, and of the data source itself, from a page."""
        if page.data_source_id is not None and page.data_source_id != self.query_id(source):
            self._sources[source.id] = page.data_source_id
            self._memory.remember(f"SOURCE#{source.id}", page.data_source_id)
        shown, roles = self._shown(source), source.properties.roles()
        found = {
            role: (prop.id, prop.type)
            for role, name in roles.items()
            if (prop := page.find(shown[role][0] if role in shown else name) or page.find(name)) is not None
        }
        self._learnt(source, found)

    def learn_schema(self, source: DataSource, schema: Schema) -> None:
        """Learn the same from the schema of the data source itself."""
        ids = resolve(source, schema, self.ids_of(source))
        found = {role: (p.id, p.type) for role in ids if (p := schema.with_id(ids[role])) is not None}
        self._learnt(source, found)

    def _learnt(self, source: DataSource, found: Mapping[str, tuple[str, str]]) -> None:
        shown, roles = self._shown(source), source.properties.roles()
        if found.items() - shown.items():
            shown.update(found)
            self._memory.remember(_memory(source), {role: [roles[role], *shown[role]] for role in shown})


def _memory(source: DataSource) -> str:
    return f"PROPERTIES#{source.id}"
