"""The whole stack on one machine: local AWS, simulators, functions, front door.

Real services or anyone's own stand-ins take the simulators' place by the environment; only what is set is replaced.
"""

import json
import os
import shutil
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from infra.local.deployment import Deployed, deploy, from_build, from_source
from infra.local.front_door import FrontDoor
from infra.local.processes import Child, StartError, free_port, wait_until
from infra.local.setup import ENVIRONMENTS, ROOT
from infra.local.simulators.notion import NotionAdmin
from infra.local.simulators.slack import SlackAdmin
from steward.errors import RulesError
from steward.rules import load

REGION, ACCOUNT = "eu-west-1", "000000000000"
SIMULATED_SIGNING_TOKEN = "secret_" + "localsimulatortoken" * 2
SIMULATED_NOTION_TOKEN = "ntn_localsimulatortoken"  # noqa: S105 - opens only the simulator
SIMULATED_BOT_TOKEN = "xoxb-local-simulator-token"  # noqa: S105 - opens only the simulator


class LocalStack:
    """Everything, started by entering the context and gone after leaving it."""

    def __init__(
        self,
        *,
        port: int = 0,
        rules: Path | None = None,
        environ: Mapping[str, str] = os.environ,
        parameters: Mapping[str, str] | None = None,
        built: bool = False,
    ) -> None:
        """Describe a stack.

        Args:
            port: of the front door on 127.0.0.1; 0 for any free one.
            rules: the rules file; the one that ships when None.
            environ: what may replace the simulators: NOTION_API_URL, NOTION_TOKEN, NOTION_VERIFICATION_TOKEN,
                SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_WEBHOOK_URL.
            parameters: further template parameters.
            built: run what ``sam build`` makes, layers included, instead of the source.
        """
        self._built = built
        self._port = port
        self._rules = rules
        self._environ = environ
        self._parameters = dict(parameters or {})
        self._children: list[Child] = []
        self._door: FrontDoor | None = None
        self._clients: dict[str, Any] = {}
        self._dynamodb: Any = None
        self._deployed: Deployed | None = None
        self.notion: NotionAdmin | None = None
        self.slack: SlackAdmin | None = None
        self.signing_token = environ.get("NOTION_VERIFICATION_TOKEN") or SIMULATED_SIGNING_TOKEN

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where the HTTP API is."""
        assert self._door is not None  # noqa: S101 - entered
        return self._door.url

    @property
    def notes(self) -> list[str]:
        """What was changed in the template for the local AWS."""
        return self._deployed.notes if self._deployed else []

    def resource(self, logical_id: str) -> str:
        """The physical id of a resource of the template."""
        assert self._deployed is not None  # noqa: S101 - entered
        return self._deployed.resources[logical_id]

    def client(self, service: str) -> Any:
        """A client of the local AWS, as its root."""
        if service not in self._clients:
            config = Config(max_pool_connections=64, retries={"total_max_attempts": 1})
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self._endpoint,
                region_name=REGION,
                aws_access_key_id="root",
                aws_secret_access_key="root",  # noqa: S106 - of a server on loopback that ends with us
                config=config,
            )
        return self._clients[service]

    def table(self, logical_id: str) -> Any:
        """A DynamoDB table of the template."""
        if self._dynamodb is None:
            self._dynamodb = boto3.resource(
                "dynamodb",
                endpoint_url=self._endpoint,
                region_name=REGION,
                aws_access_key_id="root",
                aws_secret_access_key="root",  # noqa: S106 - as above
            )
        return self._dynamodb.Table(self.resource(logical_id))

    def pids(self) -> list[int]:
        """The processes that the stack started."""
        return [child.pid for child in self._children]

    def logs(self, function: str) -> list[str]:
        """What a function wrote so far, by its name in the template's log groups: ``ingest`` or ``processor``."""
        group = f"/aws/lambda/steward-local-{function}"
        events: list[str] = []
        for page in self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group):
            events += [line for e in page["events"] for line in e["message"].splitlines()]
        return events

    def close(self) -> None:
        """End everything."""
        if self._door is not None:
            self._door.close()
        for child in reversed(self._children):
            child.stop()
        self._children.clear()

    def _start(self) -> None:
        port = free_port(self._port)
        rules = self._checked_rules()
        self.folder = ROOT / ".local" / f"run-{port}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        aws = self._start_aws()
        parameters = {"RulesFile": str(rules), **self._start_vendors(), **self._parameters}
        wait_until(self._aws_answers, aws, 20)
        self._deployed = deploy(
            self.client,
            from_build() if self._built else from_source(sys.executable),
            parameters,
            self._endpoint,
            REGION,
        )
        self._fill_secrets()
        functions = {r.function: self.resource(r.function) for r in self._deployed.routes}
        self._door = FrontDoor(port, self._deployed.routes, functions, self.client("lambda"))
        self._warm_up([*functions.values(), self.resource("Processor")])
        self._door.start()
        if self.notion is not None:
            self.notion.create_subscription(
                f"{self.url}/webhooks/notion", verification_token=self.signing_token, active=True
            )
        self._write_state()

    def _checked_rules(self) -> Path:
        path = (self._rules or ROOT / "functions" / "steward.toml").resolve()
        try:
            load(path)
        except RulesError as error:
            raise StartError(str(error)) from error
        return path

    def _start_aws(self) -> Child:
        plane = ENVIRONMENTS["aws-plane"]
        port = free_port()
        self._endpoint = f"http://127.0.0.1:{port}"
        settings = {
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "STATE_DIR": str(self.folder / "aws"),
            "BIND_HOST": "127.0.0.1",  # its default is every address
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": "root",
            "AWS_SECRET_ACCESS_KEY": "root",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        return self._child("the local AWS", [str(plane.python), "-m", "ministack"], settings)

    def _aws_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._endpoint}/_ministack/health", timeout=2) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except OSError:
            return False

    def _start_vendors(self) -> dict[str, str]:
        """Start the simulators of what the environment does not replace; the template parameters that point there."""
        parameters = {}
        if url := self._environ.get("NOTION_API_URL"):
            parameters["NotionApiUrl"] = url.rstrip("/")
        else:
            command = ["-m", "infra.local.simulators.notion", "--token", self._notion_token()]
            parameters["NotionApiUrl"] = url = self._simulator("simulated Notion", command)["url"]
            self.notion = NotionAdmin(url)
        if url := self._environ.get("SLACK_API_URL"):
            parameters["SlackApiUrl"] = url.rstrip("/") + "/"
        elif not self._environ.get("SLACK_WEBHOOK_URL"):
            command = ["-m", "infra.local.simulators.slack", "--bot-token", self._bot_token()]
            line = self._simulator("simulated Slack", command)
            parameters["SlackApiUrl"] = line["api_url"]
            self.slack = SlackAdmin(line["url"])
            self.slack.seed_demo()
        return parameters

    def _simulator(self, name: str, command: list[str]) -> dict[str, Any]:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "functions")])
        return self._child(name, [sys.executable, *command], {"PYTHONPATH": paths}).first_line()

    def _child(self, name: str, command: list[str], env: Mapping[str, str]) -> Child:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        child = Child(name, command, log, env, ROOT)
        self._children.append(child)
        return child

    def _notion_token(self) -> str:
        return self._environ.get("NOTION_TOKEN") or SIMULATED_NOTION_TOKEN

    def _bot_token(self) -> str:
        token = self._environ.get("SLACK_BOT_TOKEN")
        if token or self._environ.get("SLACK_WEBHOOK_URL"):
            return token or ""
        return SIMULATED_BOT_TOKEN

    def _fill_secrets(self) -> None:
        slack = {"bot_token": self._bot_token(), "webhook_url": self._environ.get("SLACK_WEBHOOK_URL", "")}
        documents: dict[str, object] = {
            "SigningSecret": {"active": [self.signing_token]},
            "NotionSecret": {"token": self._notion_token()},
            "SlackSecret": slack,
        }
        for logical_id, document in documents.items():
            self.client("secretsmanager").put_secret_value(
                SecretId=self.resource(logical_id), SecretString=json.dumps(document)
            )

    def _warm_up(self, functions: list[str]) -> None:
        """Call each function once with nothing to do, so that the first request finds it ready."""
        for function in functions:
            called = self.client("lambda").invoke(FunctionName=function, Payload=b"{}")
            if "FunctionError" in called:
                raise StartError(f"{function} does not start:\n  {called['Payload'].read().decode()[:2000]}")

    def _write_state(self) -> None:
        assert self._deployed is not None  # noqa: S101 - entered
        state = {
            "url": self.url,
            "aws": self._endpoint,
            "region": REGION,
            "notion": self.notion.url if self.notion else None,
            "slack": self.slack.url if self.slack else None,
            "resources": dict(self._deployed.resources),
            "pids": self.pids(),
            "started_at": time.time(),
        }
        for folder in (self.folder, ROOT / ".local"):
            (folder / "state.json").write_text(json.dumps(state, indent=1))
