"""Who a Notion user is for Steward: name and e-mail address, remembered so that each person costs one call a day (A12).

Not knowing is a value: a connection without the user capability, or without the one for e-mail addresses, makes people
nameless or without an address, and never fails an event. Only trouble of Notion's raises.

Source: Notion's reference on users. The API tells neither guests from members nor who was deactivated: a guest is
answered like a member, and somebody who left the workspace is not found.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal

from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.pages import Person

KEEP = timedelta(hours=24)
"""How long what Notion said of a person is believed."""

KEEP_GONE = timedelta(hours=6)
"""How long somebody who was not found is taken to be gone."""

KEEP_FORBIDDEN = timedelta(hours=1)
"""How long a missing capability is believed: it is of the whole connection, and an operator may just have ticked it."""

_FORBIDDEN = "PEOPLE-FORBIDDEN"

Kind = Literal["person", "bot", "unknown"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a user.

    Attributes:
        id: the Notion user id.
        name: None where the connection may not know it, or where there is none.
        email: None where the connection may not know it, and always for bots.
        kind: "unknown" where nothing was said, for a missing capability or a user who is not found.
        gone: Notion does not find the user: they left the workspace or were deactivated. A group's id too.
    """

    id: str
    name: str | None = None
    email: str | None = None
    kind: Kind = "unknown"
    gone: bool = False


class People:
    """Looks users up by id."""

    def __init__(self, memory: Memory, fetch: Callable[[str], Mapping[str, Any]]) -> None:
        """Make it.

        Args:
            memory: where answers are remembered, good and bad ones.
            fetch: Notion's user object by id, as ``NotionClient.user(user_id).body`` gives it.
        """
        self._memory = memory
        self._fetch = fetch
        self._learnt: set[str] = set()

    def find(self, user_id: str) -> Profile:
        """What is known of a user; costs a call at most once a day.

        Raises:
            CallFailed: Notion is in trouble; a missing capability or an unknown user is no trouble.
        """
        known = self._memory.recall(_key(user_id))
        if isinstance(known, dict):
            return _profile(user_id, known)
        if self._memory.recall(_FORBIDDEN):
            return Profile(user_id)
        try:
            found = _read(user_id, self._fetch(user_id))
        except CallFailed as failure:
            if failure.failure is Failure.FORBIDDEN:
                self._memory.remember(_FORBIDDEN, document=True, keep=KEEP_FORBIDDEN)
                return Profile(user_id)
            if failure.failure not in (Failure.NOT_FOUND, Failure.INVALID):
                raise
            found = Profile(user_id, gone=True)
        kept = {name: value for name, value in asdict(found).items() if name != "id"}
        self._memory.remember(_key(user_id), kept, KEEP_GONE if found.gone else KEEP)
        return found

    def learn(self, person: Person) -> None:
        """Take what a page showed of a person, so that it need not be asked for."""
        if person.kind != "person" or person.email is None or person.id in self._learnt:
            return
        self._learnt.add(person.id)
        known = self._memory.recall(_key(person.id))
        if not isinstance(known, dict) or not known.get("email"):
            shown = {"name": person.name, "email": person.email, "kind": "person"}
            self._memory.remember(_key(person.id), shown, KEEP)


def _key(user_id: str) -> str:
    return f"PERSON#{user_id}"


def _read(user_id: str, body: Mapping[str, Any]) -> Profile:
    person = body.get("person")
    email = person.get("email") if isinstance(person, Mapping) else None
    return _profile(user_id, {"name": body.get("name"), "email": email, "kind": body.get("type")})


def _profile(user_id: str, known: Mapping[str, Any]) -> Profile:
    """A profile from what was said or remembered; what is of another shape is not known."""
    kind = known.get("kind")
    return Profile(
        user_id,
        name=_text(known.get("name")),
        email=_text(known.get("email")),
        kind="person" if kind == "person" else "bot" if kind == "bot" else "unknown",
        gone=known.get("gone") is True,
    )


def _text(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None
