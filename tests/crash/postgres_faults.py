"""What can happen to a transaction with PostgreSQL."""

from typing import Any

from steward.errors import CallFailed, Failure
from steward.mirror.trouble import VENDOR
from tests.crash.calls import Call, Fault


def _failed(call: Call, failure: Failure, code: str | None = None, *, maybe_done: bool = False) -> CallFailed:
    return CallFailed(failure, VENDOR, call.name, code=code, message="made up", maybe_done=maybe_done)


def _away(call: Call) -> Any:
    raise _failed(call, Failure.UNREACHABLE)


def _refused(call: Call) -> Any:
    raise _failed(call, Failure.UNAUTHORIZED, "28P01")


def _overtaken(call: Call) -> Any:
    raise _failed(call, Failure.CONFLICT, "40001")


def _too_slow(call: Call) -> Any:
    raise _failed(call, Failure.UNAVAILABLE, "57014")


def _committed_without_an_answer(call: Call) -> Any:
    call.perform()
    raise _failed(call, Failure.UNREACHABLE, maybe_done=True)


FAULTS = (
    Fault("it can't be reached", _away),
    Fault("it can't be reached for the whole invocation", _away, lasts=True),
    Fault("it refuses the password", _refused),
    Fault("another transaction was first", _overtaken),
    Fault("others are first again and again", _overtaken, lasts=True),
    Fault("the statement's time was over", _too_slow, alike=True),
    Fault("committed, and the answer is lost", _committed_without_an_answer),
)
