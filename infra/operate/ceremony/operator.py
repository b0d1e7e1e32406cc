"""How the ceremony talks with a person: what it says and asks, and how it waits.

On a terminal a wait is one live line with a bar; elsewhere it is a plain line now and then. Where nobody can answer, no
question is asked.
"""

import sys
import time
from collections.abc import Callable
from typing import Protocol, TextIO, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from infra.operate.text import printable

T = TypeVar("T")

TOLD = 60.0
"""Seconds between two plain lines of a wait."""


class Operator(Protocol):
    """Who runs the ceremony."""

    @property
    def answers(self) -> bool:
        """Whether somebody is there to be asked."""

    @property
    def sees(self) -> bool:
        """Whether what is shown goes to a terminal, and to no file or pipe."""

    def say(self, line: str) -> None:
        """Tell a line."""

    def agrees(self, question: str) -> bool:
        """Ask; anything but a clear yes is a no."""

    def answer(self, question: str) -> str:
        """Ask for a word; empty is none."""

    def show_once(self, token: str) -> None:
        """Show a secret until it was copied, then take it off the screen."""

    def wait(self, what: str, seconds: float, look: Callable[[], T | None], every: float) -> T | None:
        """Wait until there is something to see.

        Args:
            what: is waited for.
            seconds: that are waited at most.
            look: gives it, or None; is called at once, and again after each ``every`` seconds.
            every: seconds.
        """


class AtTerminal:
    """Somebody at a terminal, or a script with what it wrote before on standard input."""

    def __init__(
        self,
        *,
        source: TextIO,
        out: TextIO,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        asks: bool = True,
    ) -> None:
        """Make it.

        Args:
            source: where answers come from.
            out: where everything goes.
            asks: questions may be asked at all.
            clock: monotonic seconds.
            sleep: waits so many seconds.
        """
        self._source = source
        self._out = out
        self._clock = clock
        self._sleep = sleep
        self._asks = asks

    @property
    def answers(self) -> bool:
        """See ``Operator.answers``."""
        return self._asks and self._source.isatty()

    @property
    def sees(self) -> bool:
        """See ``Operator.sees``."""
        return self._out.isatty()

    def say(self, line: str) -> None:
        """See ``Operator.say``."""
        print(printable(line), file=self._out, flush=True)

    def agrees(self, question: str) -> bool:
        """See ``Operator.agrees``."""
        return self.answer(f"{question} [y/N]").lower() in ("y", "yes")

    def answer(self, question: str) -> str:
        """See ``Operator.answer``."""
        print(f"{printable(question)} ", end="", file=self._out, flush=True)
        line = self._source.readline()
        if not line and self.answers:
            raise KeyboardInterrupt  # a terminal that was closed said neither yes nor no
        return line.strip()

    def show_once(self, token: str) -> None:
        """See ``Operator.show_once``."""
        self.say(token)
        try:
            self.answer("copied? Press Enter, and it goes off the screen:")
        except KeyboardInterrupt:
            self.say("")  # where Enter would have left the cursor
            raise
        finally:
            # Two lines up: past the question, to the token.
            print("\x1b[2A\x1b[J", end="", file=self._out, flush=True)

    def wait(self, what: str, seconds: float, look: Callable[[], T | None], every: float) -> T | None:
        """See ``Operator.wait``."""
        if self.sees:
            return self._live(what, seconds, look, every)
        return self._plain(what, seconds, look, every)

    def _live(self, what: str, seconds: float, look: Callable[[], T | None], every: float) -> T | None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"))
        console = Console(file=self._out)
        with Progress(
            *columns,
            console=console,
            transient=True,
            get_time=self._clock,
            redirect_stdout=False,  # what other threads print is no part of this talk
            redirect_stderr=False,
        ) as progress:
            task = progress.add_task(what, total=seconds, left=_left(seconds))

            def tell(left: float) -> None:
                progress.update(task, completed=seconds - left, left=_left(left))

            return self._until(seconds, look, every, tell)

    def _plain(self, what: str, seconds: float, look: Callable[[], T | None], every: float) -> T | None:
        told = seconds + TOLD

        def tell(left: float) -> None:
            nonlocal told
            if told - left >= TOLD:
                told = left
                self.say(f"{what}: {_left(left)}")

        return self._until(seconds, look, every, tell)

    def _until(
        self, seconds: float, look: Callable[[], T | None], every: float, tell: Callable[[float], None]
    ) -> T | None:
        end, next_look = self._clock() + seconds, self._clock()
        while True:
            left = end - self._clock()
            if self._clock() >= next_look or left <= 0:
                found = look()
                if found is not None or left <= 0:
                    return found
                next_look = self._clock() + every
            tell(left)
            self._sleep(min(1.0, max(left, 0.01)))


def _left(seconds: float) -> str:
    whole = max(round(seconds), 0)
    return f"{whole // 60}:{whole % 60:02} left"


def here(*, for_machine: bool) -> AtTerminal:
    """Whoever runs this process.

    Args:
        for_machine: standard output is for a program: words go to standard error, and nobody is asked anything.
    """
    return AtTerminal(source=sys.stdin, out=sys.stderr if for_machine else sys.stdout, asks=not for_machine)
