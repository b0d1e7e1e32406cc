"""In which order the modules of tests run: what takes longest first, so that no process is left alone with it in the end.

``make test`` gives each process the next module as soon as it is free. The crash tests keep a core busy for minutes; those
on the whole stack, and those in a browser, mostly wait. So they take turns, and while one waits another one computes.
"""

from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import PurePath

BUSY = ("crash",)
WAITING = ("stack", "attacks", "browser")
"""Folders below ``tests``."""

GIANTS = "test_single_faults"
"""How the names of the longest modules begin."""


def longest_first(modules: Sequence[str]) -> list[str]:
    """The modules, each once, by their paths below ``tests``; those of which nothing is known stay in their order."""
    busy = sorted(
        (m for m in modules if PurePath(m).parts[0] in BUSY),
        key=lambda m: not PurePath(m).name.startswith(GIANTS),
    )
    waiting = [m for m in modules if PurePath(m).parts[0] in WAITING]
    first = [m for m in chain.from_iterable(zip_longest(busy, waiting)) if m is not None]
    return first + [m for m in modules if m not in first]
