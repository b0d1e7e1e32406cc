"""What is told on the screen, and how long anything may take until it is seen."""

import re
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from rich.console import Console
from rich.markup import escape

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds until something that should be seen is given up."""

_CONTINUED = "\n" + 29 * " "
_LINK, _MENTION = re.compile(r"<https?://[^|>]*\|([^>]*)>"), re.compile(r"<@(\w+)>")
_BOLD = re.compile(r"\*([^*\n]+)\*")


class DemoFailure(Exception):
    """Something that should be seen was not."""


class Story:
    """Prints steps with the time since the story began."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._chapters = 0

    def tell(self, step: str, what: str) -> None:
        """Print a step; further lines of it stand below its first one."""
        passed = time.monotonic() - self._began
        text = escape(what.replace("\n", _CONTINUED))
        self._console.print(f"  [dim]{passed:6.2f} s[/]  [bold]{step:<14}[/] {text}")

    def head(self, text: str) -> None:
        """Print a headline."""
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def chapter(self, text: str) -> None:
        """Print a numbered headline."""
        self._chapters += 1
        self.head(f"{self._chapters} · {text}")


def seen(what: str, look: Callable[[], T | None]) -> T:
    """What ``look`` gives, as soon as it is something.

    Raises:
        DemoFailure: it was nothing for ``PATIENCE``.
    """
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            raise DemoFailure(f"{what}, within {PATIENCE:.0f} s")
        time.sleep(0.05)
    return found


def must(true: bool, what: str) -> None:
    """Fail unless it is so.

    Raises:
        DemoFailure: it is not.
    """
    if not true:
        raise DemoFailure(what)


def readable(mrkdwn: str, names: Mapping[str, str]) -> str:
    """A Slack message as people see it: links by their text, people by name.

    Args:
        mrkdwn: as it was posted.
        names: user id → name.
    """
    shown = _BOLD.sub(r"\1", _LINK.sub(r"\1", mrkdwn))
    shown = _MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", shown)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
