"""Many requests at once, none of them signed; and what became of the genuine events beside them."""

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.attacks.site import CANDIDATE, Site, handshake
from tests.attacks.wire import post

PATIENCE = 60.0


def junk(site: Site, number: int) -> bytes:
    """One of the kinds that a scanner, a forger and somebody who is merely loud would send."""
    event = site.event(f"attack: flood {number}")
    kinds = (
        post(event),
        post(event, "sha256=" + f"{number:064x}"),
        post(b"x" * 50_000, "sha256=" + "0" * 64),
        post(handshake(CANDIDATE)),
        post(b"", method="GET"),
        post(event, target="/.env"),
    )
    return kinds[number % len(kinds)]


async def _one(port: int, sent: bytes) -> int:
    """The status; 0 when the machine had no connection left for it."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0
    try:
        writer.write(sent.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        await writer.drain()
        line = await reader.readline()
        return int(line.split()[1]) if line else 0
    except OSError:
        return 0
    finally:
        writer.close()


async def _all(port: int, requests: list[bytes]) -> list[int]:
    return await asyncio.wait_for(asyncio.gather(*(_one(port, sent) for sent in requests)), PATIENCE)


def flood(site: Site, count: int) -> Counter[int]:
    """Send so many at once; how often each status was answered."""
    requests = [junk(site, number) for number in range(count)]
    return Counter(asyncio.run(_all(site.port, requests)))


def delays(deliveries: Sequence[Mapping[str, Any]]) -> list[float]:
    """Seconds from the first try at an event until it was taken, as ``NotionAdmin.deliveries`` tells of them."""
    first: dict[str, float] = {}
    taken: dict[str, float] = {}
    for one in deliveries:
        event, ended = one["event_id"], datetime.fromisoformat(one["time"]).timestamp()
        first[event] = min(ended - one["seconds"], first.get(event, ended))
        if one["status"] == 200:
            taken[event] = min(ended, taken.get(event, ended))
    return [ended - first[event] for event, ended in taken.items()]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that such a share of them does not exceed; infinite where there is none."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else math.inf


def figures(statuses: Mapping[int, int], genuine: int, again: int, took: Sequence[float]) -> str:
    """What a flood came to, in a line: ``took`` has a figure for each event that was taken."""
    junk = ", ".join(f"{status or 'no answer'}: {count}" for status, count in sorted(statuses.items()))
    return (
        f"{sum(statuses.values())} junk requests at once ({junk}), {genuine} genuine events, "
        f"{genuine - len(took)} lost, {again} delivered again, from the first attempt until taken "
        f"p50 {quantile(took, 0.5):.2f} s, p99 {quantile(took, 0.99):.2f} s"
    )
