"""Notion's webhook signature, over the bytes that arrived. Performs no I/O and never raises on hostile input.

``X-Notion-Signature: sha256=<64 hex>`` is HMAC-SHA256 over the raw body, keyed with the subscription's verification
token as UTF-8. A body that was parsed and serialised again does not verify, and must not.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import StrEnum

_SHAPE = re.compile(r"sha256=([0-9a-fA-F]{64})")


class Verdict(StrEnum):
    """What a signature proved, or why it proved nothing; also the metric's reason."""

    VALID = "valid"
    MISSING = "signature_missing"
    MALFORMED = "signature_malformed"
    MISMATCH = "signature_mismatch"


def sign(body: bytes, token: str) -> str:
    """The header value that Notion sends with a body."""
    return "sha256=" + _digest(body, token).hex()


def verify(body: bytes, header: str | None, tokens: Sequence[str]) -> Verdict:
    """Check a delivery against every active token, in time that does not depend on which one fits.

    Args:
        body: the raw bytes.
        header: the header's value, or None when it is missing.
        tokens: active verification tokens; an empty one fits nothing.
    """
    if header is None or not header.strip():
        return Verdict.MISSING
    match = _SHAPE.fullmatch(header.strip())
    if match is None:
        return Verdict.MALFORMED
    # Bytes, because compare_digest raises on a str that is not ASCII.
    claimed = bytes.fromhex(match[1])
    fits = False
    for token in tokens:
        # HMAC fills a key up with zeros: one of nothing but zeros is the empty key.
        fits |= bool(token.strip("\0")) and hmac.compare_digest(_digest(body, token), claimed)
    return Verdict.VALID if fits else Verdict.MISMATCH


def _digest(body: bytes, token: str) -> bytes:
    # A secret may hold what is no token of anybody's: it fits nothing, and must not keep the others from fitting.
    return hmac.new(token.encode("utf-8", "surrogatepass"), body, hashlib.sha256).digest()
