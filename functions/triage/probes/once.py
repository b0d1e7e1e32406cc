"""The way a probe's request goes: once, bounded in time and size, redirects not followed."""

from collections.abc import Callable
from random import Random

import requests

from steward.clients.transport import RESERVE, Transport
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

_RANDOM = Random(0)  # noqa: S311 - of the pauses between attempts, of which there are none


def once(session: requests.Session, vendor: str, seconds: float, clock: Callable[[], float]) -> Transport:
    """A transport for one request that waits for so many seconds for an answer, and half as long for a connection.

    Who waits for the request bounds both together, see ``triage.in_parallel``.
    """
    end = clock() + 1.5 * seconds + RESERVE  # of what is left the transport gives a third to the connection
    return Transport(session, vendor, Deadline(lambda: end - clock()), _never, _RANDOM, read_attempts=1)


def raw_code(failure: CallFailed) -> str | None:
    """The raw code of a failed call: the vendor's, or the network's, e.g. ``NameResolutionError``."""
    unreachable = failure.failure is Failure.UNREACHABLE
    return failure.code or (failure.message if unreachable and failure.message else None)


def _never(seconds: float) -> None:
    """Stands where a transport that may repeat would sleep; with one attempt it does not."""
    raise AssertionError(f"asked to sleep for {seconds} s")
