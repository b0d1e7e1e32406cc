"""By an e-mail to one person."""

from processor.ways.way import Found, Prepared
from processor.who import Who
from processor.wording import mail
from steward.clients.email import Email
from steward.effects import Effect, everybody
from steward.errors import CallFailed, Failure
from steward.outcomes import Row, Then


class EmailWay:
    """See ``Way``. Nobody can look up whether a mail was sent."""

    def __init__(self, email: Email, who: Who) -> None:
        self._email = email
        self._who = who

    def prepare(self, effect: Effect) -> Prepared:
        """Whether there is an address, and the names."""
        self._address(effect)
        return Prepared(effect, {p.id: self._who.name(p) for p in everybody(effect)})

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; SES's message id."""
        effect = prepared.effect
        subject, text = mail(effect, prepared.people)
        return self._email.send(self._address(effect), subject, text, effect.id)

    def look(self, effect: Effect) -> Found | None:
        """Nowhere."""
        del effect
        return None

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``."""
        return row.slack

    def sending(self, row: Row) -> Then:
        """As Slack's: only the mail waits."""
        return row.slack

    def otherwise(self, effect: Effect) -> None:
        """None."""
        del effect

    def _address(self, effect: Effect) -> str:
        address = self._who.email(effect.person) if effect.person else None
        if address is None:
            words = "Notion tells no e-mail address of the person"
            raise CallFailed(Failure.REJECTED, "ses", "email.send", message=words)
        return address
