"""Names of people, for messages, remembered for a day so that each costs one call (A12)."""

from collections.abc import Callable
from datetime import timedelta

from steward.errors import CallFailed, Failure
from steward.memory import Memory

KEEP = timedelta(hours=24)


class Names:
    """Looks names up by user id."""

    def __init__(self, memory: Memory, fetch: Callable[[str], str | None]) -> None:
        self._memory = memory
        self._fetch = fetch

    def of(self, user_id: str) -> str | None:
        """The name of a user, or None when the connection may not know it.

        Raises:
            CallFailed: Notion is in trouble; a missing capability or an unknown user is no trouble.
        """
        known = self._memory.recall(f"USER#{user_id}")
        if known is not None:
            return str(known) or None
        try:
            name = self._fetch(user_id)
        except CallFailed as failure:
            if failure.failure not in (Failure.FORBIDDEN, Failure.NOT_FOUND, Failure.INVALID):
                raise
            name = None
        self._memory.remember(f"USER#{user_id}", name or "", KEEP)
        return name
