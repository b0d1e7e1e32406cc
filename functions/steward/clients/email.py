"""E-mail through Amazon SES v2: one message to one person, in plain text.

SES keeps no outbox that its caller can read, so a send whose answer was lost can't be looked for. boto3 would repeat it
by itself after a time-out, and the person would read it twice: make the client with ``CONFIG``, which repeats nothing.

Source: the SES v2 API's model (SendEmail, MessageHeader) and its developer guide on header fields.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Protocol

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from steward.clients.email_answers import refused, unanswered
from steward.clients.transport import RESERVE
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.unicode import one_line, plain_lines

CALL = "email.send"

CONNECT, READ = 2.0, 6.0
"""Seconds until a connection, and an answer on it, are given up."""

CONFIG = Config(
    connect_timeout=CONNECT, read_timeout=READ, retries={"mode": "standard", "total_max_attempts": 1}
)
"""For the SES client."""

SUBJECT_LIMIT = 200
"""Characters of a subject; a mail program shows about 70."""

TEXT_LIMIT = 100_000
"""Characters of a text. SES takes 40 MB; nobody reads that much."""

EFFECT_HEADER = "X-Steward-Effect"
"""Carries the effect's id, so that a person can ask what a message was about."""

ADDRESS_LIMIT = 254
"""Characters of an address: RFC 5321's path of 256, without its brackets."""

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_EFFECT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Email(Protocol):
    """What Steward needs of e-mail."""

    @property
    def can_send(self) -> bool:
        """Whether a sender is configured."""

    def send(self, to: str, subject: str, text: str, effect_id: str) -> str:
        """Send a message; returns its id.

        Args:
            to: one address. A domain may be written in any script, what stands before the @ only in ASCII.
            subject: one line; line breaks in it become spaces.
            text: plain text.
            effect_id: see ``steward.effects``; stands in the header ``X-Steward-Effect``.

        Raises:
            CallFailed: with ``maybe_done`` when it may have been sent all the same, which nobody can look up.
        """


class SesClient(Protocol):
    """What of boto3's ``sesv2`` client is used."""

    def send_email(self, **request: Any) -> Mapping[str, Any]:
        """SendEmail."""


class SesEmail:
    """E-mail through Amazon SES."""

    def __init__(
        self, client: SesClient | None, sender: str, deadline: Deadline, reply_to: str | None = None
    ) -> None:
        """Make it.

        Args:
            client: boto3's ``sesv2``, made with ``CONFIG``; None only without a sender.
            sender: the verified address that messages come from; empty where none is configured.
            deadline: the time that is left.
            reply_to: where answers go, if not to the sender.
        """
        self._client = client
        self._sender = sender.strip()
        self._deadline = deadline
        self._reply_to = reply_to

    @property
    def can_send(self) -> bool:
        """See ``Email.can_send``."""
        return bool(self._sender)

    def send(self, to: str, subject: str, text: str, effect_id: str) -> str:
        """See ``Email.send``."""
        if not self._sender or self._client is None:
            message = "no sender is configured; name one in the rules file: [email] sender"
            raise CallFailed(Failure.UNAUTHORIZED, "ses", CALL, message=message)
        request = self._request(address(to), subject, text, effect_id)
        if self._deadline.remaining() - RESERVE < CONNECT + READ:
            raise CallFailed(Failure.OUT_OF_TIME, "ses", CALL, message="too little time is left for the call")
        try:
            answer = self._client.send_email(**request)
        except ParamValidationError:
            raise  # a bug of ours: what was typed was made fit before
        except ClientError as error:
            raise refused(CALL, error.response, self._sender) from None
        except BotoCoreError as error:
            raise unanswered(CALL, error) from None
        message_id = answer.get("MessageId")
        if not isinstance(message_id, str) or not message_id:
            message = "not the API's answer"
            raise CallFailed(Failure.UNAVAILABLE, "ses", CALL, message=message, maybe_done=True)
        return message_id

    def _request(self, to: str, subject: str, text: str, effect_id: str) -> dict[str, Any]:
        if not _EFFECT_ID.fullmatch(effect_id):
            raise ValueError("an effect's id is letters, digits, hyphens and underscores")
        headers = [
            {"Name": EFFECT_HEADER, "Value": effect_id},
            # RFC 3834: tells an absence note not to answer.
            {"Name": "Auto-Submitted", "Value": "auto-generated"},
        ]
        content = {
            "Subject": {"Data": one_line(subject, SUBJECT_LIMIT) or "Steward", "Charset": "UTF-8"},
            "Body": {"Text": {"Data": plain_lines(text, TEXT_LIMIT) or " ", "Charset": "UTF-8"}},
            "Headers": headers,
        }
        return {
            "FromEmailAddress": self._sender,
            "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": content},
            **({"ReplyToAddresses": [address(self._reply_to)]} if self._reply_to else {}),
        }


def address(typed: str) -> str:
    """One e-mail address as SES takes it, its domain in ASCII (Punycode).

    Raises:
        CallFailed: INVALID. It is no address, more than one, or one that SES can't take; it is not repeated in the
            error, because errors are logged.
    """
    local, at, domain = typed.strip().rpartition("@")
    ascii_domain = _in_ascii(domain)
    labels = ascii_domain.split(".")
    dots_fit = not local.startswith(".") and not local.endswith(".") and ".." not in local
    if (
        not at
        or not dots_fit
        or not _LOCAL.fullmatch(local)
        or len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or len(local) + 1 + len(ascii_domain) > ADDRESS_LIMIT
    ):
        raise CallFailed(Failure.INVALID, "ses", CALL, message="not one e-mail address that SES can take")
    return f"{local}@{ascii_domain}"


def _in_ascii(domain: str) -> str:
    """A domain in Punycode; empty where that would be another domain's.

    Python's codec is of IDNA 2003, which turns ``straße`` into ``strasse`` and drops what has no width, and both can be
    somebody else's: only what comes back as it was written is taken.
    """
    written = unicodedata.normalize("NFC", domain).lower()
    if written.isascii():
        return domain
    try:
        encoded = written.encode("idna")
        return encoded.decode("ascii") if encoded.decode("idna") == written else ""
    except UnicodeError:
        return ""
