"""What the settler needs of a way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from steward.clients.notion import NotionClient
from steward.effects import Effect, Status
from steward.errors import CallFailed, Failure
from steward.outcomes import Row, Then
from steward.pages import decode_page


@dataclass(frozen=True, slots=True)
class Prepared:
    """An effect with what had to be found out before it is started.

    Attributes:
        effect: perhaps with the channel that it really goes to.
        people: person id → how they are written there.
    """

    effect: Effect
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for a started effect gave: where it is, or that it is not there."""

    external_id: str | None


@dataclass(eq=False)
class Instead(Exception):
    """Raised by ``prepare`` and ``send``: the effect did not happen, and is not sent now, or not at all.

    Attributes:
        status: what becomes of it: planned, cancelled, failed, or lapsed because its page is gone.
        why: the reason that it carries from now on.
        retry_at: when it is planned: not to be tried before.
    """

    status: Status
    why: str
    retry_at: datetime | None = None


class Way(Protocol):
    """One way in which effects become real."""

    def prepare(self, effect: Effect) -> Prepared:
        """Find out what has to be known first. Whatever fails here has happened to nobody.

        Raises:
            CallFailed: it can't be known now, or nobody is there to be told.
            Instead: it is known, and the effect is not to be sent now.
        """

    def send(self, prepared: Prepared) -> str:
        """Make the call; returns what the vendor calls the result.

        Raises:
            CallFailed: with ``maybe_done`` when it may have happened all the same.
            Instead: it certainly did not happen.
        """

    def look(self, effect: Effect) -> Found | None:
        """Look for an effect that may have happened; None when nobody can tell.

        Raises:
            CallFailed: it could not be looked for.
        """

    def looking(self, row: Row) -> Then:
        """What a failure to look leads to."""

    def sending(self, row: Row) -> Then:
        """What a failure to send leads to."""

    def otherwise(self, effect: Effect) -> str | None:
        """Another channel to try, where this one is refused for good; None when there is none."""


_PERHAPS_GONE = (Failure.INVALID, Failure.NOT_FOUND)
"""How Notion refuses what is meant for a page in the trash, or for one that is not shared any more."""


def lapse_if_gone(notion: NotionClient, page_id: str, failure: CallFailed) -> None:
    """Let an effect that was refused wait for its page's return, if the page went before its own event told us.

    Raises:
        Instead: the page is gone.
    """
    if failure.failure not in _PERHAPS_GONE or failure.maybe_done:
        return
    try:
        gone = decode_page(notion.page(page_id).body).in_trash
    except CallFailed as second:
        gone = second.failure is Failure.NOT_FOUND
    if gone:
        raise Instead(Status.LAPSED, "its page is gone") from failure


class NotionWay:
    """What every way has that writes to Notion: its failures, and no other channel."""

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``."""
        return row.observing

    def sending(self, row: Row) -> Then:
        """See ``Way.sending``."""
        return row.writing

    def otherwise(self, effect: Effect) -> str | None:
        """None."""
        del effect
        return None
