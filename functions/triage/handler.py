"""The triage's entry point: called by the scheduler every minute; the environment, the clients; see ``watch``."""

import os
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

import boto3
import requests

from steward import telemetry
from steward.clients.connection import notion_client, request_budgets
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.lane import FIRST
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.rules import MAIN, load, path_in
from steward.secret_store import SecretStore
from triage.standby import Standby
from triage.vitals import tell_rest
from triage.watch import Look, Watch
from triage.who import Who


class App:
    """What one environment keeps between invocations."""

    def __init__(
        self,
        watch: Watch,
        standby: Standby,
        deadline: Deadline,
        who: Who,
        vitals: Callable[[], None],
        count: telemetry.Counter,
    ) -> None:
        self._watch = watch
        self._standby = standby
        self._deadline = deadline
        self._who = who
        self._vitals = vitals
        self._count = count
        self._logger = telemetry.make_logger()

    def handle(self, remaining_ms: Callable[[], int]) -> dict[str, str]:
        """Look once. The heartbeat comes last: what fails before it leaves the triage silent, which pages."""
        self._deadline.starts(lambda: remaining_ms() / 1000)
        try:
            look = self._watch.look()
            self._count(telemetry.LOOKS, look=str(look))
            log = self._logger.info if look in (Look.RUNNING, Look.RESTING) else self._logger.warning
            log("looked at the lane", look=str(look))
            if look in (Look.RESTING, Look.STILL_DOWN):
                self._standby.call()
            if look is Look.RUNNING:
                self._who.keep()
            self._vitals()
            self._count(telemetry.HEARTBEAT)
        finally:
            self._count.flush()
        return {"look": str(look)}


class AwsClients(Protocol):
    """What the triage takes from AWS."""

    @property
    def secrets(self) -> Any:
        """A Secrets Manager client."""

    @property
    def functions(self) -> Any:
        """A Lambda client."""

    def table(self, name: str) -> Any:
        """A DynamoDB table."""


class Aws:
    """The real ones, from one session."""

    def __init__(self, session: boto3.Session) -> None:
        self.secrets = session.client("secretsmanager")
        self.functions = session.client("lambda")
        self._dynamodb = session.resource("dynamodb")

    def table(self, name: str) -> Any:
        """A DynamoDB table."""
        return self._dynamodb.Table(name)


def make_app(
    environ: Mapping[str, str],
    *,
    aws: AwsClients,
    session: Callable[[], requests.Session] = plain_session,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
    rng: random.Random | None = None,
) -> App:
    """Build the application: everything that acts, from its environment and its AWS clients."""
    count, deadline = telemetry.Counter(), Deadline()
    memory = Memory(aws.table(environ["STATE_TABLE"]), now)
    store = SecretStore(
        aws.secrets, lambda: now().timestamp(), on_stale=lambda: count(telemetry.STALE_SECRET)
    )
    notion = notion_client(
        environ,
        # One attempt: a probe that has to be repeated has failed.
        transport=Transport(session(), "notion", deadline, sleep, rng or random.Random(), read_attempts=1),  # noqa: S311
        store=store,
        # A probe is made while the lane rests, and the lane has to know of it when it goes on.
        budget=request_budgets(environ, memory, now)[FIRST],
        now=now,
    )
    switch = LaneSwitch(
        memory,
        EventSource(aws.functions, environ["LANE_QUEUE_ARN"], environ["PROCESSOR_FUNCTION"]),
        now,
    )
    # The lane rests for the main connection only.
    sources = [s.id for s in load(path_in(environ)).data_source if s.connection == MAIN]
    standby = Standby(aws.functions, environ["PROCESSOR_FUNCTION"])

    def vitals() -> None:
        tell_rest(count, switch.read(), now())

    return App(Watch(switch, notion, sources, now), standby, deadline, Who(memory, notion), vitals, count)


@cache
def _app() -> App:
    return make_app(os.environ, aws=Aws(boto3.Session()))


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Lambda's entry point."""
    del event
    return _app().handle(context.get_remaining_time_in_millis)
