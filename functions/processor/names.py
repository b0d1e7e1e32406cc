"""Names of people, for messages (A12)."""

from steward.people import People


class Names:
    """Looks names up by user id."""

    def __init__(self, people: People) -> None:
        self._people = people

    def of(self, user_id: str) -> str | None:
        """The name of a user, or None when the connection may not know it.

        Raises:
            CallFailed: Notion is in trouble; a missing capability or an unknown user is no trouble.
        """
        return self._people.find(user_id).name
