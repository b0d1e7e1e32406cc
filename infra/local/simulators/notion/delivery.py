"""The delivery engine: events become signed HTTP requests, late, twice, out of order or never, as configured.

Promises that every attempt is recorded with its bytes, that the same seed loses and duplicates the same events, and
Notion's eight tries. The intervals are not published; ours grow to 24 hours.
"""

import http.client
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from .agenda import Agenda
from .dates import iso
from .envelope import Event, sign, to_bytes
from .errors import SimulatorError
from .model import Json

OK, MULTIPLE = 200, 300
RETRY_AT_SECONDS = (0, 60, 300, 1200, 3600, 10_800, 32_400, 86_400)


@dataclass(frozen=True)
class DeliverySettings:
    """How badly the network behaves; probabilities from 0 to 1, times in seconds.

    Attributes:
        aggregation_seconds: window per entity; 0 tells each change at once.
        aggregate_timestamp: "first" or "last": which of the merged moments an aggregated event names.
        delay_seconds: every event waits a random time between these two.
        reorder_probability: share of events that wait up to `reorder_seconds` longer.
        duplicate_probability: share of acknowledged events sent again, as if the acknowledgement was lost.
        loss_probability: share of events that are never sent.
        retry_at_seconds: when each try happens, counted from the first.
        retry_compression: divides the retry times; 3600 makes a day 24 seconds.
        timeout_seconds: how long an acknowledgement is waited for.
        concurrency: deliveries at the same time (at most 8); 1 keeps the order.
        pause_after_failures: consecutive failed attempts after which the subscription is paused; None never.
    """

    aggregation_seconds: float = 0.0
    aggregate_timestamp: str = "last"
    delay_seconds: tuple[float, float] = (0.0, 0.0)
    reorder_probability: float = 0.0
    reorder_seconds: float = 1.0
    duplicate_probability: float = 0.0
    loss_probability: float = 0.0
    retry_at_seconds: tuple[float, ...] = RETRY_AT_SECONDS
    retry_compression: float = 1.0
    timeout_seconds: float = 10.0
    concurrency: int = 1
    pause_after_failures: int | None = None

    def changed(self, changes: Json) -> "DeliverySettings":
        """A copy with ``changes``.

        Raises:
            SimulatorError: for a name that is no setting.
        """
        unknown = sorted(set(changes) - {known.name for known in fields(self)})
        if unknown:
            raise SimulatorError(f"unknown webhook settings: {', '.join(unknown)}")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in changes.items()}
        return replace(self, **values)

    def retry_wait(self, tries: int, elapsed: float) -> float | None:
        """Seconds until the next try when ``tries`` have failed; None when there is none."""
        if tries >= len(self.retry_at_seconds):
            return None
        return max(0.0, self.retry_at_seconds[tries] / self.retry_compression - elapsed)


class DeliveryEngine:
    """Sends events.

    Args:
        target: URL and verification token of a subscription, or None when it is not active any more.
        attempted: told of a subscription's id and whether the attempt was acknowledged.
        stamp: the workspace's time in epoch milliseconds, for the records.
        seed: of the random decisions.
    """

    def __init__(
        self,
        target: Callable[[str], tuple[str, str] | None],
        attempted: Callable[[str, bool], None],
        stamp: Callable[[], int],
        seed: int,
    ) -> None:
        self.agenda = Agenda()
        self.settings = DeliverySettings()
        self.records: list[Json] = []
        self._target = target
        self._attempted = attempted
        self._stamp = stamp
        self._random = random.Random(f"delivery:{seed}")  # noqa: S311 - repeatable on purpose, protects nothing

    def configure(self, settings: DeliverySettings) -> None:
        """Use ``settings`` from the next event on."""
        self.settings = settings
        self.agenda.concurrency = settings.concurrency

    def schedule(self, event: Event) -> None:
        """Decide the event's fate and queue it."""
        with self.agenda.condition:
            settings, dice = self.settings, self._random
            # All dice are thrown every time, so that changing one probability does not move the others' decisions.
            lost, late, again = dice.random(), dice.random(), dice.random()
            wait, extra = dice.uniform(*settings.delay_seconds), dice.uniform(0.5, 1.0)
            if lost < settings.loss_probability:
                event.state = "lost"
                return
            if late < settings.reorder_probability:
                wait += extra * settings.reorder_seconds
            duplicate = again < settings.duplicate_probability
            self.agenda.after(wait, lambda: self._deliver(event, 1, time.monotonic(), duplicate=duplicate))

    def repeat(self, event: Event) -> None:
        """Send ``event`` once more, as after a lost acknowledgement: other bytes, the same id."""
        number = event.attempts + 1
        self.agenda.after(0.0, lambda: self._deliver(event, number, time.monotonic(), duplicate=False))

    def close(self) -> None:
        """End the workers; what is queued is not sent."""
        self.agenda.close(self.settings.timeout_seconds + 1)

    def _deliver(self, event: Event, attempt: int, began: float, *, duplicate: bool) -> None:
        target = self._target(event.subscription_id)
        if target is None:
            event.state = event.state if event.acknowledged else "dropped"
            return
        event.attempts = max(event.attempts, attempt)
        body = to_bytes(event.payload(attempt))
        outcome = post(target[0], body, target[1], self.settings.timeout_seconds)
        taken = outcome["status"] is not None and OK <= outcome["status"] < MULTIPLE
        record = {
            "event_id": event.id,
            "subscription_id": event.subscription_id,
            "type": event.type,
            "entity_id": event.entity["id"],
            "attempt": attempt,
            "time": iso(self._stamp()),
            "body": body.decode(),
            "signature": sign(body, target[1]),
        }
        with self.agenda.condition:
            self.records.append(record | outcome)
            self._settle(event, attempt, began, taken=taken, duplicate=duplicate)
        self._attempted(event.subscription_id, taken)

    def _settle(self, event: Event, attempt: int, began: float, *, taken: bool, duplicate: bool) -> None:
        if taken:
            event.state = "delivered"
            event.acknowledged += 1
            if duplicate:
                self.repeat(event)
            return
        wait = self.settings.retry_wait(attempt, time.monotonic() - began)
        if wait is not None:
            self.agenda.after(wait, lambda: self._deliver(event, attempt + 1, began, duplicate=duplicate))
        elif not event.acknowledged:
            event.state = "failed"


def post(url: str, body: bytes, verification_token: str, timeout: float) -> dict[str, Any]:
    """POST signed ``body``; no redirects, no proxies. Returns `status` (None without an answer), `error`, `seconds`."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json", "X-Notion-Signature": sign(body, verification_token)}
    began = time.monotonic()
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        status, error = answer.status, None
    except (OSError, ValueError, http.client.HTTPException) as problem:
        status, error = None, f"{type(problem).__name__}: {problem}"
    finally:
        connection.close()
    return {"status": status, "error": error, "seconds": round(time.monotonic() - began, 4)}
