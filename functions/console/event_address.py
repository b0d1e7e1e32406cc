"""An event's own part of its address, whatever its id is made of. Pure.

An event's id is whatever its sender says, up to 500 characters of any kind. A slash, a quotation mark or a line break in a
path is read differently by browsers, by API Gateway and by the router, and two dots are another page, so an id with anything
but letters, digits, hyphens and the like is written in base64 (RFC 4648, section 5) behind a tilde.
"""

import base64
import binascii
import re

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")

_CODED = "~"

LONGEST = 3000
"""Characters of an address's part that are read: 500 characters of an id are at most 2000 bytes, and these 2667 in base64."""


def part_of(event_id: str) -> str:
    """What stands for an id in the path; it needs no quoting."""
    if _PLAIN.fullmatch(event_id):
        return event_id
    coded = base64.urlsafe_b64encode(event_id.encode("utf-8", "surrogatepass"))
    return _CODED + coded.rstrip(b"=").decode()


def id_of(part: str) -> str:
    """The id that a part of a path stands for; what was not written by ``part_of`` stands for itself, as old links do."""
    if not part.startswith(_CODED) or len(part) > LONGEST:
        return part
    coded = part.removeprefix(_CODED)
    try:
        text = base64.b64decode(coded + "=" * (-len(coded) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return part
    return text if text and part_of(text) == part else part
