"""The console's whole handler on the template's own tables in memory, asked as API Gateway asks."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

from console.handler import App, make_app
from console.sources import Settings, Sources, sources
from infra.local.http_api import route_for, routes_of
from infra.local.payload import Answer, Request, answer_of, event_of
from infra.template import transformed
from steward.incidents.names import TITLES, Names
from tests.integration.aws import template
from tests.integration.clock import Clock
from tests.integration.tables import Tables

TOKEN, FORMER = "console-" + "t" * 40, "console-" + "f" * 40
HOST = "abc.execute-api.eu-west-1.amazonaws.com"
ORIGIN = f"https://{HOST}"

ROUTES = [route for route in routes_of(json.loads(transformed())) if route.function == "Console"]


class Secrets:
    """Secrets Manager with one secret; ``reads`` says which versions were asked for."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {
            "AWSCURRENT": json.dumps({"token": TOKEN}),
            "AWSPREVIOUS": json.dumps({"token": FORMER}),
        }
        self.reads: list[str] = []
        self.away = False

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, str]:  # noqa: N803 - boto3's names
        assert SecretId == "console"
        self.reads.append(VersionStage)
        if self.away:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        if VersionStage not in self.versions:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        return {"SecretString": self.versions[VersionStage]}


@dataclass(frozen=True)
class Got:
    """An answer: status, headers by name in lower case, text, and the cookies that it sets."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: list[str]

    def json(self) -> Any:
        return json.loads(self.text)


class ReadOnly:
    """A table that fails the test when somebody writes."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.reads = 0
        self.name, self.meta = inner.name, inner.meta

    def __getattr__(self, name: str) -> Any:
        assert name in ("get_item", "query"), f"the console called {name}"
        self.reads += 1
        return getattr(self._inner, name)


@dataclass
class Rig:
    """The console, its tables, its secret, its clock."""

    clock: Clock = field(default_factory=Clock)
    secrets: Secrets = field(default_factory=Secrets)

    def __post_init__(self) -> None:
        resources, tables = template(), Tables()
        self.state = tables.make("state", resources["StateTable"]["Properties"])
        self.journal = tables.make("journal", resources["JournalTable"]["Properties"])
        self.shown = [ReadOnly(self.state), ReadOnly(self.journal)]
        self.app = self.restart()

    def restart(self, **environ: str) -> App:
        """A new environment."""
        self.app = make_app(
            {"CONSOLE_SECRET_ID": "console", "JOURNAL_DAYS": "90", **environ},
            secrets=self.secrets,
            state=self.shown[0],
            journal=self.shown[1],
            now=self.clock.now,
            monotonic=self.clock.time,
        )
        return self.app

    @property
    def sources(self) -> Sources:
        """The same tables, to be written to."""
        settings = Settings({}, 90, Names(TITLES))
        return sources(settings, self.state, self.journal, self.clock.now)  # type: ignore[arg-type] # in memory

    def ask(
        self, method: str, target: str, body: bytes = b"", /, *, address: str = "192.0.2.1", **headers: str
    ) -> Got:
        """Ask as API Gateway does; header names with underscores for hyphens."""
        given = {"host": HOST, "x-forwarded-proto": "https"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        proto, sent = given.pop("x-forwarded-proto"), list(given.items())
        request = Request(method, target, "HTTP/1.1", sent, body, address, 443)
        found = route_for(ROUTES, method, target.partition("?")[0])
        assert found is not None, target
        event = event_of(request, found[0].key, self.clock.now(), found[1])
        event["headers"]["x-forwarded-proto"] = proto
        return got(answer_of(self.app.handle(event, Context())))

    def post_form(self, target: str, form: bytes, **headers: str) -> Got:
        """Post a form as our own page does, unless ``headers`` say otherwise."""
        ours = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
        return self.ask("POST", target, form, **{**ours, **headers})

    def log_in(self, token: str = TOKEN) -> str:
        """The cookie of somebody who logged in, as a browser sends it."""
        answer = self.post_form("/dashboard/login", f"token={token}".encode())
        assert answer.status == 303, answer.text
        return answer.cookies[0].partition(";")[0]


class Context:
    """What Lambda hands over; nobody looks at it."""

    aws_request_id = "request"


def got(answer: Answer) -> Got:
    headers = {name.lower(): value for name, value in answer.headers if name != "set-cookie"}
    cookies = [value for name, value in answer.headers if name == "set-cookie"]
    return Got(answer.status, headers, answer.body.decode(), cookies)


def basic(text: str) -> str:
    """A header of another scheme than Bearer."""
    return f"Basic {base64.b64encode(text.encode()).decode()}"
