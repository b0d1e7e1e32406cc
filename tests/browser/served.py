"""The console as it is deployed, behind the local front door: its own handler, on tables and a secret in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from console.handler import App, make_app
from console.passes import Passes
from infra.local.front_door import FrontDoor
from infra.local.http_api import Route
from tests.browser.world import World
from tests.integration.aws import template

TOKEN = "a-console-token-that-is-made-up-0123456789"
SECRET = "steward-console"


def routes() -> list[Route]:
    """The console's routes, as the template has them."""
    events = template()["Console"]["Properties"]["Events"].values()
    return [Route(e["Properties"]["Method"], e["Properties"]["Path"], "Console") for e in events]


class Secrets:
    """Secrets Manager with the console's secret."""

    def get_secret_value(self, *, SecretId: str, VersionStage: str = "AWSCURRENT") -> dict[str, Any]:  # noqa: N803 - boto3's names
        if VersionStage != "AWSCURRENT":
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        return {
            "SecretString": json.dumps({"token": TOKEN}),
            "VersionId": "v1",
            "VersionStages": ["AWSCURRENT"],
        }


class Console:
    """The running console and the world that it shows."""

    def __init__(self, world: World) -> None:
        self.world = world
        made: Any = (world.state_table, world.journal_table)
        self.app: App = make_app(
            {"CONSOLE_SECRET_ID": SECRET},
            secrets=Secrets(),
            state=made[0],
            journal=made[1],
            now=world.clock,
            monotonic=lambda: world.clock().timestamp(),
        )
        self.door = FrontDoor(0, routes(), {"Console": "console"}, self._invoke)

    @property
    def url(self) -> str:
        """Its address."""
        return self.door.url

    @property
    def ticket(self) -> str:
        """The address that logs in, as the operator's command makes it."""
        passes = Passes([TOKEN], lambda: self.world.clock().timestamp())
        return f"{self.url}/dashboard/login?ticket={passes.ticket()}"

    def _invoke(self, function: str, payload: bytes, seconds: float) -> bytes:
        return json.dumps(self.app.handle(json.loads(payload), Context())).encode()


class Context:
    """As much of Lambda's context as is looked at."""

    function_name, aws_request_id = "console", "r-1"


@contextmanager
def serving(world: World) -> Iterator[Console]:
    """The console of a world, while it serves."""
    console = Console(world)
    console.door.start()
    try:
        yield console
    finally:
        console.door.close()
