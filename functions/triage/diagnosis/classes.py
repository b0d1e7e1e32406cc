"""What can be wrong, as a vocabulary. Pure."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from triage.findings import Finding, Probe


class Class(StrEnum):
    """What is wrong with one vendor, or with our work with it."""

    HEALTHY = "healthy"
    OUTAGE = "vendor outage"
    DEGRADED = "vendor degraded"
    TOKEN = "token revoked"  # noqa: S105 - a class
    CAPABILITY = "capability missing"
    LIMITED = "rate-limited"  # this connection, or one endpoint
    WORKSPACE_LIMITED = "workspace rate-limited"
    QUOTA = "daily quota spent"
    BLOCKED = "blocked"
    NETWORK = "network"  # ours: DNS, TLS, no way out
    UNSHARED = "not shared or trashed"
    SCHEMA = "schema changed"
    SUBSCRIPTION = "webhook subscription paused"
    BUG = "our own bug"
    UNKNOWN = "unknown"  # something is wrong, and the evidence does not say what


class Severity(IntEnum):
    """How much it matters; 1 wakes somebody."""

    P1 = 1
    P2 = 2
    P3 = 3
    P4 = 4


class Advice(StrEnum):
    """What somebody might do. The same words for what to do and for what is forbidden."""

    WAIT = "wait"
    ROTATE_TOKEN = "rotate the token"  # noqa: S105 - advice
    RESTART = "restart or redeploy"
    RETRY_HARDER = "retry harder"
    SLOW_DOWN = "slow down"
    SHARE_AGAIN = "share the page or data source again"
    GRANT_CAPABILITY = "grant the capability"
    FIX_RULES = "fix the rules file"
    RESUME_SUBSCRIPTION = "resume the webhook subscription"
    ASK_VENDOR = "ask the vendor's support"
    CHECK_NETWORK = "check our own network"
    FIX_CODE = "read the stack trace and fix it"
    PROBE_AGAIN = "probe again before doing anything"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with one vendor, as far as the evidence goes.

    Attributes:
        vendor: the vendor's name.
        cls: what is wrong.
        confidence: from 0 to 1; how sure the evidence makes it.
        severity: how much it matters; None when healthy.
        evidence: the findings that speak for it.
        against: the findings that speak against it.
        next_probes: the one or two that would settle it; none when it is settled.
        do: what to do, the first move first.
        do_not: what would do harm, whoever suggests it.
        says: one sentence for a person.
        around: how our own side stood at the same time: what it does to us.
    """

    vendor: str
    cls: Class
    confidence: float
    severity: Severity | None
    evidence: tuple[Finding, ...] = ()
    against: tuple[Finding, ...] = ()
    next_probes: tuple[Probe, ...] = ()
    do: tuple[Advice, ...] = ()
    do_not: tuple[Advice, ...] = ()
    says: str = ""
    around: tuple[Finding, ...] = ()
