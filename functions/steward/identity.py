"""Whose a vendor's token is, so that a new one can be held against the old one. Pure."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a vendor takes the bearer of a token for.

    Attributes:
        account: the vendor's id of the workspace, team or account.
        actor: its id of the bot or app that acts; empty where the vendor tells none.
        name: for people, e.g. ``Steward in Northwind``.
    """

    account: str
    actor: str
    name: str

    def is_same(self, other: "Identity") -> bool:
        """Whether both act as the same bot in the same place; names may change."""
        return (self.account, self.actor) == (other.account, other.actor)


Prove = Callable[[str], Identity]
"""Asks the vendor by a real call whose a token is; raises ``CallFailed`` when it proves nothing."""
