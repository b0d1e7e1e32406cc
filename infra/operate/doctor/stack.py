"""What every check asks with: the stack, its rules, its secrets read once, and the clocks."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

import requests

from infra.operate.clock import utc_now
from infra.operate.target import Target, TargetError
from steward.clients.transport import Transport, plain_session
from steward.journal import Journal
from steward.memory import Memory
from steward.rules import Rules
from triage.probes.once import once

SECRETS = {
    "signing": "SigningSecretArn",
    "pending": "PendingSigningSecretArn",
    "notion": "NotionSecretArn",
    "slack": "SlackSecretArn",
    "console": "ConsoleSecretArn",
    "hubspot": "HubSpotSecretArn",
    "mirror": "MirrorSecretArn",
}
"""Secret → the stack's output that names it."""

ANSWER = 4.0
"""Seconds for one answer of a vendor."""


class Looking(Memory):
    """Memory that remembers nothing: what only looks leaves no trace."""

    def remember(self, name: str, document: object, keep: object = None) -> None:
        """Not here."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it was read.

    Attributes:
        document: its JSON object; None where it is none.
        there: it was filled at some time.
    """

    document: Mapping[str, Any] | None = field(repr=False)
    there: bool = True

    def text(self, key: str) -> str:
        """The text under a key, or ""."""
        found = (self.document or {}).get(key)
        return found if isinstance(found, str) else ""


@dataclass
class Stack:
    """What is looked at.

    Attributes:
        target: the stack.
        rules: its rules file.
        now: our clock.
        clock: monotonic seconds.
        sleep: waits so many seconds.
        session: makes an HTTP session; each call has one of its own.
    """

    target: Target
    rules: Rules
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    session: Callable[[], requests.Session] = plain_session
    _lock: RLock = field(default_factory=RLock, repr=False)
    _secrets: Mapping[str, Secret] | None = field(default=None, repr=False)
    _variables: Mapping[str, str] | None = field(default=None, repr=False)

    def client(self, service: str, region: str | None = None) -> Any:
        """An AWS client; boto3's session is not made for threads, so they are made one after another."""
        with self._lock:
            return self.target.client(service, region) if region else self.target.client(service)

    def memory(self) -> Memory:
        """The memory, without writing."""
        with self._lock:
            return Looking(self.target.table(self.target.output("StateTableName")), self.now)

    def journal(self) -> Journal:
        """The journal."""
        with self._lock:
            table = self.target.table(self.target.output("JournalTableName"))
        return Journal(table, self.journal_days, self.now)

    @property
    def journal_days(self) -> int:
        """Days that the journal keeps its rows."""
        return int(self.target.parameter("JournalDays", "90"))

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """Every secret that the stack has, by name; read once."""
        with self._lock:
            if self._secrets is None:
                self._secrets = self._read()
            return self._secrets

    def _read(self) -> dict[str, Secret]:
        client, found = self.client("secretsmanager"), dict[str, Secret]()
        for name, output in SECRETS.items():
            try:
                arn = self.target.output(output)
            except TargetError:
                continue  # made only for who watches HubSpot, or keeps a mirror by DSN
            found[name] = read(client, arn)
        return found

    def secret(self, name: str) -> Secret:
        """A secret; one that the stack does not have is empty."""
        return self.secrets.get(name, Secret({}, there=False))

    @property
    def variables(self) -> Mapping[str, str]:
        """The processor's environment; stand-ins of further connections are named there alone."""
        with self._lock:
            if self._variables is None:
                configuration = self.client("lambda").get_function_configuration(
                    FunctionName=self.target.output("ProcessorName")
                )
                self._variables = configuration.get("Environment", {}).get("Variables", {})
            return self._variables

    @property
    def keeps_mirror(self) -> bool:
        """The stack was deployed with a database for the mirror."""
        by_dsn = self.target.parameter("MirrorByDsn", "false") == "true"
        return by_dsn or bool(self.target.parameter("MirrorHost", ""))

    @property
    def slack_api(self) -> str:
        """Base of Slack's Web API, with the slash at the end."""
        return self.target.parameter("SlackApiUrl", "https://slack.com/api/")

    def once(self, session: requests.Session, vendor: str) -> Transport:
        """A way for one request, bounded in time."""
        return once(session, vendor, ANSWER, self.clock)


def read(client: Any, secret_id: str) -> Secret:
    """Read a secret."""
    try:
        answer = client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
    except client.exceptions.ResourceNotFoundException:  # made, but never filled
        return Secret({}, there=False)
    try:
        document = json.loads(answer.get("SecretString") or "{}")
    except ValueError:
        return Secret(None)
    return Secret(document if isinstance(document, dict) else None)
