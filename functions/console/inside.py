"""What needs a login: the dashboard, an event, an incident; and the way in and out (C3)."""

from urllib.parse import quote

from aws_lambda_powertools.shared.cookies import Cookie

from console import screens
from console.access import Access, Verdict
from console.browser import again, cookie, cookie_name, is_from_elsewhere, is_ours
from console.event_address import id_of, part_of
from console.exchange import Answer, Request
from console.onward import DASHBOARD, LOGIN, login_for, onward
from console.sources import Sources
from console.wish import Wish
from steward.explanation import explanation

_MESSAGES = {
    Verdict.NOTHING: "Give the console's token.",
    Verdict.WRONG: "This does not open the console.",
    Verdict.EXPIRED: "This link has expired; make another one, or give the console's token.",
    Verdict.TOO_MANY: "Too many attempts. Wait a minute and try again.",
}
_STATUS = {Verdict.NOTHING: 400, Verdict.WRONG: 401, Verdict.EXPIRED: 401, Verdict.TOO_MANY: 429}

LONGEST_ID = 2000
"""Bytes of an id in an address that are looked for: no event's has more, and DynamoDB refuses a key of more than 2048."""


class Inside:
    """Answers them."""

    def __init__(self, sources: Sources, access: Access) -> None:
        self._sources = sources
        self._access = access

    def dashboard(self, request: Request) -> Answer:
        """``GET /dashboard``."""
        wish = Wish.of(request.query)
        away = self._turned_away(request, DASHBOARD + wish.query(wish.before))
        return away or Answer(200, screens.dashboard(self._sources, wish))

    def event(self, request: Request, part: str) -> Answer:
        """``GET /dashboard/events/{id}``, where the part of the path is as ``event_address`` writes it."""
        s, event_id = self._sources, id_of(part)
        away = self._turned_away(request, f"{DASHBOARD}/events/{part_of(event_id)}")
        if away is not None:
            return away
        days = s.settings.journal_days
        found = (
            explanation(event_id, s.state_table, s.journal_table, days, s.now) if _is_id(event_id) else None
        )
        if found is None:
            says = f"The journal does not know this event; it keeps events for {days} days."
            return Answer(404, screens.problem("No such event", says))
        return Answer(200, screens.event(found, s.now()))

    def incident(self, request: Request, incident_id: str) -> Answer:
        """``GET /dashboard/incidents/{id}``."""
        away = self._turned_away(request, f"{DASHBOARD}/incidents/{quote(incident_id, '', errors='replace')}")
        if away is not None:
            return away
        found = self._sources.incidents.load(incident_id) if _is_id(incident_id) else None
        if found is None:
            return Answer(404, screens.problem("No such incident", "It has expired, or it never was."))
        return Answer(200, screens.incident(self._sources, found))

    def login(self, request: Request) -> Answer:
        """``GET`` and ``POST /dashboard/login``: the form, a ticket, a token."""
        if request.method == "POST":
            if not is_ours(request):
                return self._cross_site()
            verdict = self._access.by_token(request.form.get("token"), request.address)
            return self._decide(verdict, request, onward(request.form.get("next")))
        to = onward(request.query.get("next"))
        if "ticket" in request.query:
            verdict = self._access.by_ticket(request.query["ticket"], request.address)
            return self._decide(verdict, request, to)
        return self._form(200, None, to)

    def logout(self, request: Request) -> Answer:
        """``POST /dashboard/logout``."""
        if not is_ours(request):
            return self._cross_site()
        return _to(LOGIN, cookie("", secure=request.secure))

    def asset(self, request: Request, name: str) -> Answer:
        """``GET /dashboard/assets/{name}``: no secret is in them, and the login page needs them."""
        del request
        found = screens.asset(name)
        if found is None:
            return Answer(404, screens.problem("Not found", "There is no such file."))
        content_type, text = found
        # The address changes with what is in it.
        return Answer(200, text, content_type, {"cache-control": "public, max-age=31536000, immutable"})

    def _turned_away(self, request: Request, wanted: str) -> Answer | None:
        """What somebody gets who has no session, and wanted that page; None for who has one."""
        given = request.cookies.get(cookie_name(secure=request.secure))
        verdict = self._access.by_session(given)
        if verdict is Verdict.OPEN:
            return None
        if verdict is Verdict.NOTHING and is_from_elsewhere(request):
            return again()
        # One that is no good any more goes, so that it is not taken for an attack each time.
        return _to(login_for(wanted), *([cookie("", secure=request.secure)] if given else []))

    def _decide(self, verdict: Verdict, request: Request, to: str) -> Answer:
        if verdict is Verdict.OPEN:
            return _to(to, cookie(self._access.session(), secure=request.secure))
        wait = self._access.wait(request.address) if verdict is Verdict.TOO_MANY else 0
        headers = {"retry-after": str(wait)} if wait else {}
        return self._form(_STATUS[verdict], _MESSAGES[verdict], to, headers)

    def _form(
        self, status: int, message: str | None, to: str, headers: dict[str, str] | None = None
    ) -> Answer:
        page = screens.login(message=message, token_set=bool(self._access.tokens()), to=to)
        return Answer(status, page, headers=headers or {})

    def _cross_site(self) -> Answer:
        self._access.refused("cross_site")
        says = "This came from another site's page, or from a program. Use the console's own pages."
        return Answer(403, screens.problem("Not from here", says))


def _is_id(text: str) -> bool:
    """Whether a text can be the id of something that is kept."""
    return 0 < len(text.encode("utf-8", "replace")) <= LONGEST_ID


def _to(path: str, *cookies: Cookie) -> Answer:
    """Go on there, by GET: an address of our own, or one that ``onward`` let through."""
    return Answer(303, "", headers={"location": path}, cookies=cookies)
