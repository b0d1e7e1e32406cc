"""The system's own Chromium, found on PATH and started without a window: nothing is downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium on PATH; Debian has it in the package chromium"


def path() -> str | None:
    """Where it is, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def running(executable: str) -> Iterator[Browser]:
    """A browser while it is needed."""
    # The sandbox needs a user of its own, which root in a container is not; it opens pages of ours alone.
    more = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=executable,
            args=["--disable-dev-shm-usage", "--disable-background-networking", *more],
        )
        yield started
        started.close()
