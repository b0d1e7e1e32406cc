"""The one table that decides what a failed call leads to. Nothing else in Steward decides it.

Four columns, because the same failure means different things: a call that *observes* a page holds its event; a *Notion
write* waits with the event, since the same vendor serves both; a *Slack* effect waits by itself, because Slack's
trouble must not hold Notion's events; and so does a row of the *mirror*, which is no news that could be too late: it also
waits where somebody can mend what refuses it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from steward.errors import CallFailed, Failure

BACKOFF_CAP = 900.0
"""Seconds; the longest wait that backoff alone asks for."""


class Then(StrEnum):
    """What happens next."""

    WAIT = "wait"  # the event comes back to the lane after a while
    EFFECT_WAITS = "effect waits"  # the event is acknowledged, the effect is tried again later
    EFFECT_FAILED = "effect failed"  # recorded with its reason; the lane goes on
    OTHER_CHANNEL = "other channel"  # tried in the default channel, failed if that was it
    GONE = "gone"  # the page is remembered as gone; the lane goes on
    PARK = "park"  # the event goes to the dead letters with its reason; the lane goes on


@dataclass(frozen=True, slots=True)
class Row:
    """What a failure means for each use of a call.

    Attributes:
        observing: for a read of the page.
        writing: for a write to Notion.
        slack: for a Slack message.
        mirror: for a row in PostgreSQL.
        severity: P1 pages somebody, P3 is for office hours, None is ordinary life.
        wait: seconds to wait at least where the vendor names none; grows with every attempt unless ``steady``.
        steady: the wait does not grow: it is not backoff but the time in which somebody can help.
    """

    observing: Then
    writing: Then
    slack: Then
    severity: str | None = None
    wait: float = 1.0
    steady: bool = False
    mirror: Then = Then.EFFECT_WAITS


TABLE: dict[Failure, Row] = {
    Failure.RATE_LIMITED: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS),
    Failure.WORKSPACE_LIMITED: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS, wait=30),
    Failure.BLOCKED: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS, "P1", wait=3600, steady=True),
    Failure.BUDGET_SPENT: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS),
    Failure.RESTING: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS),
    Failure.OUT_OF_TIME: Row(Then.WAIT, Then.WAIT, Then.WAIT, steady=True, mirror=Then.WAIT),
    Failure.UNAVAILABLE: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS, wait=2),
    Failure.UNREACHABLE: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS, wait=2),
    Failure.UNAUTHORIZED: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS, "P1", wait=300, steady=True),
    Failure.FORBIDDEN: Row(Then.PARK, Then.EFFECT_FAILED, Then.EFFECT_FAILED, "P3"),
    Failure.NOT_FOUND: Row(Then.GONE, Then.EFFECT_FAILED, Then.OTHER_CHANNEL, mirror=Then.EFFECT_FAILED),
    Failure.INVALID: Row(Then.PARK, Then.EFFECT_FAILED, Then.OTHER_CHANNEL, "P2", mirror=Then.EFFECT_FAILED),
    Failure.CONFLICT: Row(Then.WAIT, Then.WAIT, Then.EFFECT_WAITS),
    Failure.REJECTED: Row(Then.PARK, Then.EFFECT_FAILED, Then.OTHER_CHANNEL, "P3", mirror=Then.EFFECT_FAILED),
}

CONNECTION_WIDE = frozenset(
    {
        Failure.RATE_LIMITED,
        Failure.WORKSPACE_LIMITED,
        Failure.BLOCKED,
        Failure.BUDGET_SPENT,
        Failure.RESTING,
        Failure.OUT_OF_TIME,
        Failure.UNAUTHORIZED,
    }
)
"""Failures that say nothing of what was asked for: any other call would end the same."""


def waits_beside(failure: CallFailed) -> bool:
    """Whether only what needs this further connection, or the mirror, waits, and nothing else: no event, no other vendor."""
    return (
        (failure.connection is not None or failure.vendor == "postgres")
        and failure.failure is not Failure.OUT_OF_TIME
        and TABLE[failure.failure].observing is Then.WAIT
    )


def wait_for(failure: CallFailed, attempt: int, jitter: Callable[[], float]) -> float:
    """Seconds until it makes sense to try again.

    Args:
        failure: what happened; the vendor's own ``retry_after`` is always obeyed.
        attempt: 1 for the first try.
        jitter: gives a number in [0, 1); the wait of backoff is drawn between half and the whole of its step.
    """
    row = TABLE[failure.failure]
    if failure.retry_after is not None:
        return max(failure.retry_after, 0.0)
    if row.steady:
        return row.wait
    step: float = min(BACKOFF_CAP, row.wait * 2.0 ** (min(max(attempt, 1), 16) - 1))
    return step / 2 + step / 2 * jitter()
