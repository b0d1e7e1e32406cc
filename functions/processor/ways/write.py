"""By writing properties of the page."""

from processor.ways.way import Found, NotionWay, Prepared
from steward.clients.notion import NotionClient
from steward.effects import Effect
from steward.property_values import holds


class WriteWay(NotionWay):
    """See ``Way``. To write the same values again changes nothing that anybody sees."""

    def __init__(self, notion: NotionClient) -> None:
        self._notion = notion

    def prepare(self, effect: Effect) -> Prepared:
        """Nothing."""
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the page's id."""
        effect = prepared.effect
        self._notion.update_page(effect.page_id, effect.writes or {})
        return effect.page_id

    def look(self, effect: Effect) -> Found | None:
        """By the values that the page has now; None when it does not show them all."""
        held = holds(self._notion.page(effect.page_id).body, effect.writes or {})
        return None if held is None else Found(effect.page_id if held else None)
