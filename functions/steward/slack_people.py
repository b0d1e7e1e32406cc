"""Who a person is in Slack, by their e-mail address: for mentions and direct messages, remembered (A11, A12).

Nobody there, a missing scope and an incoming webhook are one value, None: the message then goes to its channel, with
the name in plain text. Only trouble of Slack's raises. Addresses are remembered as digests, never as they are.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from steward.clients.slack import Slack
from steward.errors import CallFailed, Failure
from steward.memory import Memory

KEEP = timedelta(hours=24)
"""How long a match is believed; somebody who was deactivated meanwhile gets no message, and ``forget`` ends it."""

KEEP_NOBODY = timedelta(hours=6)
"""How long nobody is taken to have an address."""

KEEP_FORBIDDEN = timedelta(hours=1)
"""How long a missing scope is believed: an operator may just have added it."""


class SlackPeople:
    """Finds people in Slack by e-mail address."""

    def __init__(self, memory: Memory, slack: Slack) -> None:
        self._memory = memory
        self._slack = slack

    def user_id(self, email: str | None) -> str | None:
        """The id to mention a person by, or None where their name has to do.

        Raises:
            CallFailed: Slack is in trouble.
        """
        if email is None or not email.strip() or not self._slack.can_direct:
            return None
        address = email.strip().lower()
        return self._remembered(f"user#{_digest(address)}", "users", lambda: self._slack.user_id(address))

    def channel(self, email: str | None) -> str | None:
        """The id of the direct message to a person, or None where their channel has to do.

        It is known before anything is posted there, so that a message whose answer was lost can be looked for.

        Raises:
            CallFailed: Slack is in trouble.
        """
        user_id = self.user_id(email)
        if user_id is None:
            return None
        return self._remembered(f"direct#{user_id}", "direct", lambda: self._slack.direct_channel(user_id))

    def forget(self, email: str) -> None:
        """Ask again next time, because what was remembered proved wrong: a message to the person was refused."""
        name = f"user#{_digest(email.strip().lower())}"
        known = self._memory.recall(_key(name))
        if isinstance(known, list) and known and known[0]:
            self._memory.remember(_key(f"direct#{known[0]}"), None, timedelta(0))
        self._memory.remember(_key(name), None, timedelta(0))

    def _remembered(self, name: str, scope: str, ask: Callable[[], str | None]) -> str | None:
        known = self._memory.recall(_key(name))
        if isinstance(known, list) and len(known) == 1:  # a list, because None is what is not remembered
            return str(known[0]) if known[0] else None
        if self._memory.recall(_key(f"no-scope#{scope}")):
            return None
        try:
            found = ask()
        except CallFailed as failure:
            if failure.failure is not Failure.FORBIDDEN:
                raise
            self._memory.remember(_key(f"no-scope#{scope}"), document=True, keep=KEEP_FORBIDDEN)
            return None
        self._memory.remember(_key(name), [found], KEEP if found else KEEP_NOBODY)
        return found


def _key(name: str) -> str:
    return f"SLACK-PEOPLE#{name}"


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()[:32]
