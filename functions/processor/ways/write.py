"""By writing properties of a page: of the one that the effect is about, or of the one that is kept in step with it."""

from processor.connections import Connections
from processor.ways.other_side import OtherSide
from processor.ways.way import Found, NotionWay, Prepared
from steward.effects import Effect
from steward.pages import decode_page
from steward.property_values import holds


class WriteWay(NotionWay):
    """See ``Way``. To write the same values again changes nothing that anybody sees."""

    def __init__(self, connections: Connections, other_side: OtherSide) -> None:
        self._connections = connections
        self._other_side = other_side

    def prepare(self, effect: Effect) -> Prepared:
        """Nothing, but for a page that is kept in step: it is read, because people may have changed it, too."""
        return Prepared(self._other_side.compared(effect) if effect.other_page else effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the page's id."""
        effect = prepared.effect
        answer = self._connections.of_id(effect.source_id).update_page(effect.done_on, effect.writes or {})
        self._other_side.remember(effect, decode_page(answer.body), answer.observed_at)
        return effect.done_on

    def look(self, effect: Effect) -> Found | None:
        """By the values that the page has now; None when it does not show them all."""
        answer = self._connections.of_id(effect.source_id).page(effect.done_on)
        held = holds(answer.body, effect.writes or {})
        if held:
            self._other_side.remember(effect, decode_page(answer.body), answer.observed_at)
        return None if held is None else Found(effect.done_on if held else None)
