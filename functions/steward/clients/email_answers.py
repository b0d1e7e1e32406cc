"""What Amazon SES's answers mean. Pure.

Source: the SES v2 API's model (errors of SendEmail) and its developer guide on sending quotas and the sandbox.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from steward.errors import CallFailed, Failure

QUOTA_WAIT = 3600.0
"""Seconds to wait when the account's quota of 24 hours is spent; it frees itself little by little."""

_BY_CODE = {
    "TooManyRequestsException": Failure.RATE_LIMITED,
    "LimitExceededException": Failure.RATE_LIMITED,
    "Throttling": Failure.RATE_LIMITED,
    "ThrottlingException": Failure.RATE_LIMITED,
    "AccountSuspendedException": Failure.BLOCKED,
    "SendingPausedException": Failure.BLOCKED,
    "MailFromDomainNotVerifiedException": Failure.UNAUTHORIZED,
    "UnrecognizedClientException": Failure.UNAUTHORIZED,
    "InvalidClientTokenId": Failure.UNAUTHORIZED,
    "InvalidSignatureException": Failure.UNAUTHORIZED,
    "SignatureDoesNotMatch": Failure.UNAUTHORIZED,
    "ExpiredTokenException": Failure.UNAUTHORIZED,
    "ExpiredToken": Failure.UNAUTHORIZED,
    "AccessDeniedException": Failure.FORBIDDEN,
    "AccessDenied": Failure.FORBIDDEN,
    "MessageRejected": Failure.REJECTED,
    "BadRequestException": Failure.INVALID,
    "NotFoundException": Failure.REJECTED,
}

_ADDRESS = re.compile(r"[^\s,;<>@]+@[^\s,;<>@]+")

_NEVER_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
_NO_RIGHT = (NoCredentialsError, PartialCredentialsError)


def refused(call: str, response: Mapping[str, Any], sender: str) -> CallFailed:
    """What an error that SES answered means.

    Args:
        call: the call's name.
        response: botocore's error document.
        sender: the address that messages come from: if it is what is not verified, a setting mends it.
    """
    error, meta = _inner(response, "Error"), _inner(response, "ResponseMetadata")
    status = meta.get("HTTPStatusCode")
    code, said = str(error.get("Code") or ""), str(error.get("Message") or "")
    failure = _BY_CODE.get(code, Failure.REJECTED)
    broken = not isinstance(status, int) or status >= 500 or status < 400
    if code not in _BY_CODE and broken:
        failure = Failure.UNAVAILABLE
    if code == "MessageRejected" and _names_sender(said, sender):
        failure = Failure.UNAUTHORIZED
    if failure is Failure.FORBIDDEN:
        said += "; does the stack's parameter EmailSender name the sender of the rules file?"
    spent = failure is Failure.RATE_LIMITED and ("daily" in said.lower() or code == "LimitExceededException")
    return CallFailed(
        failure,
        "ses",
        call,
        status=status if isinstance(status, int) else None,
        code=code or None,
        # SES repeats the addresses that it refuses, and a message is logged.
        message=_ADDRESS.sub("[address]", said)[:300],
        request_id=str(meta["RequestId"]) if meta.get("RequestId") else None,
        retry_after=QUOTA_WAIT if spent else None,
        maybe_done=failure is Failure.UNAVAILABLE,
    )


def unanswered(call: str, error: BotoCoreError) -> CallFailed:
    """What it means that SES did not answer, or not as SES does."""
    failure = Failure.UNAUTHORIZED if isinstance(error, _NO_RIGHT) else Failure.UNREACHABLE
    return CallFailed(
        failure, "ses", call, message=type(error).__name__, maybe_done=not isinstance(error, _NEVER_SENT)
    )


def _names_sender(said: str, sender: str) -> bool:
    """Whether a refusal says that the sender, its address or its domain, is what is not verified."""
    if "not verified" not in said.lower():
        return False
    named = re.split(r"[\s,;:<>]+", said.lower())
    return sender.lower() in named or sender.lower().rpartition("@")[2] in named


def _inner(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = outer.get(name)
    return found if isinstance(found, Mapping) else {}
