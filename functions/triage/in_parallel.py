"""Jobs run in parallel, each with its own timeout: one that hangs or raises takes nothing from the others.

Threads of our own and not an executor's: an executor waits for the last of them, and at the interpreter's end once more.
What hangs is left behind as a daemon; its socket has a timeout of its own.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """One job.

    Attributes:
        run: does it.
        seconds: after which nobody waits for it any more.
    """

    run: Callable[[], T]
    seconds: float


class TooLate(Exception):
    """It was not done in its time; the message says what that was."""


def in_parallel(jobs: Sequence[Job[T]], seconds: float, clock: Callable[[], float]) -> list[T | Exception]:
    """Run all jobs in parallel.

    Args:
        jobs: what to do.
        seconds: for all of them; the shorter of this and a job's own counts.
        clock: monotonic seconds.

    Returns:
        for each job, in their order, what it gave, or the exception that it raised, or ``TooLate``.
    """
    done: queue.SimpleQueue[tuple[int, T | Exception]] = queue.SimpleQueue()

    def work(number: int, run: Callable[[], T]) -> None:
        try:
            done.put((number, run()))
        except Exception as error:  # noqa: BLE001 - whatever a job stumbles over is that job's result
            done.put((number, error))

    times = [min(job.seconds, seconds) for job in jobs]
    ends = {number: clock() + time for number, time in enumerate(times)}
    ended: dict[int, T | Exception] = {}
    for number, job in enumerate(jobs):
        threading.Thread(target=work, args=(number, job.run), daemon=True).start()
    while ends:
        next_end = min(ends, key=ends.__getitem__)
        try:
            number, result = done.get(timeout=max(ends[next_end] - clock(), 0.001))
        except queue.Empty:
            number, result = next_end, TooLate(f"no end after {round(times[next_end], 2):g} s")
        if ends.pop(number, None) is not None:
            ended[number] = result
    return [ended[number] for number in range(len(jobs))]
