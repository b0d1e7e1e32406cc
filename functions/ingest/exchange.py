"""A request and an answer, free of AWS's shapes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived: header names in lower case, the body as the bytes that were signed."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered; ``body`` becomes JSON.

    ``signed_by`` is for the log alone: the fingerprint of the token that a delivery was signed with.
    """

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_by: str | None = None
