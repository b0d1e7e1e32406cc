"""``make picture``: the dashboard as the README shows it, in an hour in which Notion is away, into docs/dashboard.png."""

import sys
from datetime import timedelta
from pathlib import Path

from tests.browser.chromium import MISSING, path, running
from tests.browser.served import serving
from tests.browser.visit import Visit
from tests.browser.world import World, today

PICTURE = Path(__file__).parents[2] / "docs" / "dashboard.png"
LARGEST = 200_000
"""Bytes: whoever clones the repository takes it along."""

WIDTH, HEIGHT = 1120, 1100


def main() -> int:
    """Take it; returns an exit status."""
    found = path()
    if found is None:
        print(f"picture: {MISSING}", file=sys.stderr)
        return 2
    world = World(today())
    world.outage()
    world.ordinary(last=timedelta(minutes=24))
    world.over()
    with running(found) as browser, serving(world) as console:
        window = Visit(browser, console, viewport={"width": WIDTH, "height": HEIGHT}, timezone_id="UTC")
        window.go(console.ticket)
        picture = window.page.screenshot()
        window.close()
    if len(picture) > LARGEST:
        print(f"picture: {len(picture)} bytes are more than {LARGEST}", file=sys.stderr)
        return 1
    PICTURE.write_bytes(picture)
    print(f"picture: {PICTURE.name}, {len(picture)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
