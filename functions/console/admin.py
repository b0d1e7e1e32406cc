"""What programs of the operator's ask with a Bearer token (RFC 6750): how the two sides of the mirror stand (C2)."""

import json

from console.access import Access, Verdict
from console.exchange import JSON, Answer, Request
from console.sources import Sources
from steward.mirror.report import HEALTH, Report, health

_REALM = 'Bearer realm="steward"'

_SAYS = {
    Verdict.NOTHING: "send the console's token as Authorization: Bearer",
    Verdict.WRONG: "this token does not open the console",
}


class Admin:
    """Answers them."""

    def __init__(self, sources: Sources, access: Access) -> None:
        self._sources = sources
        self._access = access

    def sync_health(self, request: Request) -> Answer:
        """``GET /api/admin/sync/health``: counts, mismatches, orphans, status, as ``steward.mirror.report`` has them."""
        verdict = self._access.by_token(_bearer(request.headers.get("authorization")), request.address)
        if verdict is not Verdict.OPEN:
            return self._refusal(verdict, request.address)
        report = Report.of(self._sources.memory.recall(HEALTH))
        return Answer(200, json.dumps(health(report, self._sources.now())), JSON)

    def _refusal(self, verdict: Verdict, address: str) -> Answer:
        if verdict is Verdict.TOO_MANY:
            says = {"error": "too_many_attempts", "message": "wait before you try again"}
            return Answer(429, json.dumps(says), JSON, {"retry-after": str(self._access.wait(address))})
        given = verdict is not Verdict.NOTHING
        challenge = f'{_REALM}, error="invalid_token"' if given else _REALM
        code = "invalid_token" if given else "token_missing"
        says = {"error": code, "message": _SAYS[Verdict.WRONG if given else Verdict.NOTHING]}
        return Answer(401, json.dumps(says), JSON, {"www-authenticate": challenge})


def _bearer(header: str | None) -> str | None:
    """The token of a header; what is of another scheme is none, and what is no token is a wrong one."""
    scheme, _, token = (header or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
