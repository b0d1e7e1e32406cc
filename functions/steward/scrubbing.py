"""What must stand in no log and no message: tokens, passes, signatures and e-mail addresses, whoever wrote them. Pure."""

import re

_SECRETS = re.compile(
    r"secret_[A-Za-z0-9_-]{8,}"
    r"|ntn_[A-Za-z0-9_-]{8,}"
    r"|xox[a-z]-[A-Za-z0-9-]{8,}"
    r"|\bpat-[a-z]{2,4}[0-9]-[A-Za-z0-9-]{8,}"
    r"|sha256=[0-9a-fA-F]{16,}"
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=/services/)[A-Za-z0-9/_-]{8,}"
    r"|(?<=\bticket=)[^\s&;\"']{8,}"  # the console's ways in: a link's, and a session's cookie
    r"|(?<=\bsteward=)[^\s&;\"']{8,}"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def scrub(text: str) -> str:
    """A text without anything that looks like a token, a pass, a signature or an e-mail address."""
    return _SECRETS.sub("[removed]", text)
