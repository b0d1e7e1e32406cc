"""What anybody may ask: how Steward is, in JSON, and the status text. It costs no call, and few reads of the tables."""

import json
from collections.abc import Callable
from typing import Any

from console import accept, breakers, screens
from console.breakers import Breakers
from console.exchange import HTML, JSON, Answer, Request
from console.recent import Recent
from console.sources import Sources
from steward.health import health
from steward.incidents.incident import Incident
from steward.incidents.lately import lately
from steward.incidents.status_text import document, markdown
from steward.pulse import PULSE, Pulse

MARKDOWN = "text/markdown"

_OFFERED = ("text/html", MARKDOWN, JSON, "text/plain")


class Public:
    """Answers them."""

    def __init__(self, sources: Sources, clock: Callable[[], float]) -> None:
        """Make it; ``clock`` is in monotonic seconds."""
        self._sources = sources
        self._pulse: Recent[Pulse | None] = Recent(lambda: Pulse.of(sources.memory.recall(PULSE)), clock)
        self._breakers: Recent[Breakers] = Recent(
            lambda: breakers.read(sources.memory, sources.settings.connections), clock
        )
        self._incidents: Recent[list[Incident]] = Recent(
            lambda: lately(sources.incidents, sources.now()), clock
        )

    def health(self, request: Request) -> Answer:
        """``GET /health`` (C1): 503 when we are down, so that any uptime monitor understands it."""
        del request
        standing = self._breakers.get().standing(self._sources.settings.oldest)
        told = health(self._pulse.get(), self._sources.now(), standing)
        status = 503 if told["status"] == "down" else 200
        return Answer(status, json.dumps(told), JSON, {"cache-control": "public, max-age=5"})

    def status(self, request: Request) -> Answer:
        """``GET /status`` (C4), as HTML, Markdown or JSON, whichever is wanted most."""
        wanted = accept.best(request.headers.get("accept"), _OFFERED)
        incidents, now, names = self._incidents.get(), self._sources.now(), self._sources.settings.names
        vary = {"vary": "Accept"}
        if wanted is None:
            says = {"error": "not_acceptable", "message": f"there is {', '.join(_OFFERED[:3])}"}
            return Answer(406, json.dumps(says), JSON, vary)
        if wanted == "text/html":
            told: dict[str, Any] = document(incidents, names, now)
            return Answer(200, screens.status(told, now), HTML, vary)
        if wanted == JSON:
            return Answer(200, json.dumps(document(incidents, names, now)), JSON, vary)
        return Answer(200, markdown(incidents, names, now), f"{wanted}; charset=utf-8", vary)
