"""The attacks on the console, one a line: what is sent, and what has to be answered. No attacker here has a token, a ticket or a session."""

# ruff: noqa: ARG005 - every request is made of the site, whether it needs it or not

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass

from console.passes import Passes
from tests.attacks.site import Site
from tests.attacks.wire import post

DASHBOARD, LOGIN, LOGOUT = "/dashboard", "/dashboard/login", "/dashboard/logout"
SYNC = "/api/admin/sync/health"
FORM = "Content-Type: application/x-www-form-urlencoded"
GUESS = "guessed-by-nobody-" * 3
HOURS = 3600


@dataclass(frozen=True)
class Attempt:
    """One attempt to get in; ``status`` is that of a refusal, of the way to the login, or of the login's form."""

    name: str
    make: Callable[[Site], bytes]
    status: int


def get(target: str, *headers: str) -> bytes:
    return post(b"", method="GET", target=target, headers=headers)


def bearer(change: Callable[[Site], str], *more: str) -> Callable[[Site], bytes]:
    """Asks for the health of the sync with an ``Authorization`` header."""
    return lambda site: get(SYNC, f"Authorization: {change(site)}", *more)


def with_session(make: Callable[[Site], str]) -> Callable[[Site], bytes]:
    """Asks for the dashboard with a cookie."""
    return lambda site: get(DASHBOARD, f"Cookie: steward={make(site)}")


def login(
    *headers: str, token: Callable[[Site], str] = lambda s: s.stack.console_token, content: str = FORM
) -> Callable[[Site], bytes]:
    """Posts the login's form; with the right token unless another one is given: what matters is who sends it."""
    return lambda site: post(f"token={token(site)}".encode(), target=LOGIN, headers=(content, *headers))


def passes(site: Site, token: str | None = None, hours: float = 0) -> Passes:
    """Makes passes with a token at another time."""
    return Passes([token or site.stack.console_token], lambda: time.time() + hours * HOURS)


OURS = "Origin: http://127.0.0.1"
"""As the ``Host`` of ``wire.post``."""


def altered(text: str, place: int) -> str:
    """One character of a text is another one."""
    found = list(text)
    found[place] = "A" if found[place] != "A" else "B"
    return "".join(found)


GUESSING = (
    Attempt("no token", lambda s: get(SYNC), 401),
    Attempt("an empty one", bearer(lambda s: "Bearer "), 401),
    Attempt("a guess", bearer(lambda s: f"Bearer {GUESS}"), 401),
    Attempt("the beginning", bearer(lambda s: f"Bearer {s.stack.console_token[:-1]}"), 401),
    Attempt("more than the token", bearer(lambda s: f"Bearer {s.stack.console_token}x"), 401),
    Attempt("upper case", bearer(lambda s: f"Bearer {s.stack.console_token.swapcase()}"), 401),
    Attempt("outside ASCII", bearer(lambda s: "Bearer é☕"), 401),
    Attempt("very long", bearer(lambda s: "Bearer " + "x" * 30_000), 401),
    Attempt("another scheme", bearer(lambda s: "Basic " + base64.b64encode(f"x:{s.stack.console_token}".encode()).decode()), 401),
    Attempt("two of them", bearer(lambda s: f"Bearer {s.stack.console_token}", f"Authorization: Bearer {GUESS}"), 401),
    Attempt("Notion's signing token", bearer(lambda s: f"Bearer {s.token}"), 401),
    Attempt("a ticket for a token", bearer(lambda s: f"Bearer {passes(s).ticket()}"), 401),
    Attempt("a session for a token", lambda s: get(SYNC, f"Cookie: steward={passes(s).session()}"), 401),
    Attempt("in the query", lambda s: get(f"{SYNC}?token={s.stack.console_token}&access_token={s.stack.console_token}"), 401),
    Attempt("in another header", lambda s: get(SYNC, f"X-Api-Key: {s.stack.console_token}"), 401),
    Attempt("a guess by form", login(OURS, token=lambda _: GUESS), 401),
    Attempt("no token by form", login(OURS, token=lambda _: ""), 400),
    Attempt("a form of 100 kB", login(OURS, token=lambda _: "x" * 100_000), 413),
    Attempt("JSON for a form", login(OURS, content="Content-Type: application/json"), 400),
    Attempt("the token in the login's query", lambda s: get(f"{LOGIN}?token={s.stack.console_token}"), 200),
)  # fmt: skip  # one attempt a line

COOKIES = (
    Attempt("no cookie", lambda s: get(DASHBOARD), 303),
    Attempt("an empty cookie", with_session(lambda s: ""), 303),
    Attempt("an unsigned cookie", with_session(lambda s: "admin"), 303),
    Attempt("another key's", with_session(lambda s: passes(s, GUESS).session()), 303),
    Attempt("the empty key's", with_session(lambda s: passes(s, "\0").session()), 303),
    Attempt("a changed end", with_session(lambda s: altered(passes(s).session(), -2)), 303),
    Attempt("a changed beginning", with_session(lambda s: altered(passes(s).session(), 0)), 303),
    Attempt("without the signature", with_session(lambda s: passes(s).session().rpartition(".")[0]), 303),
    Attempt("thirteen hours old", with_session(lambda s: passes(s, hours=-13).session()), 303),
    Attempt("of tomorrow", with_session(lambda s: passes(s, hours=24).session()), 303),
    Attempt("a ticket for a session", with_session(lambda s: passes(s).ticket()), 303),
    Attempt("the token for a session", with_session(lambda s: s.stack.console_token), 303),
    Attempt("outside ASCII in it", with_session(lambda s: "é.ü.☕"), 303),
    Attempt("dots", with_session(lambda s: "." * 3000), 303),
    Attempt("a time beyond all clocks", with_session(lambda s: "x.zzzzzzzzzzzz.zzzz"), 303),
    Attempt("a session in the query", lambda s: get(f"{DASHBOARD}?steward={passes(s).session()}"), 303),
    Attempt("for an event", lambda s: get(f"{DASHBOARD}/events/x", "Cookie: steward=x"), 303),
    Attempt("for an incident", lambda s: get(f"{DASHBOARD}/incidents/x", "Cookie: steward=x"), 303),
    Attempt("an expired ticket", lambda s: get(f"{LOGIN}?ticket={passes(s, hours=-1).ticket()}"), 401),
    Attempt("a session for a ticket", lambda s: get(f"{LOGIN}?ticket={passes(s).session()}"), 401),
    Attempt("a ticket of another key", lambda s: get(f"{LOGIN}?ticket={passes(s, GUESS).ticket()}"), 401),
)  # fmt: skip  # one attempt a line

OTHER_SITES = (
    Attempt("a login from another origin", login("Origin: https://evil.example"), 403),
    Attempt("a login without an origin", login(), 403),
    Attempt("a login from nowhere", login("Origin: null"), 403),
    Attempt("a login by a link of another site", login("Sec-Fetch-Site: cross-site"), 403),
    Attempt("a login from a neighbour", login("Sec-Fetch-Site: same-site"), 403),
    Attempt("a login with our origin and another site", login(OURS, "Sec-Fetch-Site: cross-site"), 403),
    Attempt("a login from another port", login("Origin: http://127.0.0.1:1"), 403),
    Attempt("a login with our address as a part", login(f"{OURS}.evil.example"), 403),
    Attempt("a login by its referrer alone", lambda s: login(f"Referer: http://127.0.0.1:{s.port}/dashboard/login")(s), 403),
    Attempt("a logout from another origin", lambda s: post(b"", target=LOGOUT, headers=(FORM, "Origin: https://evil.example")), 403),
    Attempt("a logout by a picture", lambda s: get(LOGOUT), 405),
)  # fmt: skip  # one attempt a line

HEADERS_AND_PATHS = (
    Attempt("a line break in a ticket", lambda s: get(f"{LOGIN}?ticket=%0d%0aSet-Cookie:%20steward=x"), 401),
    Attempt("somewhere to go on to", lambda s: get(f"{DASHBOARD}?next=//evil.example&return_to=https://evil.example"), 303),
    Attempt("another host", lambda s: get(DASHBOARD, "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https"), 303),
    Attempt("a line break in the path", lambda s: get("/dashboard%0d%0aX-Injected:%201"), 404),
    Attempt("a line break in an id", lambda s: get("/dashboard/events/x%0d%0aX-Injected:%201"), 404),
    Attempt("a file above", lambda s: get("/dashboard/assets/..%2f..%2fhandler.py"), 404),
    Attempt("a file above, plainly", lambda s: get("/dashboard/assets/../../handler.py"), 404),
    Attempt("a file of the system", lambda s: get("/dashboard/assets/%2fetc%2fpasswd"), 404),
    Attempt("a file with NUL", lambda s: get("/dashboard/assets/console.css%00.html"), 404),
    Attempt("a backslash", lambda s: get("/dashboard/assets/..%5c..%5chandler.py"), 404),
    Attempt("a slash more", lambda s: get(f"{DASHBOARD}/"), 404),
    Attempt("two slashes", lambda s: get("//dashboard"), 303),
    Attempt("upper case", lambda s: get("/DASHBOARD"), 404),
    Attempt("another method", lambda s: post(b"", method="DELETE", target=DASHBOARD), 405),
    Attempt("a method override", lambda s: post(b"", target=DASHBOARD, headers=("X-HTTP-Method-Override: GET",)), 405),
)  # fmt: skip  # one attempt a line

CONSOLE_PACK = tuple(
    (group, attempt)
    for group, attempts in (
        ("guessing", GUESSING),
        ("cookie", COOKIES),
        ("other site", OTHER_SITES),
        ("header or path", HEADERS_AND_PATHS),
    )
    for attempt in attempts
)
