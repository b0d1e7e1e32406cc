"""By writing properties of a page: the one that the effect is about, or the one that is kept in step with it. What was written is observed before the write counts as done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from processor.connections import Connections
from processor.ways.other_side import OtherSide
from processor.ways.way import Found, NotionWay, Prepared, lapse_if_gone
from steward.addresses import Addresses
from steward.clients.notion import Answer
from steward.effects import Effect
from steward.errors import CallFailed, Failure
from steward.property_values import holds


class WriteWay(NotionWay):
    """See ``Way``. To write the same values again changes nothing that anybody sees."""

    def __init__(
        self,
        connections: Connections,
        addresses: Addresses,
        other_side: OtherSide,
        wrote: Callable[[Effect, Answer], None],
    ) -> None:
        """Make it.

        Args:
            connections: the clients.
            addresses: finds people whom the rules file knows by their e-mail address.
            other_side: compares a page with the one that is kept in step with it.
            wrote: takes the page with what was written, see ``Reconciler.wrote``.
        """
        self._connections = connections
        self._addresses = addresses
        self._other_side = other_side
        self._wrote = wrote

    def prepare(self, effect: Effect) -> Prepared:
        """Who has the addresses, whom nobody finds is left out; what a page says that is kept in step."""
        if effect.other_page is not None:
            return Prepared(self._other_side.compared(effect))
        found = {
            prop: self._with_ids(value, self._connections.name_of(effect.source_id))
            for prop, value in (effect.writes or {}).items()
        }
        writes = {prop: value for prop, value in found.items() if value is not None}
        if not writes:
            words = "nobody in Notion has the person's address"
            raise CallFailed(Failure.REJECTED, "notion", "notion.update_page", message=words)
        claims = tuple(c for p, c in zip(found, effect.claims, strict=False) if p in writes)
        return Prepared(
            replace(effect, writes=writes, claims=claims if len(writes) < len(found) else effect.claims)
        )

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the page's id."""
        effect = prepared.effect
        notion = self._connections.of_id(effect.source_id)
        try:
            answer = notion.update_page(effect.done_on, effect.writes or {})
        except CallFailed as failure:
            if failure.committed_id is None:
                if effect.other_page is None:
                    lapse_if_gone(notion, effect.page_id, failure)
                raise
            answer = notion.page(effect.done_on)  # it was saved, and the answer does not show it
        self._wrote(effect, answer)
        return effect.done_on

    def look(self, effect: Effect) -> Found | None:
        """By the values that the page has now; None when it does not show them all."""
        answer = self._connections.of_id(effect.source_id).page(effect.done_on)
        held = holds(answer.body, effect.writes or {})
        if held:
            self._wrote(effect, answer)
        return None if held is None else Found(effect.done_on if held else None)

    def _with_ids(self, value: Mapping[str, Any], connection: str) -> Mapping[str, Any] | None:
        """A value with user ids for addresses; None when nobody is left of it."""
        entries = value.get("people")
        if not entries or not any("@" in entry["id"] for entry in entries):
            return value
        ids = (self._addresses.user_id(e["id"], connection) if "@" in e["id"] else e["id"] for e in entries)
        known = list(dict.fromkeys(filter(None, ids)))
        return {"people": [{"object": "user", "id": user_id} for user_id in known]} if known else None
