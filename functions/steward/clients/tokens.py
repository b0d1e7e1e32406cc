"""Tokens of vendors, from Secrets Manager."""

from collections.abc import Callable

from steward.errors import CallFailed, Failure
from steward.secret_store import SecretStore, SecretUnavailable


def notion_token(store: SecretStore, secret_id: str) -> Callable[[bool], str]:
    """Gives the Notion connection's token; ``True`` asks for a fresh read.

    Returns:
        a function that returns an empty text when no token is configured, and raises ``CallFailed`` UNREACHABLE when
        Secrets Manager does not answer and nothing is cached.
    """

    def token(fresh: bool) -> str:
        try:
            document = store.refresh(secret_id) if fresh else store.get(secret_id)
        except SecretUnavailable as error:
            raise CallFailed(Failure.UNREACHABLE, "notion", "notion.token", message=str(error)) from error
        found = document.get("token")
        return found if isinstance(found, str) else ""

    return token
