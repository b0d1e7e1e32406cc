"""What is to be done about each class: the one table of the classes. ``docs/runbook.md`` is checked against it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.diagnosis.classes import Advice, Class, Severity


@dataclass(frozen=True, slots=True)
class Play:
    """What is to be done about one class.

    Attributes:
        severity: how much it matters as long as nothing makes it worse; None when nothing is wrong.
        do: what to do, the first move first.
        do_not: what would do harm.
        tell: what to tell people, one sentence; ``{vendor}`` is the vendor's name for people.
        anchor: of its section in docs/runbook.md.
    """

    severity: Severity | None
    do: tuple[Advice, ...]
    do_not: tuple[Advice, ...]
    tell: str
    anchor: str


PLAYBOOK: Mapping[Class, Play] = {
    Class.HEALTHY: Play(None, (), (), "{vendor} works as it should.", "healthy"),
    Class.OUTAGE: Play(
        Severity.P1,
        (Advice.WAIT, Advice.ASK_VENDOR),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "{vendor} is down; changes wait safely and are caught up on when it is back.",
        "vendor-outage",
    ),
    Class.DEGRADED: Play(
        Severity.P3,
        (Advice.WAIT,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "{vendor} has trouble; notices may come late.",
        "vendor-degraded",
    ),
    Class.TOKEN: Play(
        Severity.P1,
        (Advice.ROTATE_TOKEN,),
        (Advice.RESTART, Advice.RETRY_HARDER),
        "{vendor} refuses our token; changes wait safely until it is replaced.",
        "token-revoked",
    ),
    Class.CAPABILITY: Play(
        Severity.P3,
        (Advice.GRANT_CAPABILITY,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "Steward may not do all that its rules ask for in {vendor}; the rest goes on.",
        "capability-missing",
    ),
    Class.LIMITED: Play(
        Severity.P3,
        (Advice.SLOW_DOWN,),
        (Advice.RETRY_HARDER, Advice.ROTATE_TOKEN, Advice.RESTART),
        "{vendor} limits our requests; notices come late.",
        "rate-limited",
    ),
    Class.WORKSPACE_LIMITED: Play(
        Severity.P3,
        (Advice.SLOW_DOWN, Advice.WAIT),
        (Advice.RETRY_HARDER, Advice.ROTATE_TOKEN, Advice.RESTART),
        "{vendor} limits the requests of the whole workspace, of all its connections together; notices come late.",
        "workspace-rate-limited",
    ),
    Class.QUOTA: Play(
        Severity.P2,
        (Advice.WAIT, Advice.SLOW_DOWN),
        (Advice.RETRY_HARDER, Advice.ROTATE_TOKEN, Advice.RESTART),
        "The day's requests to {vendor} are spent; it goes on after midnight in the account's time zone.",
        "daily-quota-spent",
    ),
    Class.BLOCKED: Play(
        Severity.P1,
        (Advice.ASK_VENDOR,),
        (Advice.RETRY_HARDER, Advice.PROBE_AGAIN, Advice.ROTATE_TOKEN, Advice.RESTART),
        "{vendor} blocks our requests; only its support can lift that, and changes wait safely.",
        "blocked",
    ),
    Class.NETWORK: Play(
        Severity.P1,
        (Advice.CHECK_NETWORK,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "Our own network does not reach {vendor}; changes wait safely.",
        "network",
    ),
    Class.UNSHARED: Play(
        Severity.P3,
        (Advice.SHARE_AGAIN,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "A page or data source of the rules is in {vendor}'s trash or no longer shared with Steward.",
        "not-shared-or-trashed",
    ),
    Class.SCHEMA: Play(
        Severity.P2,
        (Advice.FIX_RULES,),
        (Advice.ROTATE_TOKEN, Advice.RETRY_HARDER),
        "Properties in {vendor} were changed; automations that need the old ones stand still.",
        "schema-changed",
    ),
    Class.SUBSCRIPTION: Play(
        Severity.P2,
        (Advice.RESUME_SUBSCRIPTION,),
        (Advice.ROTATE_TOKEN, Advice.RESTART),
        "{vendor} no longer tells us of changes; the sweep finds them, later than usual.",
        "webhook-subscription-paused",
    ),
    Class.BUG: Play(
        Severity.P2,
        (Advice.FIX_CODE,),
        (Advice.ROTATE_TOKEN, Advice.RETRY_HARDER),
        "Steward itself fails on some changes; they are kept and worked again once it is mended.",
        "our-own-bug",
    ),
    Class.UNKNOWN: Play(
        Severity.P3,
        (Advice.PROBE_AGAIN,),
        (Advice.ROTATE_TOKEN, Advice.RESTART, Advice.RETRY_HARDER),
        "Something about {vendor} is wrong, and we are finding out what.",
        "unknown",
    ),
}
