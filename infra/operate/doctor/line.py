"""What a check comes to. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something stands."""

    OK = "ok"
    WARNING = "warning"  # works, and somebody should look
    FAULT = "fault"  # does not work
    UNCHECKED = "not checked"  # nobody could ask; never taken for one of the others


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at.

    Attributes:
        check: what, e.g. ``secrets``.
        state: how it stands.
        says: one line for a person, without secrets.
        remedy: the command or the click that mends it; "" where nothing is to mend.
        made: the check was made; without that nobody knows how it stands.
    """

    check: str
    state: State
    says: str
    remedy: str = ""
    made: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at.

    Attributes:
        name: of the check, for the line that it could not be made.
        run: looks; in a thread of its own.
        seconds: that it may take.
        vital: without its answer nobody can say that the stack works.
    """

    name: str
    run: Callable[[], Sequence[Line]]
    seconds: float = 8.0
    vital: bool = False


def ok(check: str, says: str) -> Line:
    """Something that stands well."""
    return Line(check, State.OK, says)


def warning(check: str, says: str, remedy: str) -> Line:
    """Something to look at."""
    return Line(check, State.WARNING, says, remedy)


def fault(check: str, says: str, remedy: str) -> Line:
    """Something that does not work."""
    return Line(check, State.FAULT, says, remedy)


def unchecked(check: str, says: str, remedy: str = "") -> Line:
    """Something that nobody could ask."""
    return Line(check, State.UNCHECKED, says, remedy)
