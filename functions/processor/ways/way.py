"""What the settler needs of a way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from steward.effects import Effect
from steward.outcomes import Row, Then

Names = Mapping[str, str | None]
"""Person id → name, of those whose name was not known when the effect was planned."""


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for a started effect gave: where it is, or that it is not there."""

    external_id: str | None


class Way(Protocol):
    """One way."""

    def prepare(self, effect: Effect) -> Names:
        """What has to be known first and can fail without a trace.

        Raises:
            CallFailed: it can't be known now.
        """

    def send(self, effect: Effect, names: Names) -> str:
        """Make the call; returns what the vendor calls the result.

        Raises:
            CallFailed: with ``maybe_done`` when it may have happened all the same.
        """

    def look(self, effect: Effect) -> Found | None:
        """Look for an effect that may have happened; None when there is nowhere to look.

        Raises:
            CallFailed: it could not be looked for.
        """

    def looking(self, row: Row) -> Then:
        """What a failure to look leads to."""

    def sending(self, row: Row) -> Then:
        """What a failure to send leads to."""

    def otherwise(self, effect: Effect) -> str | None:
        """Another channel to try, where this one is refused for good; None when there is none."""
