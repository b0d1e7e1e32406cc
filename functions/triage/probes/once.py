"""The way a probe's request goes: once, bounded in time and size, redirects not followed."""

from collections.abc import Callable
from random import Random

import requests

from steward.clients.transport import RESERVE, Transport
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

_RANDOM = Random(0)  # noqa: S311 - of the pauses between attempts, of which there are none


def once(session: requests.Session, vendor: str, seconds: float, clock: Callable[[], float]) -> Transport:
    """A transport whose requests, from now on and all together, take no longer than so many seconds."""
    end = clock() + seconds + RESERVE
    return Transport(session, vendor, Deadline(lambda: end - clock()), _never, _RANDOM, read_attempts=1)


def raw_code(failure: CallFailed) -> str | None:
    """The raw code of a failed call: the vendor's, or the network's, e.g. ``NameResolutionError``."""
    unreachable = failure.failure is Failure.UNREACHABLE
    return failure.code or (failure.message if unreachable and failure.message else None)


def _never(seconds: float) -> None:
    """Stands where a transport that may repeat would sleep; with one attempt it does not."""
    raise AssertionError(f"asked to sleep for {seconds} s")
