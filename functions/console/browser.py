"""What keeps a browser honest: headers of every answer, the session's cookie, and which requests are our own pages'. Pure.

``SameSite=Strict`` keeps the cookie from every request that another site causes, also from the link in a Slack message:
then a page that reloads itself once is a request of our own, see ``again``.
"""

from urllib.parse import urlsplit

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from console.exchange import Answer, Request
from console.passes import SESSION_SECONDS

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def guarded(answer: Answer, *, secure: bool) -> dict[str, str]:
    """The headers of an answer, its own before the usual ones."""
    transport = {"strict-transport-security": "max-age=31536000"} if secure else {}
    return {**_ALWAYS, **transport, **answer.headers}


def origin_of(scheme: str, host: str) -> tuple[bool, str]:
    """Whether a request came over HTTPS, and the origin of our pages as its browser sees it.

    Plain HTTP is believed of this machine alone: API Gateway has none, and whoever says otherwise gets no cookie that
    could travel in the clear.
    """
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    plain = scheme == "http" and name in _LOOPBACK
    return not plain, f"{'http' if plain else 'https'}://{host.lower()}"


def is_ours(request: Request) -> bool:
    """Whether one of our own pages sent this.

    The browser's own word goes first: under our ``no-referrer`` it sends ``Origin: null`` with a form, also to ourselves.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin", "").lower() == request.origin


def is_from_elsewhere(request: Request) -> bool:
    """Whether somebody followed a link of another site, so that the cookie was kept back."""
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")


def again() -> Answer:
    """A page that asks for the same address once more, from our own site: then the cookie comes along."""
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Steward</title>'
        '<meta http-equiv="refresh" content="0"></head><body><p>One moment …</p></body></html>'
    )
    return Answer(200, body)


def cookie_name(*, secure: bool) -> str:
    """The cookie's name; the prefix makes browsers refuse one that another host or path set."""
    return "__Host-steward" if secure else "steward"


def cookie(session: str, *, secure: bool) -> Cookie:
    """Sets the session; an empty one takes it away."""
    return Cookie(
        cookie_name(secure=secure),
        session,
        path="/",
        secure=secure,
        http_only=True,
        max_age=SESSION_SECONDS if session else 0,
        same_site=SameSite.STRICT_MODE,
    )
