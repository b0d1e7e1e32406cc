"""Requests whose framing is wrong: what they are made of never becomes a delivery.

Each body would be taken if it arrived as Notion sends it: the signature is right. On AWS it is API Gateway that refuses
these; here the front door stands for it, and the point is what reaches the function.
"""

# ruff: noqa: ARG005 - every request is made of the same two, the site and an event, whether it needs both or not

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.site import Site
from tests.attacks.wire import HOOK, post


@dataclass(frozen=True)
class Framing:
    """Bytes, and the answer; a status of None: there is none in HTTP/1.1."""

    name: str
    make: Callable[[Site, bytes], bytes]
    status: int | None


def chunked(chunks: bytes, *headers: str | bytes) -> Callable[[Site, bytes], bytes]:
    """A body of chunks as given."""
    coding = ("Content-Type: application/json", "Transfer-Encoding: chunked", *headers)
    return lambda site, event: post(b"", site.signed(event), headers=coding, length="") + chunks


def lying(length: str) -> Callable[[Site, bytes], bytes]:
    """A body whose length is said to be another one."""
    return lambda site, event: post(event, site.signed(event), length=length)


def with_header(header: str | bytes) -> Callable[[Site, bytes], bytes]:
    """A genuine delivery with a header more."""
    return lambda site, event: post(
        event, site.signed(event), headers=("Content-Type: application/json", header)
    )


def smuggled(site: Site, event: bytes) -> bytes:
    """A second request where one reader sees the rest of a body and another one the next request."""
    inner = post(event, "sha256=" + "0" * 64)
    both = ("Transfer-Encoding: chunked", f"Content-Length: {len(inner) + 5}")
    return post(b"", site.signed(b""), headers=both, length="") + b"0\r\n\r\n" + inner


FRAMINGS = (
    Framing("a body that breaks off", lying("9000"), None),
    Framing("a length below zero", lying("-1"), 400),
    Framing("a length with a sign", lying("+10"), 400),
    Framing("a length in hexadecimal", lying("0x10"), 400),
    Framing("a length in other digits", lying("٣"), 400),
    Framing("a length beyond all limits", lying("9" * 30), 413),
    Framing("two lengths", with_header("Content-Length: 3"), 400),
    Framing("a chunk below zero", chunked(b"-1\r\nx\r\n0\r\n\r\n"), 400),
    Framing("a chunk with an underscore", chunked(b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n"), 400),
    Framing("a chunk beyond all limits", chunked(b"fffffffffffffffff\r\n"), 413),
    Framing("chunks that break off", chunked(b"ff\r\nx"), None),
    Framing("chunks that are garbage", chunked(b"hello\r\n\r\n"), 400),
    Framing("a coding that nobody asked for", chunked(b"0\r\n\r\n", "Transfer-Encoding: gzip"), 400),
    Framing("a smuggled request", smuggled, 400),
    Framing("a header of 100 kB", with_header("X-Long: " + "a" * 100_000), 431),
    Framing("two hundred headers", with_header("\r\n".join(f"X-{n}: 1" for n in range(200))), 431),
    Framing("no HTTP at all", lambda s, e: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", None),
    Framing("a request line of one word", lambda s, e: b"POST\r\n\r\n", None),
    Framing("an address of 100 kB", lambda s, e: post(e, s.signed(e), target=HOOK + "a" * 100_000), 414),
    Framing("HTTP of the future", lambda s, e: post(e, s.signed(e)).replace(b"HTTP/1.1", b"HTTP/9.1"), None),
)
