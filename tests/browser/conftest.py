"""A real Chromium, one a session, and a fresh console for each test.

Chromium is the system's own: nothing is downloaded. Where there is none these tests are skipped, and say what to install.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import MISSING, path, running
from tests.browser.served import Console, serving
from tests.browser.visit import Visit
from tests.browser.world import World, today

Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    found = path()
    if found is None:
        pytest.skip(MISSING)
    with running(found) as started:
        yield started


@pytest.fixture
def world() -> World:
    """Tables without anything in them."""
    return World(today())


@pytest.fixture
def console(world: World) -> Iterator[Console]:
    """The console of that world."""
    with serving(world) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, console: Console) -> Iterator[Open]:
    """Opens a window; what must never happen in any is looked for when the test is over, see ``Visit.close``."""
    with ExitStack() as windows:

        def opened(*, logged_in: bool = True, **options: object) -> Visit:
            window = Visit(browser, console, **options)
            windows.callback(window.close)
            if logged_in:
                window.go(console.ticket)
            return window

        yield opened
