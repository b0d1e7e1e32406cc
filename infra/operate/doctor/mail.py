"""Whether SES lets the sender send, where e-mail is a channel of notices: one that it has not verified sends nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from infra.operate.doctor.line import Line, fault, ok, warning
from infra.operate.doctor.stack import Stack
from infra.operate.target import DENIED

NAME = "e-mail"

Identity = Mapping[str, Any]
"""As SES tells of an address or a domain, see *GetEmailIdentity* in the SES API v2."""

VERIFY = "in SES, Identities: create the sender's address or its domain, then do what SES asks to verify it"
GRANT = "deploy with EmailSender as [email] sender in the rules file"


def look(stack: Stack) -> Sequence[Line]:
    """Ask SES for the sender and for the domains that it is in: one that is verified suffices."""
    sender, rules = stack.target.parameter("EmailSender", "").strip(), stack.rules.email
    if not sender:
        return [
            fault(NAME, "the rules send it, and the stack may not", GRANT) if rules else ok(NAME, "not used")
        ]
    if rules is not None and rules.sender.casefold() != sender.casefold():
        return [fault(NAME, "the rules' sender is not the one that the stack may send as", GRANT)]
    client = stack.client("sesv2", rules.region if rules else None)
    try:
        return [judged([_identity(client, name) for name in identities(sender)])]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in DENIED:
            raise
        return [
            warning(
                NAME,
                f"not checked: SES does not tell of the sender ({code})",
                "look at it in SES, Identities",
            )
        ]


def identities(sender: str) -> Iterator[str]:
    """Whatever an address may send by when it is verified: itself, its domain, and those that this is in. Pure."""
    yield sender
    labels = sender.rpartition("@")[2].split(".")
    yield from (".".join(labels[first:]) for first in range(max(len(labels) - 1, 1)))


def judged(found: Sequence[Identity | None]) -> Line:
    """Whether the sender may send; None stands for what SES does not know. Pure, and no address is told."""
    known = [identity for identity in found if identity is not None]
    if any(_is_verified(identity) for identity in known):
        return ok(NAME, "SES has verified the sender")
    if not known:
        return fault(NAME, "SES knows neither the sender nor its domain: no e-mail is sent", VERIFY)
    states = ", ".join(sorted({str(identity.get("VerificationStatus", "unknown")) for identity in known}))
    return fault(NAME, f"SES has not verified the sender ({states}): no e-mail is sent", VERIFY)


def _is_verified(identity: Identity) -> bool:
    return identity.get("VerifiedForSendingStatus") is True or identity.get("VerificationStatus") == "SUCCESS"


def _identity(client: Any, name: str) -> Identity | None:
    try:
        found: Identity = client.get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return None
    return found
