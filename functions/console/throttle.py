"""How often one address may fail to get in: a bucket each, in memory, because the console may write nowhere.

An address is what API Gateway saw, and of IPv6 its network, which one person has to themselves. It is checked before
what is given, so that guessing goes no faster for being right; who has a session already is not asked. Another
environment has buckets of its own: what a token is worth does not rest on this, but on its length.
"""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable

BURST = 10
"""Failures that are allowed at once."""

EVERY = 6.0
"""Seconds until one more is."""

MOST = 1000
"""Addresses that are remembered; the one that was quiet for longest is forgotten first."""


class Throttle:
    """The buckets."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Make it; ``clock`` is in monotonic seconds."""
        self._clock = clock
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Whole seconds until an address may try again; 0 when it may now."""
        spent = self._now(_of(address))
        return 0 if spent <= BURST - 1 else math.ceil((spent - (BURST - 1)) * EVERY)

    def failed(self, address: str) -> None:
        """Note that an address failed to get in."""
        key = _of(address)
        self._spent[key] = (self._now(key) + 1, self._clock())
        self._spent.move_to_end(key)
        while len(self._spent) > MOST:
            self._spent.popitem(last=False)

    def _now(self, key: str) -> float:
        spent, at = self._spent.get(key, (0.0, 0.0))
        return max(spent - (self._clock() - at) / EVERY, 0.0)


def _of(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""  # nothing that API Gateway sends; all of it shares one bucket
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
