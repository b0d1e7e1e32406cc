"""Several drills, each in a process of its own, so that nothing of one is left for the next."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tests.gameday.drills import DRILLS
from tests.gameday.on_stack import on_stack
from tests.gameday.score import Score, play
from tests.gameday.turned_clock import turned_clock


@dataclass(frozen=True, slots=True)
class Played:
    """A drill's score, and the real seconds that it took."""

    score: Score
    seconds: float


def play_all(
    names: Sequence[str], *, turned: bool, at_once: int, tell: Callable[[Played], None]
) -> Iterator[Played]:
    """Play drills; gives them in the order of their names.

    Args:
        names: of the drills.
        turned: on a turned clock, not on the local stack.
        at_once: how many at the same time.
        tell: is told of each as soon as it is there; called in another thread.
    """

    def done(future: Future[Played]) -> None:
        if not future.cancelled() and future.exception() is None:
            tell(future.result())

    with ProcessPoolExecutor(at_once, get_context("spawn"), max_tasks_per_child=1) as pool:
        futures = [pool.submit(_play, name, turned=turned) for name in names]
        for future in futures:
            future.add_done_callback(done)
        for name, future in zip(names, futures, strict=True):
            error = future.exception()  # of the process itself: it was killed
            yield future.result() if error is None else Played(_broken_off(name, error), 0.0)


def _play(name: str, *, turned: bool) -> Played:
    drill = next(drill for drill in DRILLS if drill.name == name)
    began = time.monotonic()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        try:
            with turned_clock() if turned else on_stack() as on:
                score = play(drill, on)
        except Exception as error:  # noqa: BLE001 - a drill that breaks off is a miss, and the others are played
            score = _broken_off(name, error)
    return Played(score, time.monotonic() - began)


def _broken_off(name: str, error: BaseException) -> Score:
    return Score(name, misses=[f"broke off: {type(error).__name__}: {error}"])
