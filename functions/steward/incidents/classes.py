"""What can be wrong, as a vocabulary. Pure."""

from enum import IntEnum, StrEnum


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
