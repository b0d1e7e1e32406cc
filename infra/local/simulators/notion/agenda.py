"""Work at a time: a few threads that run what is due, in order of its time.

Promises that `drain` returns only when nothing is queued and nothing runs, that hurrying keeps the order, and that
closing leaves no thread behind. Times are real (monotonic), so a test that freezes the workspace's clock still moves.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WORKERS = 8


@dataclass(order=True)
class _Job:
    due: float
    order: int
    action: Callable[[], None] = field(compare=False)


class Agenda:
    """A queue of actions with their times.

    `condition` guards the queue; others may hold it (it is re-entrant) to do several things at once.
    """

    def __init__(self) -> None:
        self.condition = threading.Condition(threading.RLock())
        self.concurrency = 1
        self._heap: list[_Job] = []
        self._orders = itertools.count()
        self._active = 0
        self._hurried = 0
        self._closed = False
        self._threads: list[threading.Thread] = []

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` on a worker when ``seconds`` have passed."""
        with self.condition:
            if self._closed:
                return
            heapq.heappush(self._heap, _Job(time.monotonic() + seconds, next(self._orders), action))
            if len(self._threads) < min(WORKERS, self.concurrency):
                thread = threading.Thread(target=self._work, name="notion-webhooks", daemon=True)
                self._threads.append(thread)
                thread.start()
            self.condition.notify_all()

    def drain(self, timeout: float, *, hurry: bool) -> bool:
        """Wait until nothing is pending, at most ``timeout`` seconds; ``hurry`` makes everything due now."""
        end = time.monotonic() + timeout
        with self.condition:
            self._hurried += hurry
            self.condition.notify_all()
            try:
                while self._heap or self._active:
                    left = end - time.monotonic()
                    if left <= 0 or self._closed:
                        return False
                    self.condition.wait(left)
                return True
            finally:
                self._hurried -= hurry

    def pending(self) -> int:
        """Actions queued or running."""
        with self.condition:
            return len(self._heap) + self._active

    def clear(self) -> None:
        """Forget what is queued; what runs ends by itself."""
        with self.condition:
            self._heap.clear()
            self.condition.notify_all()

    def close(self, timeout: float) -> None:
        """Forget what is queued and end the workers."""
        with self.condition:
            self._closed = True
            self._heap.clear()
            self.condition.notify_all()
        for thread in self._threads:
            thread.join(timeout)

    def _work(self) -> None:
        while (job := self._take()) is not None:
            try:
                job.action()
            finally:
                with self.condition:
                    self._active -= 1
                    self.condition.notify_all()

    def _take(self) -> _Job | None:
        with self.condition:
            while not self._closed:
                wait: float | None = None
                if self._heap and self._active < self.concurrency:
                    wait = self._heap[0].due - time.monotonic()
                    if wait <= 0 or self._hurried:
                        self._active += 1
                        return heapq.heappop(self._heap)
                self.condition.wait(wait)
            return None
