"""By writing properties of the page. What was written is observed before the write counts as done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from processor.ways.way import Found, NotionWay, Prepared
from steward.addresses import Addresses
from steward.clients.notion import Answer, NotionClient
from steward.effects import Effect
from steward.errors import CallFailed, Failure
from steward.property_values import holds


class WriteWay(NotionWay):
    """See ``Way``. To write the same values again changes nothing that anybody sees."""

    def __init__(
        self, notion: NotionClient, addresses: Addresses, wrote: Callable[[Effect, Answer], None]
    ) -> None:
        """Make it.

        Args:
            notion: the client.
            addresses: finds people whom the rules file knows by their e-mail address.
            wrote: takes the page with what was written, see ``Reconciler.wrote``.
        """
        self._notion = notion
        self._addresses = addresses
        self._wrote = wrote

    def prepare(self, effect: Effect) -> Prepared:
        """Who has the addresses; whom nobody finds is left out."""
        found = {prop: self._with_ids(value) for prop, value in (effect.writes or {}).items()}
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
        try:
            answer = self._notion.update_page(effect.page_id, effect.writes or {})
        except CallFailed as failure:
            if failure.committed_id is None:
                raise
            answer = self._notion.page(effect.page_id)  # it was saved, and the answer does not show it
        self._wrote(effect, answer)
        return effect.page_id

    def look(self, effect: Effect) -> Found | None:
        """By the values that the page has now; None when it does not show them all."""
        answer = self._notion.page(effect.page_id)
        held = holds(answer.body, effect.writes or {})
        if held:
            self._wrote(effect, answer)
        return None if held is None else Found(effect.page_id if held else None)

    def _with_ids(self, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A value with user ids for addresses; None when nobody is left of it."""
        entries = value.get("people")
        if not entries or not any("@" in entry["id"] for entry in entries):
            return value
        ids = (self._addresses.user_id(e["id"]) if "@" in e["id"] else e["id"] for e in entries)
        known = list(dict.fromkeys(filter(None, ids)))
        return {"people": [{"object": "user", "id": user_id} for user_id in known]} if known else None
