"""A request and an answer, free of AWS's shapes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_lambda_powertools.shared.cookies import Cookie

HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived.

    Attributes:
        method: in upper case.
        headers: names in lower case; several of one name are joined by commas.
        query: the query string's parameters; of several of one name the last.
        cookies: name → value; of several of one name the first.
        form: the fields of a form that was posted; empty for anything else.
        address: who sent it, as API Gateway saw it.
        secure: whether it came over HTTPS.
        origin: what the browser takes us for: scheme, host and port.
    """

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    secure: bool = True
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: str = ""
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()
