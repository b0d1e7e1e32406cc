"""What is to be done about each class. ``docs/runbook.md`` is checked against it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from steward.incidents.classes import Advice, Class, Severity


@dataclass(frozen=True, slots=True)
class Play:
    """What is to be done about one class.

    Attributes:
        severity: how much it matters as long as nothing makes it worse; None when nothing is wrong.
        do: what to do, the first move first.
        do_not: what would do harm.
        anchor: of its section in docs/runbook.md.
    """

    severity: Severity | None
    do: tuple[Advice, ...]
    do_not: tuple[Advice, ...]
    anchor: str


PLAYBOOK: Mapping[Class, Play] = {
    Class.HEALTHY: Play(None, (), (), "healthy"),
    Class.OUTAGE: Play(
        Severity.P1,
        (Advice.WAIT, Advice.ASK_VENDOR),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "vendor-outage",
    ),
    Class.DEGRADED: Play(
        Severity.P3,
        (Advice.WAIT,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "vendor-degraded",
    ),
    Class.TOKEN: Play(
        Severity.P1,
        (Advice.ROTATE_TOKEN,),
        (Advice.RESTART, Advice.RETRY_HARDER),
        "token-revoked",
    ),
    Class.CAPABILITY: Play(
        Severity.P3,
        (Advice.GRANT_CAPABILITY,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "capability-missing",
    ),
    Class.LIMITED: Play(
        Severity.P3,
        (Advice.SLOW_DOWN,),
        (Advice.RETRY_HARDER, Advice.ROTATE_TOKEN, Advice.RESTART),
        "rate-limited",
    ),
    Class.WORKSPACE_LIMITED: Play(
        Severity.P3,
        (Advice.SLOW_DOWN, Advice.WAIT),
        (Advice.RETRY_HARDER, Advice.ROTATE_TOKEN, Advice.RESTART),
        "workspace-rate-limited",
    ),
    Class.QUOTA: Play(
        Severity.P2,
        (Advice.WAIT, Advice.SLOW_DOWN),
        (Advice.RETRY_HARDER, Advice.ROTATE_TOKEN, Advice.RESTART),
        "daily-quota-spent",
    ),
    Class.BLOCKED: Play(
        Severity.P1,
        (Advice.ASK_VENDOR,),
        (Advice.RETRY_HARDER, Advice.PROBE_AGAIN, Advice.ROTATE_TOKEN, Advice.RESTART),
        "blocked",
    ),
    Class.NETWORK: Play(
        Severity.P1,
        (Advice.CHECK_NETWORK,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "network",
    ),
    Class.UNSHARED: Play(
        Severity.P3,
        (Advice.SHARE_AGAIN,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "not-shared-or-trashed",
    ),
    Class.SCHEMA: Play(
        Severity.P2,
        (Advice.FIX_RULES,),
        (Advice.ROTATE_TOKEN, Advice.RETRY_HARDER),
        "schema-changed",
    ),
    Class.SUBSCRIPTION: Play(
        Severity.P2,
        (Advice.RESUME_SUBSCRIPTION,),
        (Advice.ROTATE_TOKEN, Advice.RESTART),
        "webhook-subscription-paused",
    ),
    Class.BUG: Play(
        Severity.P2,
        (Advice.FIX_CODE,),
        (Advice.ROTATE_TOKEN, Advice.RETRY_HARDER),
        "our-own-bug",
    ),
    Class.UNKNOWN: Play(
        Severity.P3,
        (Advice.PROBE_AGAIN,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "unknown",
    ),
}
