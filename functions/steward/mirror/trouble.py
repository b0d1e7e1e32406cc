"""What PostgreSQL, Aurora DSQL or the way to them answered, as a failure that ``steward.outcomes`` knows.

Source: PostgreSQL's appendix of error codes; DSQL answers a lost race with 40001 at the latest when it commits.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from steward.errors import CallFailed, Failure

if TYPE_CHECKING:
    import psycopg

VENDOR = "postgres"
LONGEST = 300
"""Characters of a message that are kept."""

RACES = frozenset({"40001", "40P01", "23505"})
"""Lost against another transaction: the same work, done anew, sees what the other one did.

23505 is among them, because two that make the same new row at once see neither's row before.
"""

NO_SCHEMA = frozenset({"42P01", "42703"})
"""A table or column is not there, although it was made."""

_BY_CODE = {
    "23505": Failure.INVALID,
    "25006": Failure.UNAVAILABLE,  # read only: it is failing over
    "3D000": Failure.UNAUTHORIZED,  # no such database: the secret is wrong
    "40003": Failure.UNREACHABLE,  # nobody knows whether it was done
    "42501": Failure.FORBIDDEN,
    "55P03": Failure.CONFLICT,  # somebody else holds the lock
    "57014": Failure.UNAVAILABLE,  # the statement's time was over
    **dict.fromkeys(NO_SCHEMA, Failure.UNAVAILABLE),
}
_BY_CLASS = {
    "08": Failure.UNREACHABLE,
    "22": Failure.INVALID,
    "23": Failure.INVALID,
    "28": Failure.UNAUTHORIZED,
    "40": Failure.CONFLICT,
    "53": Failure.UNAVAILABLE,  # no memory, no disk, too many connections
    "54": Failure.INVALID,
    "57": Failure.UNAVAILABLE,  # shutting down, starting up
    "58": Failure.UNAVAILABLE,
    "XX": Failure.UNAVAILABLE,
}

_REFUSED = (
    # A refusal to connect comes without a code, so it is known by its words; DSQL's own is the second.
    "authentication failed",
    "access denied",
    "no pg_hba.conf entry",
    "not permitted to log in",
    "no password supplied",
    "role ",
    "database ",
)


def failed(
    call: str, error: "psycopg.Error", *, committing: bool = False, hide: Iterable[str] = ()
) -> CallFailed:
    """The failure for an error of psycopg.

    Args:
        call: the call's name.
        error: as it was raised.
        committing: whether the answer to COMMIT was awaited: without one, it may have been done.
        hide: secrets that must not stand in the message.
    """
    code = error.sqlstate
    text = " ".join((error.diag.message_primary or str(error)).split())
    if code is None:
        failure = Failure.UNREACHABLE
    else:
        failure = _BY_CODE.get(code) or _BY_CLASS.get(code[:2], Failure.REJECTED)
    if code is not None and code.startswith("22"):
        text = text.split(":")[0]  # what follows is the value
    lost = failure is Failure.UNREACHABLE or (code or "").startswith("57P")
    return _failure(failure, call, code, text, hide, maybe_done=committing and lost)


def not_connected(call: str, error: "psycopg.Error", hide: Iterable[str] = ()) -> CallFailed:
    """The failure for an attempt to connect."""
    text = " ".join(str(error).split())
    _, fatal, words = text.partition("FATAL: ")
    failure = Failure.UNREACHABLE
    if error.sqlstate is not None:
        failure = _BY_CODE.get(error.sqlstate) or _BY_CLASS.get(error.sqlstate[:2], Failure.UNAVAILABLE)
    elif fatal:
        said = words.strip().lower()
        refused = (
            "exist" in said
            if said.startswith(("role ", "database "))
            else any(w in said for w in _REFUSED[:-2])
        )
        failure = Failure.UNAUTHORIZED if refused else Failure.UNAVAILABLE
    elif "no password supplied" in text:
        failure = Failure.UNAUTHORIZED
    return _failure(failure, call, error.sqlstate, text, hide)


def misconfigured(message: str) -> CallFailed:
    """The secret or a parameter is wrong: nothing was asked."""
    return CallFailed(Failure.UNAUTHORIZED, VENDOR, "postgres.connect", message=message)


def unfit(call: str, code: str, message: str) -> CallFailed:
    """The schema does not fit this code: work waits until somebody has mended that."""
    return CallFailed(Failure.UNAVAILABLE, VENDOR, call, code=code, message=message)


def out_of_time(call: str) -> CallFailed:
    """Too little time is left for a transaction."""
    message = "too little time is left for the call"
    return CallFailed(Failure.OUT_OF_TIME, VENDOR, call, message=message)


def _failure(
    failure: Failure, call: str, code: str | None, text: str, hide: Iterable[str], *, maybe_done: bool = False
) -> CallFailed:
    for secret in hide:
        text = text.replace(secret, "…") if secret else text
    return CallFailed(failure, VENDOR, call, code=code, message=text[:LONGEST], maybe_done=maybe_done)
