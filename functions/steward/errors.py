"""Every failure that Steward knows, as a value.

::

    StewardError
    ├── Refusal                  ingest turns a request away: HTTP status, code, what to do
    ├── Undecodable              a message on the lane that is no envelope of ours
    ├── RulesError               the rules file is wrong: one line per mistake
    ├── CallFailed               a vendor call did not succeed; carries a Failure
    └── StateConflict            another writer committed first; read again

``Failure`` is the vocabulary of ``outcomes.TABLE``, the one place that decides what happens next.
"""

from dataclasses import dataclass
from enum import StrEnum


class StewardError(Exception):
    """Root of the tree above."""


class Failure(StrEnum):
    """What went wrong with one call to a vendor, independent of which vendor it was."""

    RATE_LIMITED = "rate_limited"  # 429 of this connection or one endpoint
    WORKSPACE_LIMITED = "workspace_limited"  # 429 shared by all connections of the workspace
    BLOCKED = "blocked"  # 429 public_api_request_blocked: only the vendor's support can lift it
    BUDGET_SPENT = "budget_spent"  # our own window is full: the call was not made
    RESTING = "resting"  # a further connection rests after trouble: the call was not made
    OUT_OF_TIME = "out_of_time"  # the Lambda's remaining time does not allow another call: it was not made
    UNAVAILABLE = "unavailable"  # 500 502 503 504 529, or an answer that is not the API's
    UNREACHABLE = "unreachable"  # timeout, DNS, TLS, reset
    UNAUTHORIZED = "unauthorized"  # 401, or no token configured
    FORBIDDEN = "forbidden"  # 403 restricted_resource: a capability is missing
    NOT_FOUND = "not_found"  # 404: gone, or not shared with the connection
    INVALID = "invalid"  # 400: the request does not fit what the vendor has now
    CONFLICT = "conflict"  # 409
    REJECTED = "rejected"  # any other permanent refusal: Slack's channel_not_found, a 4xx nobody documented


@dataclass(eq=False)
class Refusal(StewardError):
    """A request that ingest turns away.

    Attributes:
        status: the HTTP status of the answer.
        code: machine-readable, stable; also the metric's ``reason``.
        message: what the caller should do about it. Never repeats anything the caller sent.
    """

    status: int
    code: str
    message: str


@dataclass(eq=False)
class Undecodable(StewardError):
    """A lane message that can't be worked: not JSON, not our envelope, or of a newer version."""

    reason: str


class RulesError(StewardError):
    """The rules file can't be used. ``str()`` gives one line a mistake, each with its key path."""


class StateConflict(StewardError):
    """A conditional write lost against another writer; nothing was written."""


@dataclass(eq=False)
class CallFailed(StewardError):
    """A vendor call that did not succeed.

    Attributes:
        failure: what it means.
        vendor: "notion", "slack", "ses" or "postgres".
        call: the call's name, e.g. "notion.create_comment"; never holds an id, a token or a URL.
        status: the HTTP status, or None where no answer came.
        code: the vendor's own error code, e.g. "object_not_found", or None.
        message: the vendor's own words, without secrets, at most 300 characters.
        request_id: the vendor's correlation id, or None.
        retry_after: seconds that the vendor, or our own budget, asks to wait, or None.
        maybe_done: True when the call may have taken effect although it failed: look before trying again.
        committed_id: the id of what the vendor says it saved although it answered with an error, or None.
        connection: the name of the further Notion connection that it was made with; None for the main one.
    """

    failure: Failure
    vendor: str
    call: str
    status: int | None = None
    code: str | None = None
    message: str = ""
    request_id: str | None = None
    retry_after: float | None = None
    maybe_done: bool = False
    committed_id: str | None = None
    connection: str | None = None

    def __str__(self) -> str:
        """One line for a log: no ids of people, no secrets."""
        parts = [f"{self.call}: {self.failure}"]
        if self.connection:
            parts.append(f"connection {self.connection}")
        if self.status is not None:
            parts.append(f"status {self.status}")
        parts += [p for p in (self.code, self.message) if p]
        if self.request_id:
            parts.append(f"request {self.request_id}")
        return ", ".join(parts)
