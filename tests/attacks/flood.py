"""Many requests at once, none of them signed."""

import asyncio
from collections import Counter

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
