"""What a person sees while environments are made: one live line on a terminal, plain lines elsewhere.

Standard library only: it runs before anything is installed.
"""

import shutil
import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

REFRESH = 0.25
"""Seconds between two drawings of the live line."""


class Progress:
    """Shows each thing that is being set up, how far it is, and the seconds since the first began."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._live = out.isatty()
        self._steps: dict[str, str] = {}
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._draw, name="progress", daemon=True)

    def __enter__(self) -> Self:
        if self._live:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self._live:
            self._thread.join()
            self._write("\r\x1b[K")

    def step(self, what: str, how_far: str) -> None:
        """Something got further."""
        with self._lock:
            is_new = what not in self._steps
            self._steps[what] = how_far
            if is_new and not self._live:
                self._write(f"  setting up {what} …\n")

    def done(self, what: str, seconds: float) -> None:
        """Something is ready."""
        with self._lock:
            self._steps.pop(what, None)
            clear = "\r\x1b[K" if self._live else ""
            self._write(f"{clear}  {what}: ready after {seconds:.0f} s\n")

    def _draw(self) -> None:
        while not self._end.wait(REFRESH):
            with self._lock:
                parts = [f"{what}: {how_far}" for what, how_far in self._steps.items()]
                seconds = time.monotonic() - self._began
                width = shutil.get_terminal_size().columns - 1
                self._write("\r\x1b[K" + f"  {seconds:3.0f} s  {' · '.join(parts)}"[:width])

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
