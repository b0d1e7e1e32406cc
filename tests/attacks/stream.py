"""Genuine events as Notion delivers them: a few at once, and each again, at Notion's intervals, until it is taken."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from infra.local.simulators.notion.agenda import Agenda
from infra.local.simulators.notion.delivery import DeliverySettings
from tests.attacks.site import Site, eventually

TAKEN = 200

Token = Callable[[], str]
"""What Notion signs with at the moment."""


@dataclass(frozen=True)
class Try:
    """One attempt at an event: what it was signed with, when it began and ended (monotonic seconds), and the answer's status."""

    event: str
    token: str
    began: float
    ended: float
    status: int | None


class Stream:
    """Delivers in threads of its own until it is left; whatever it tried is in ``tries``, in the order in which it ended."""

    def __init__(self, site: Site, *, compression: float, concurrency: int) -> None:
        """Deliver to a site; ``compression`` divides the times of Notion's eight tries."""
        self._site = site
        self._settings = DeliverySettings(retry_compression=compression)
        self._agenda = Agenda()
        self._agenda.concurrency = concurrency
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._flying: set[tuple[str, int]] = set()
        self.tries: list[Try] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._agenda.close(30.0)

    def send(self, event: str, token: Token) -> None:
        """Deliver one event, which no rule watches."""
        self._agenda.after(0.0, partial(self._try, event, token))

    def flow(self, name: str, token: Token, every: float, number: int = 0) -> None:
        """Deliver one event after the other, so many seconds after the first try at the former, until ``stop``."""
        if not self._stopped.is_set():
            self._try(f"{name} {number}", token)
            self._agenda.after(every, partial(self.flow, name, token, every, number + 1))

    def start(self, name: str, token: Token, every: float) -> None:
        """Let events flow, see ``flow``."""
        self._agenda.after(0.0, partial(self.flow, name, token, every))

    def stop(self) -> None:
        """No further event; what was refused is tried again all the same."""
        self._stopped.set()

    def drain(self, seconds: float) -> bool:
        """Wait until every event was taken, or given up; False where that takes longer."""
        return self._agenda.drain(seconds, hurry=False)

    def let_pass(self) -> None:
        """Return when every try has ended that was on its way."""
        before = self._on_their_way()
        eventually(lambda: not before & self._on_their_way())

    def statuses(self, token: str, since: float = 0.0) -> list[int | None]:
        """The answers to what was signed with a token, of tries that began since then."""
        return [one.status for one in list(self.tries) if one.token == token and one.began >= since]

    def delays(self) -> list[float]:
        """Seconds from the first try at an event until it was taken, refusals and waits in between included."""
        first: dict[str, float] = {}
        taken: dict[str, float] = {}
        for one in list(self.tries):
            first[one.event] = min(one.began, first.get(one.event, one.began))
            if one.status == TAKEN:
                taken.setdefault(one.event, one.ended)
        return [ended - first[event] for event, ended in taken.items()]

    def _on_their_way(self) -> set[tuple[str, int]]:
        with self._lock:
            return set(self._flying)

    def _try(self, event: str, token: Token, number: int = 1, first: float | None = None) -> None:
        with self._lock:
            self._flying.add((event, number))
        signed, began = token(), time.monotonic()
        try:
            status = self._site.deliver(self._site.event(event, "view.created"), signed).status
        except OSError:  # no answer in time, or no connection
            status = None
        ended, first = time.monotonic(), began if first is None else first
        with self._lock:
            self.tries.append(Try(event, signed, began, ended, status))
            self._flying.discard((event, number))
        wait = self._settings.retry_wait(number, ended - first)
        if status != TAKEN and wait is not None:
            self._agenda.after(wait, partial(self._try, event, token, number + 1, first))
