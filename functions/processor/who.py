"""How a person is named and reached: by mention, direct message or e-mail, as far as the connections tell (A11, A12).

A person of the rules file may be known by their e-mail address alone; then the address is their id.
"""

from steward.mrkdwn import escape, mention
from steward.pages import Person
from steward.people import People
from steward.slack_people import SlackPeople

SOMEBODY = "Somebody"
"""For a person whose name the connection may not know."""


class Who:
    """Looks people up; every answer is remembered for a while by what it asks."""

    def __init__(self, people: People, in_slack: SlackPeople) -> None:
        self._people = people
        self._in_slack = in_slack

    def name(self, person: Person) -> str:
        """The name to write.

        Raises:
            CallFailed: Notion is in trouble.
        """
        if person.name:
            return person.name
        return SOMEBODY if _is_address(person.id) else self._people.find(person.id).name or SOMEBODY

    def email(self, person: Person) -> str | None:
        """The address, or None where nobody tells it, and for groups.

        Raises:
            CallFailed: Notion is in trouble.
        """
        if _is_address(person.id):
            return person.id
        return self._people.find(person.id).email if person.kind == "person" else None

    def in_slack(self, person: Person) -> str:
        """The person in a message: a mention that pings them, or their name in bold.

        Raises:
            CallFailed: Notion or Slack is in trouble.
        """
        user_id = self._in_slack.user_id(self.email(person))
        return mention(user_id) if user_id else f"*{escape(self.name(person))}*"

    def direct_channel(self, person: Person) -> str | None:
        """The direct message to a person, or None where they can't be found in Slack.

        Raises:
            CallFailed: Notion or Slack is in trouble.
        """
        return self._in_slack.channel(self.email(person))

    def forget(self, person: Person) -> None:
        """Look for a person in Slack anew: what was remembered proved wrong."""
        email = self.email(person)
        if email is not None:
            self._in_slack.forget(email)


def _is_address(person_id: str) -> bool:
    return "@" in person_id
