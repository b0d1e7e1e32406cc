"""How much each signal speaks for and against each class: the one table of weights. Pure.

A point makes a class e times likelier than it was. Few sizes are used, so that a row can be argued about:

====  ===========================================================================
12    the vendor's last word
8-9   the vendor does not work, refuses us, or limits more than this connection
5-7   says it plainly
2-4   speaks for it, and for others too
1     a hint
====  ===========================================================================

A signal counts whole from so many looks on (``enough``), and less below: what a vendor says of a cause counts at once
(429 with its reason, 403, 404, a status page), what may be a hiccup (401, 5xx, no answer, a slow one) from the third
look. So one 401 says less than ``BAR`` and a third makes a revoked token.

What explains other trouble away speaks against it: while a vendor is down, its 404s and our exceptions prove nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steward.incidents.classes import Class
from triage.diagnosis.signals import Signal


@dataclass(frozen=True, slots=True)
class Row:
    """What one signal weighs.

    Attributes:
        enough: looks from which on it counts whole.
        weights: points for a class, or against it.
        trouble: whether it shows that something is wrong; else it is a good sign, or only bears on other signals.
    """

    enough: int
    weights: Mapping[Class, float]
    trouble: bool = True


BAR = 3.0
"""Points that a class needs to be likelier than *unknown*, once something is wrong."""

CALM = 0.5
"""Points that *healthy* needs to be likelier than *unknown* while nothing is wrong: not to know is not to be well."""

NARROW = (
    Class.CAPABILITY,
    Class.LIMITED,
    Class.WORKSPACE_LIMITED,
    Class.QUOTA,
    Class.UNSHARED,
    Class.SCHEMA,
    Class.SUBSCRIPTION,
    Class.BUG,
)
"""Classes of one cause in the small, which can only be told while the vendor is well."""


def _all(classes: Iterable[Class], points: float) -> dict[Class, float]:
    return dict.fromkeys(classes, points)


WEIGHTS: Mapping[Signal, Row] = {
    # The status page. What it does not say is no proof of anything, and of trouble with a part it says little.
    Signal.RED: Row(
        1, {**_all(NARROW, -3), Class.OUTAGE: 6, Class.DEGRADED: 5, Class.TOKEN: -4, Class.NETWORK: -4}
    ),
    Signal.YELLOW: Row(
        1, {Class.DEGRADED: 5, Class.OUTAGE: 3, Class.SUBSCRIPTION: -3, Class.TOKEN: -1, Class.NETWORK: -4}
    ),
    Signal.GREEN: Row(
        1,
        {Class.HEALTHY: 1, Class.OUTAGE: -1, Class.NETWORK: -4},
        trouble=False,
    ),
    Signal.UNREADABLE: Row(1, {Class.NETWORK: -4}, trouble=False),
    Signal.STATUS_UNREACHABLE: Row(1, {}, trouble=False),
    # What works.
    Signal.AUTH_GOOD: Row(
        1,
        {Class.HEALTHY: 3, Class.OUTAGE: -4, Class.TOKEN: -6, Class.NETWORK: -6, Class.BLOCKED: -2},
        trouble=False,
    ),
    Signal.READ_GOOD: Row(
        1,
        {
            Class.HEALTHY: 3,
            Class.OUTAGE: -6,
            Class.DEGRADED: -1,
            Class.TOKEN: -6,
            Class.NETWORK: -6,
        },
        trouble=False,
    ),
    Signal.SCHEMA_GOOD: Row(1, {Class.SCHEMA: -4}, trouble=False),
    Signal.CALLS_GOOD: Row(
        1, {Class.HEALTHY: 3, Class.OUTAGE: -3, Class.TOKEN: -2, Class.NETWORK: -3}, trouble=False
    ),
    Signal.WEBHOOKS_GOOD: Row(1, {Class.OUTAGE: -1, Class.SUBSCRIPTION: -6}, trouble=False),
    # The vendor does not work, or not well.
    Signal.UNAVAILABLE: Row(
        3, {**_all(NARROW, -4), Class.OUTAGE: 9, Class.DEGRADED: 6, Class.TOKEN: -4, Class.NETWORK: -5}
    ),
    Signal.STORM: Row(3, {Class.OUTAGE: 5, Class.DEGRADED: 1}),
    Signal.SOME_FAIL: Row(3, {**_all(NARROW, -2), Class.DEGRADED: 6, Class.OUTAGE: 2, Class.NETWORK: 1}),
    Signal.EDGE: Row(
        3, {Class.OUTAGE: 6, Class.DEGRADED: 3, Class.SUBSCRIPTION: -2, Class.BUG: -2, Class.NETWORK: -4}
    ),
    Signal.SLOW: Row(3, {Class.DEGRADED: 6, Class.OUTAGE: 2}),
    Signal.MIGRATION: Row(1, {Class.DEGRADED: 9, Class.OUTAGE: 3}),
    # No answer: whose fault it is, the other addresses tell.
    Signal.NO_ANSWER: Row(3, {**_all(NARROW, -4), Class.OUTAGE: 6, Class.NETWORK: 4, Class.DEGRADED: 4}),
    Signal.NO_WAY: Row(3, {**_all(NARROW, -4), Class.NETWORK: 6, Class.OUTAGE: 2}),
    Signal.NOTHING_REACHED: Row(3, {Class.NETWORK: 4}, trouble=False),
    Signal.OTHERS_REACHED: Row(1, {Class.NETWORK: -5}, trouble=False),
    Signal.OTHERS_UNREACHED: Row(3, {Class.NETWORK: 4}, trouble=False),
    # What the vendor says in words.
    Signal.UNAUTHORIZED: Row(3, {**_all(NARROW, -2), Class.TOKEN: 8, Class.NETWORK: -5}),
    Signal.NO_TOKEN: Row(1, {Class.TOKEN: 6}),
    Signal.BLOCKED: Row(1, {Class.BLOCKED: 12, Class.NETWORK: -5}),
    Signal.DAILY: Row(1, {Class.QUOTA: 9, Class.LIMITED: -2, Class.NETWORK: -5}),
    Signal.WORKSPACE_LIMITED: Row(1, {Class.WORKSPACE_LIMITED: 9, Class.NETWORK: -5}),
    # Now and then a 429 is part of ordinary life: what lasts, like a missing capability, outweighs it.
    Signal.LIMITED: Row(1, {Class.LIMITED: 5, Class.NETWORK: -5}),
    Signal.OFTEN_LIMITED: Row(1, {Class.LIMITED: 3}),
    Signal.LOCKED: Row(1, {Class.LIMITED: 6, Class.NETWORK: -5}),
    Signal.QUOTA_LOW: Row(1, {Class.QUOTA: 4}),
    Signal.TIGHT: Row(1, {Class.LIMITED: 5}),
    Signal.FORBIDDEN: Row(1, {Class.CAPABILITY: 6, Class.NETWORK: -5}),
    Signal.NOT_FOUND: Row(1, {Class.UNSHARED: 6, Class.SUBSCRIPTION: -2, Class.NETWORK: -5}),
    Signal.DRIFT: Row(1, {Class.SCHEMA: 7, Class.BUG: -2, Class.NETWORK: -5}),
    Signal.INVALID: Row(1, {Class.SCHEMA: 5, Class.BUG: 4, Class.NETWORK: -5}),
    Signal.BAD_REQUEST: Row(1, {Class.BUG: 6, Class.NETWORK: -5}),
    # Our own side.
    Signal.SILENCE: Row(1, {Class.SUBSCRIPTION: 6, Class.DEGRADED: 1, Class.OUTAGE: 1}),
    Signal.EXCEPTIONS: Row(1, {Class.BUG: 6}),
    Signal.DEAD_LETTERS: Row(1, {Class.BUG: 1}),
    Signal.LANE_BEHIND: Row(1, {}),
    Signal.UNEXPLAINED: Row(1, {}),
    Signal.BREAKER_VENDOR: Row(
        1, {Class.OUTAGE: 2, Class.DEGRADED: 1, Class.NETWORK: 1, Class.HEALTHY: -3}, trouble=False
    ),
    Signal.BREAKER_TOKEN: Row(1, {Class.TOKEN: 2, Class.HEALTHY: -3}, trouble=False),
    # Nobody probes a blocked connection, so this stays true until somebody lets the lane go on.
    Signal.BREAKER_BLOCKED: Row(1, {Class.BLOCKED: 6, Class.HEALTHY: -3}),
    Signal.BREAKER_OPERATOR: Row(1, {}, trouble=False),
}

RESTS = (Signal.BREAKER_VENDOR, Signal.BREAKER_TOKEN, Signal.BREAKER_BLOCKED, Signal.BREAKER_OPERATOR)
"""While the lane rests it gets deep, which then is no trouble by itself."""

VENDOR_TROUBLE = frozenset(
    {
        Signal.RED,
        Signal.YELLOW,
        Signal.UNAVAILABLE,
        Signal.STORM,
        Signal.SOME_FAIL,
        Signal.EDGE,
        Signal.SLOW,
        Signal.MIGRATION,
        Signal.NO_ANSWER,
        Signal.NO_WAY,
    }
)
"""While any of these is seen, nobody is advised to rotate, restart or redeploy, whatever the diagnosis."""
