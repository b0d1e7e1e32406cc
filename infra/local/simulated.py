"""The simulators of one stack: of every vendor that the environment does not replace, and the mirror's PostgreSQL, each in a process of its own."""

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.postgres import PostgresServer
from infra.local.processes import Child
from infra.local.setup import ROOT
from infra.local.simulators.hubspot import HubSpotAdmin
from infra.local.simulators.notion import NotionAdmin
from infra.local.simulators.slack import SlackAdmin
from infra.local.simulators.status_page import StatusPageAdmin
from infra.local.vendors import SIMULATED_HUBSPOT_TOKEN, Vendors
from steward.clients.connection import URL, variable_of


@dataclass(frozen=True)
class Watched:
    """What only the triage looks at."""

    hubspot: HubSpotAdmin
    notion_page: StatusPageAdmin
    hubspot_page: StatusPageAdmin


@dataclass
class Simulated:
    """Simulators that run, and how they are driven.

    Attributes:
        folder: for their logs.
        notion: the main workspace; None when it is replaced.
        further: the workspaces of further connections, by name.
        slack: None when it is replaced.
        watched: None when it was not asked for.
        mirror_dsn: of the mirror's database, ours or the environment's; empty when there is none.
        parameters: of the template, which point there.
        variables: of the functions' environment, which point where the template has no parameter.
    """

    folder: Path
    notion: NotionAdmin | None = None
    further: dict[str, NotionAdmin] = field(default_factory=dict)
    slack: SlackAdmin | None = None
    watched: Watched | None = None
    mirror_dsn: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    postgres: PostgresServer | None = None

    @property
    def pids(self) -> list[int]:
        """Of everything that was started."""
        return [*(child.pid for child in self.children), *([self.postgres.pid] if self.postgres else [])]

    def start(self, vendors: Vendors, connections: Sequence[str], *, watched: bool, mirrored: bool) -> None:
        """Start what is not replaced.

        Args:
            vendors: says what is.
            connections: names of the further connections.
            watched: also HubSpot, and the status pages of HubSpot and of a simulated Notion.
            mirrored: also a PostgreSQL, for rules that keep a mirror.

        Raises:
            StartError: one of them did not start; ``stop`` ends the others.
        """
        if vendors.notion_url:
            self.parameters["NotionApiUrl"] = vendors.notion_url
        else:
            self._start_notion(vendors, connections)
        if vendors.slack_url:
            self.parameters["SlackApiUrl"] = vendors.slack_url
        elif vendors.simulates_slack:
            line = self._run("slack", "simulated Slack", "--bot-token", vendors.slack_bot_token, "--demo")
            self.parameters["SlackApiUrl"] = line["api_url"]
            self.slack = SlackAdmin(line["url"])
        if watched:
            self._start_watched()
        self._start_postgres(vendors, mirrored=mirrored)

    def stop(self) -> None:
        """End them all."""
        with contextlib.ExitStack() as ends:  # each is ended although another fails to
            for child in self.children:
                ends.callback(child.stop)
            if self.postgres is not None:
                ends.callback(self.postgres.stop)
        self.children.clear()
        self.postgres = None

    def _start_notion(self, vendors: Vendors, connections: Sequence[str]) -> None:
        url = self._run("notion", "simulated Notion", "--token", vendors.notion_token)["url"]
        self.notion = NotionAdmin(url)
        # Nothing on this machine asks the real one; a simulated Notion alone has no status page.
        self.parameters |= {"NotionApiUrl": url, "NotionStatusUrl": f"{url}/status-page"}
        for seed, name in enumerate(connections, 1):
            own = ("--token", vendors.token_of(name), "--workspace", name, "--seed", str(seed))
            admin = NotionAdmin(self._run("notion", f"simulated Notion of {name}", *own)["url"])
            self.further[name] = admin
            self.variables[variable_of(URL, name)] = admin.url

    def _start_watched(self) -> None:
        hubspot = self._run("hubspot", "simulated HubSpot", "--token", SIMULATED_HUBSPOT_TOKEN)
        page = self._run("status_page", "status page of Notion", "--name", "Notion")
        hubspot_page = self._run("status_page", "status page of HubSpot", "--name", "HubSpot")
        self.watched = Watched(
            HubSpotAdmin(hubspot["url"]), StatusPageAdmin(page["url"]), StatusPageAdmin(hubspot_page["url"])
        )
        if self.notion is not None:
            self.parameters["NotionStatusUrl"] = page["summary_url"]
        self.variables["HUBSPOT_API_URL"] = hubspot["url"]
        self.variables["HUBSPOT_STATUS_URL"] = hubspot_page["summary_url"]

    def _start_postgres(self, vendors: Vendors, *, mirrored: bool) -> None:
        self.mirror_dsn = vendors.mirror_dsn
        if mirrored and not self.mirror_dsn:
            self.postgres = PostgresServer()
            self.postgres.start()
            self.mirror_dsn = self.postgres.create("steward")
        if self.mirror_dsn:
            self.parameters["MirrorByDsn"] = "true"

    def _run(self, module: str, name: str, *arguments: str) -> dict[str, Any]:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "functions")])
        command = [sys.executable, "-m", f"infra.local.simulators.{module}", *arguments]
        log = self.folder / f"{name.replace(' ', '-')}.log"
        child = Child(name, command, log, {"PYTHONPATH": paths}, ROOT)
        self.children.append(child)
        return child.first_line()
