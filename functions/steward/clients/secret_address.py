"""Whether an address that is itself a secret, as an incoming webhook's is, may be asked. Pure."""

from urllib.parse import urlsplit

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
"""What the local stack's simulators are reached by; nobody else hears what is sent there."""


def is_private(url: str) -> bool:
    """Whether nobody on the way reads the address, and what is sent there: https, or plain http on this machine."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # one that is no number is only found when it is looked at
    except ValueError:
        return False
    if not parts.hostname or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
