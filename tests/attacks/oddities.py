"""Deliveries that are genuinely signed and strange all the same: what somebody may cause who can make Notion say something.

Each is taken or refused with a reason, costs at most the look at one page, and is written down.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.site import FORGER, Site
from tests.attacks.wire import HOOK, post

JSON = "Content-Type: application/json"


@dataclass(frozen=True)
class Oddity:
    """A delivery; ``error`` is the reason of a refusal, None where it is taken.

    ``asks`` is what the processor may ask Notion because of it, besides who it is itself.
    """

    name: str
    make: Callable[[Site, str], bytes]
    error: str | None = None
    asks: tuple[str, ...] = ()


def sent(
    *headers: str, change: Callable[[str], str] = str, target: str = HOOK
) -> Callable[[Site, str], bytes]:
    """An event that is sent otherwise than Notion does; ``change`` is what becomes of its signature."""

    def make(site: Site, name: str) -> bytes:
        body = site.event(name, "view.created")
        return post(body, change(site.signed(body)), headers=headers or (JSON,), target=target)

    return make


def saying(**changes: object) -> Callable[[Site, str], bytes]:
    """An event that says something strange."""

    def make(site: Site, name: str) -> bytes:
        body = site.event(name, **changes)
        return post(body, site.signed(body))

    return make


def about(entity_id: str) -> Callable[[Site, str], bytes]:
    """An event about a page of a strange id."""
    return saying(entity={"id": entity_id, "type": "page"})


def written(change: Callable[[bytes], bytes]) -> Callable[[Site, str], bytes]:
    """An event whose JSON is strange."""

    def make(site: Site, name: str) -> bytes:
        body = change(site.event(name))
        return post(body, site.signed(body))

    return make


def chunked(site: Site, name: str) -> bytes:
    body = site.event(name, "view.created")
    head = post(b"", site.signed(body), headers=(JSON, "Transfer-Encoding: chunked"), length="")
    return head + b"%x;note=1\r\n" % len(body) + body + b"\r\n0\r\nX-Notion-Signature: x\r\n\r\n"


def with_more(text: bytes) -> Callable[[bytes], bytes]:
    return lambda event: event[:-1] + b"," + text + b"}"


THE_PAGE = ("GET /v1/pages/0dd00000-0000-4000-8000-000000000000",)

ODDITIES = (
    Oddity("upper-case digits", sent(change=lambda s: "sha256=" + s[7:].upper())),
    Oddity("spaces round the signature", sent(change=lambda s: f"  {s}\t")),
    Oddity("another content type", sent("Content-Type: application/x-www-form-urlencoded")),
    Oddity("bytes", sent("Content-Type: application/octet-stream")),
    Oddity("no content type", sent("X-Nothing: 1")),
    Oddity("headers of proxies", sent(JSON, "X-Forwarded-For: 127.0.0.1", "X-Original-URL: /_admin", "X-Forwarded-Host: evil.example")),
    Oddity("secrets where they don't belong", sent(JSON, f"User-Agent: {FORGER} ann@example.com", target=f"{HOOK}?token={FORGER}")),
    Oddity("chunks, and a trailer", chunked),
    Oddity("an unknown type", saying(type="moon.risen")),
    Oddity("a token inside", saying(type="view.created", verification_token=FORGER)),
    Oddity("a page above", about(".."), asks=("GET /v1/pages/..",)),
    Oddity("a path", about("../users/me"), asks=("GET /v1/pages/..%2Fusers%2Fme",)),
    Oddity("an address", about("https://evil.example/x"), asks=("GET /v1/pages/https%3A%2F%2Fevil.example%2Fx",)),
    Oddity("a query", about("x?filter=1#y"), asks=("GET /v1/pages/x%3Ffilter%3D1%23y",)),
    Oddity("a line break", about("x\r\nHost: evil.example"), asks=("GET /v1/pages/x%0D%0AHost%3A%20evil.example",)),
    Oddity("NUL", about("x\0y"), asks=("GET /v1/pages/x%00y",)),
    Oddity("a token and an address", about(f"{FORGER} eve@example.com"), asks=(f"GET /v1/pages/{FORGER}%20eve%40example.com",)),
    Oddity("half a character", about("x\ud800"), asks=("GET /v1/pages/x%3F",)),
    Oddity("happened in 1970", saying(timestamp="1970-01-01T00:00:00.000Z"), asks=THE_PAGE),
    Oddity("happens in 9999", saying(timestamp="9999-12-31T23:59:59.999Z"), asks=THE_PAGE),
    Oddity("happened never", saying(timestamp="yesterday"), asks=THE_PAGE),
    Oddity("a time as number", saying(timestamp=-1), asks=THE_PAGE),
    Oddity("a thousand authors", saying(authors=[{"id": f"{n}", "type": "person"} for n in range(1000)]), asks=THE_PAGE),
    Oddity("lists for texts", saying(entity=[1], data=[2], authors={"a": 3}, workspace_id=[4])),
    Oddity("a duplicate key", written(with_more(b'"type":"page.deleted"')), "invalid_json"),
    Oddity("NUL inside", written(with_more(b'"note":"\0"')), "invalid_json"),
    Oddity("no number", written(with_more(b'"note":NaN')), "invalid_json"),
    Oddity("a digit too many", written(with_more(b'"note":' + b"9" * 5000)), "invalid_json"),
    Oddity("65 levels", written(with_more(b'"note":' + b"[" * 65 + b"]" * 65)), "invalid_json"),
    Oddity("50,000 levels", written(with_more(b'"note":' + b"[" * 50_000 + b"]" * 50_000)), "invalid_json"),
    Oddity("a byte order mark", written(lambda event: b"\xef\xbb\xbf" + event), "invalid_json"),
    Oddity("another encoding", written(lambda event: event.decode().encode("utf-16")), "invalid_json"),
)  # fmt: skip  # one oddity a line
