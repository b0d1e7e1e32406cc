"""Which user of a workspace has an e-mail address: for people whom the rules file knows by it, and who are to be written into a page.

Notion has no search by address, so its list of users is read, which costs a call for a hundred of them, and what was asked
is remembered. Guests are never listed; without the capability to read addresses nobody is found.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from steward.errors import CallFailed, Failure
from steward.identifiers import normalise_id
from steward.memory import Memory
from steward.rules import MAIN

KEEP = timedelta(hours=24)

KEEP_MISSING = timedelta(hours=1)
"""How long nobody is believed to have an address: somebody may just have joined."""

MOST_CALLS = 30
"""For one list: a workspace of three thousand."""


class Addresses:
    """Looks users up by address."""

    def __init__(self, memory: Memory, users: Callable[[str, str | None], Mapping[str, Any]]) -> None:
        """Make it.

        Args:
            memory: where answers are remembered.
            users: the list of users that a connection has after a cursor, as ``NotionClient.users(cursor).body`` gives it.
        """
        self._memory = memory
        self._users = users

    def user_id(self, address: str, connection: str = MAIN) -> str | None:
        """The id of whoever has the address in the workspace of a connection, or None.

        Raises:
            CallFailed: Notion is in trouble; a missing capability is no trouble.
        """
        wanted = address.casefold()
        name = f"ADDRESS#{wanted}" if connection == MAIN else f"ADDRESS@{connection}#{wanted}"
        known = self._memory.recall(name)
        if known is None:
            known = self._search(wanted, connection) or ""
            self._memory.remember(name, known, KEEP if known else KEEP_MISSING)
        return str(known) or None

    def _search(self, wanted: str, connection: str) -> str | None:
        cursor: str | None = None
        for _ in range(MOST_CALLS):
            try:
                body = self._users(connection, cursor)
            except CallFailed as failure:
                if failure.failure is not Failure.FORBIDDEN:
                    raise
                return None
            for user in body["results"]:
                person = user.get("person") if isinstance(user, Mapping) else None
                email = person.get("email") if isinstance(person, Mapping) else None
                if isinstance(email, str) and email.strip().casefold() == wanted:
                    return normalise_id(str(user["id"]))
            cursor = body.get("next_cursor")
            if not body.get("has_more") or not cursor:
                return None
        return None
