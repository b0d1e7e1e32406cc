"""A real Chromium, one a session, and a fresh console for each test.

Chromium is the system's own: nothing is downloaded. Where there is none these tests are skipped, and say what to install.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.served import Console, serving
from tests.browser.visit import Visit
from tests.browser.world import World, today

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on PATH; Debian and Ubuntu have it in the package chromium")
    # The sandbox needs a user of its own, which root in a container is not; it opens pages of ours alone.
    more = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--disable-dev-shm-usage", *more])
        yield started
        started.close()


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
