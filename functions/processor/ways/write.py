"""By writing properties of the page."""

from processor.connections import Connections
from processor.ways.way import Found, NotionWay, Prepared
from steward.effects import Effect
from steward.property_values import holds


class WriteWay(NotionWay):
    """See ``Way``. To write the same values again changes nothing that anybody sees."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def prepare(self, effect: Effect) -> Prepared:
        """Nothing."""
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the page's id."""
        effect = prepared.effect
        self._connections.of_id(effect.source_id).update_page(effect.page_id, effect.writes or {})
        return effect.page_id

    def look(self, effect: Effect) -> Found | None:
        """By the values that the page has now; None when it does not show them all."""
        page = self._connections.of_id(effect.source_id).page(effect.page_id)
        held = holds(page.body, effect.writes or {})
        return None if held is None else Found(effect.page_id if held else None)
