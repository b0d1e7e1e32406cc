"""Where somebody wanted to go who has to log in first: kept in the login's address, and looked at anew when they are in. Pure.

Whoever sends a link to the login chooses what stands in it, so nothing of it is believed: only a page of the dashboard is
gone on to, written in the characters that our own links have. It is not signed: a signature would say that we once led
somebody there, which the form of the address says already, and it would end with a rotation.
"""

import re
from urllib.parse import urlencode

DASHBOARD, LOGIN = "/dashboard", "/dashboard/login"

LONGEST = 2000
"""Characters of an address that are carried along; a longer one leads to the dashboard."""

_PAGE = re.compile(
    r"/dashboard(?:/(?:events|incidents)/(?!(?:\.|%2e){1,2}(?:\?|\Z))[a-z0-9._~%-]+)?(?:\?[a-z0-9._~%+&=-]*)?",
    re.ASCII | re.IGNORECASE,
)
"""No second slash in a row, no backslash, no host, no control character, no step upwards, not the login itself."""

_BROKEN = re.compile(r"%(?![0-9a-f]{2})|%(?:0[0-9a-f]|1[0-9a-f]|7f)", re.ASCII | re.IGNORECASE)
"""What is no percent-encoding, or one of a control character."""


def onward(wanted: str | None) -> str:
    """Where to go on: what was wanted, if it is a page of the dashboard, or else the dashboard."""
    if wanted is None or len(wanted) > LONGEST or _BROKEN.search(wanted) or not _PAGE.fullmatch(wanted):
        return DASHBOARD
    return wanted


def login_for(wanted: str) -> str:
    """The login's address for somebody who wanted a page; plain, where they go on to the dashboard anyway."""
    to = onward(wanted)
    return LOGIN if to == DASHBOARD else f"{LOGIN}?{urlencode({'next': to})}"
