"""What the processor learns once and remembers: which property has which role.

Property ids are learnt from the pages themselves, so they cost no call; a property that is renamed in Notion keeps its
id and so keeps working. What is learnt of a schema's look is the same.
"""

from collections.abc import Mapping

from steward.learnt import keep_query_id, keep_shown, query_id_of, shown_of
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
            self._properties[source.id] = shown_of(self._memory, source)
        return self._properties[source.id]

    def query_id(self, source: DataSource) -> str:
        """The id that the source is queried by; a rules file may name its database instead."""
        if source.id not in self._sources:
            self._sources[source.id] = query_id_of(self._memory, source)
        return self._sources[source.id]

    def learn(self, source: DataSource, page: Page) -> None:
        """Learn the ids and types of the properties, and of the data source itself, from a page."""
        if page.data_source_id is not None and page.data_source_id != self.query_id(source):
            self._sources[source.id] = page.data_source_id
            keep_query_id(self._memory, source, page.data_source_id)
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
        shown = self._shown(source)
        if found.items() - shown.items():
            shown.update(found)
            keep_shown(self._memory, source, shown)
