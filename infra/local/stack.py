"""The whole stack on one machine: local AWS, simulators, functions, front door.

Real services or anyone's own stand-ins take the simulators' place by the environment; only what is set is replaced.
"""

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from infra.local import runs
from infra.local.access_log import AccessLog
from infra.local.aws import REGION, ROOT_KEY, LocalAws
from infra.local.built import from_build, host_architecture
from infra.local.deployment import STACK, Deployed, deploy, from_source
from infra.local.front_door import FrontDoor, invoker
from infra.local.furnishing import fill_secrets, may_send, warm_up
from infra.local.processes import StartError, free_port
from infra.local.setup import ROOT
from infra.local.simulated import Simulated, Watched
from infra.local.simulators.notion import NotionAdmin
from infra.local.simulators.slack import SlackAdmin
from infra.local.vendors import SIMULATED_HUBSPOT_TOKEN, Vendors
from steward.errors import RulesError
from steward.mirror.connection import is_kept
from steward.rules import MAIN, Rules, load


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
        template: Path = ROOT / "template.yaml",
        watched: bool = False,
        variables: Mapping[str, str] = MappingProxyType({}),
        beside: tuple[Path, ...] = (),
    ) -> None:
        """Describe a stack.

        Args:
            port: of the front door on 127.0.0.1; 0 for any free one.
            rules: the rules file; the one that ships when None.
            environ: what may replace the simulators: NOTION_API_URL, NOTION_TOKEN, NOTION_VERIFICATION_TOKEN,
                SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_WEBHOOK_URL, NOTION_TOKEN_<NAME> of a further connection, and
                MIRROR_DSN, which takes the place of a PostgreSQL of our own when the rules keep a mirror.
            parameters: further template parameters.
            built: run what ``sam build`` makes, layers included, instead of the source.
            template: the SAM template.
            watched: also simulate what only the triage looks at: HubSpot, and the vendors' status pages.
            variables: further environment variables of the functions, before the template's.
            beside: further folders that the functions may import from when they run from source.

        Raises:
            StartError: the environment names an address that is not usable.
        """
        self._port = port
        self.rules_file = (rules or ROOT / "functions" / "steward.toml").resolve()
        self._vendors = Vendors.from_environ(environ)
        self._parameters = dict(parameters or {})
        self._built = built
        self._template = template
        self._watched = watched
        self._variables = dict(variables)
        self._beside = beside
        self._simulated: Simulated | None = None
        self._aws: LocalAws | None = None
        self._door: FrontDoor | None = None
        self._deployed: Deployed | None = None
        self.mirror_dsn = self._vendors.mirror_dsn
        self.notion: NotionAdmin | None = None
        self.further: dict[str, NotionAdmin] = {}
        self.slack: SlackAdmin | None = None
        self.watched: Watched | None = None
        self.rules: Rules | None = None
        self.signing_token = self._vendors.signing_token
        self.console_token = secrets.token_urlsafe(32)

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
        assert self._aws is not None  # noqa: S101 - entered
        return self._aws.client(service)

    def table(self, logical_id: str) -> Any:
        """A DynamoDB table of the template."""
        assert self._aws is not None  # noqa: S101 - entered
        return self._aws.table(self.resource(logical_id))

    def pids(self) -> list[int]:
        """The processes that the stack started."""
        aws = [self._aws.process.pid] if self._aws else []
        simulated = self._simulated.pids if self._simulated else []
        return [*aws, *simulated]

    def mails(self) -> list[dict[str, Any]]:
        """The e-mails that SES was given, oldest first: ``To``, ``Subject``, ``BodyText``."""
        assert self._aws is not None  # noqa: S101 - entered
        return self._aws.mails()

    def logs(self, function: str) -> list[str]:
        """What a function wrote so far, by its name in the template's log groups: ``ingest`` or ``processor``."""
        group = f"/aws/lambda/steward-local-{function}"
        events: list[str] = []
        for page in self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group):
            events += [line for e in page["events"] for line in e["message"].splitlines()]
        return events

    def close(self) -> None:
        """End everything, whatever of it was started."""
        with contextlib.ExitStack() as ends:  # each is ended although another fails to
            if self._simulated is not None:
                ends.callback(self._simulated.stop)
            if self._aws is not None:
                ends.callback(self._aws.stop)
            if self._door is not None:
                ends.callback(self._door.close)
        self._simulated = self._aws = self._door = None

    def _start(self) -> None:
        port = free_port(self._port)
        self._check_rules()
        source_of = from_build(self._template) if self._built else from_source(sys.executable, self._beside)
        self.folder = runs.new_folder(port)
        aws = self._aws = LocalAws(self.folder)
        parameters = {
            "RulesFile": str(self.rules_file),
            "HubSpot": "true",  # what may stand in the simulated world; an empty secret means that it does not
            "Architecture": host_architecture(),
            "DashboardUrl": f"http://127.0.0.1:{port}/dashboard",
            **self._start_simulators().parameters,
            **self._sender(),
            **self._parameters,
        }
        aws.wait()
        deployed = deploy(
            aws.client, source_of, parameters, aws.endpoint, REGION, self._template, environ=self._variables
        )
        self._deployed = deployed
        fill_secrets(aws.client, deployed, self._documents())
        may_send(aws.client, self._sender().values())
        self._door = self._open_door(port, deployed)
        warm_up(aws.client, deployed)
        self._door.start()
        hook = f"{self.url}/webhooks/notion"
        for workspace in filter(None, [self.notion, *self.further.values()]):
            workspace.create_subscription(hook, verification_token=self.signing_token, active=True)
        runs.write_state(self.folder, self._state(aws.endpoint))

    def _open_door(self, port: int, deployed: Deployed) -> FrontDoor:
        assert self._aws is not None  # noqa: S101 - started
        aws = self._aws
        invoke = invoker(lambda seconds: aws.client("lambda", seconds))
        self.access_log = log = AccessLog(deployed.access_log, self.folder)
        try:
            return FrontDoor(port, deployed.routes, deployed.functions, invoke, deployed.throttle, log=log)
        except OSError as error:
            raise StartError(f"port {port} was taken by another just now; choose one: --port 0") from error

    def _check_rules(self) -> None:
        try:
            self.rules = load(self.rules_file)
        except RulesError as error:
            raise StartError(str(error)) from error

    def _start_simulators(self) -> Simulated:
        simulated = self._simulated = Simulated(self.folder)
        mirrored = self.rules is not None and is_kept(self.rules)
        simulated.start(self._vendors, self._connections(), watched=self._watched, mirrored=mirrored)
        self.notion, self.further, self.slack = simulated.notion, simulated.further, simulated.slack
        self.watched, self.mirror_dsn = simulated.watched, simulated.mirror_dsn
        self._variables = {**simulated.variables, **self._variables}
        return simulated

    def _documents(self) -> dict[str, object]:
        """What is in the secrets, by their logical ids."""
        documents = self._vendors.secrets(self._connections())
        documents["ConsoleSecret"] = {"token": self.console_token}
        if self.watched is not None:
            documents["HubSpotSecret"] = {"token": SIMULATED_HUBSPOT_TOKEN}
        if self.mirror_dsn:
            documents["MirrorSecret"] = {"dsn": self.mirror_dsn}
        return documents

    def _connections(self) -> tuple[str, ...]:
        """The names of the further connections."""
        return tuple(name for name in self.rules.connections() if name != MAIN) if self.rules else ()

    def _sender(self) -> dict[str, str]:
        """The template parameter for e-mail, if the rules send any."""
        email = self.rules.email if self.rules else None
        return {"EmailSender": email.sender} if email else {}

    def _state(self, endpoint: str) -> dict[str, Any]:
        assert self._deployed is not None  # noqa: S101 - entered
        return {
            "url": self.url,
            "aws": endpoint,
            "aws_key": ROOT_KEY,
            "region": REGION,
            "stack": STACK,
            "notion": self.notion.url if self.notion else None,
            "slack": self.slack.url if self.slack else None,
            "resources": dict(self._deployed.resources),
            "logs": str(self.folder),
            "pids": self.pids(),
            "started_at": time.time(),
        }
