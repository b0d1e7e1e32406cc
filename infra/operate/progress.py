"""Progress bars of long work: on standard error, only on a terminal, never with ``--json``."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

sleep: Callable[[float], None] = time.sleep


class Bar:
    """How far some work is; one that nobody sees takes everything and does nothing."""

    def __init__(self, shown: Progress | None = None, label: str = "", total: int | None = None) -> None:
        self._shown = shown
        self._task = None if shown is None else shown.add_task(label, total=total)

    def step(self, steps: int = 1) -> None:
        """So much more is done."""
        if self._shown is not None and self._task is not None:
            self._shown.advance(self._task, steps)

    def reached(self, count: int) -> None:
        """So much is done in all."""
        if self._shown is not None and self._task is not None:
            self._shown.update(self._task, completed=count)


@contextmanager
def progress(label: str, total: int | None, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar while something is done.

    Args:
        label: what is counted.
        total: how many there will be; None when nobody knows, which shows the count alone.
        quiet: show none.
    """
    if quiet or not sys.stderr.isatty():
        yield Bar()
        return
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        # rich prints what it redirects on its own console, here standard error: no good for a file or a pipe. On a
        # terminal it keeps the lines above the bar.
        redirect_stdout=sys.stdout.isatty(),
    ) as shown:
        yield Bar(shown, label, total)


def wait(label: str, seconds: float, *, quiet: bool = False) -> None:
    """Let a time pass, with a bar of its seconds.

    Args:
        label: what is waited for.
        seconds: how long.
        quiet: show none.
    """
    left = seconds
    with progress(label, round(seconds), quiet=quiet) as bar:
        while left > 0:
            sleep(min(left, 1.0))
            left -= 1.0
            bar.step()
