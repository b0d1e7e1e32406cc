"""The triage's entry point: called by the scheduler every minute; the environment, the clients; see ``watch``, ``patrol``."""

import os
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Protocol, cast

import boto3
import requests

from steward import telemetry
from steward.clients.connection import notion_client, notion_proof, request_budgets
from steward.clients.pager import Topic
from steward.clients.slack_connection import slack_client
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.deployed_rules import path_in
from steward.lane import FIRST
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pending_token import PendingToken
from steward.remembered_bot import keep_bot
from steward.rules import MAIN, MirrorRule, Rules, load
from steward.secret_store import SecretStore
from triage.assemble import Settings, patrol_with
from triage.incidents.by_slack import WhenUnsure
from triage.pace import pace_in
from triage.patrol import Patrol, is_getting_well
from triage.sight import Sight
from triage.standby import invoke_processor
from triage.vitals import tell_incidents, tell_rest
from triage.watch import Look, Watch


class App:
    """What one environment keeps between invocations."""

    def __init__(
        self,
        watch: Watch,
        invoke_processor: Callable[[], None],
        deadline: Deadline,
        keep_bot: Callable[[], None],
        patrol: Patrol,
        switch: LaneSwitch,
        now: Callable[[], datetime],
        count: telemetry.Counter,
    ) -> None:
        self._watch = watch
        self._invoke_processor = invoke_processor
        self._deadline = deadline
        self._keep_bot = keep_bot
        self._patrol = patrol
        self._switch = switch
        self._now = now
        self._count = count
        self._logger = telemetry.make_logger()

    def handle(self, remaining_ms: Callable[[], int]) -> dict[str, str]:
        """Look at the lane, and make a round. The heartbeat comes last: what fails before it leaves us silent, which pages."""
        try:
            try:
                look = self.watch(remaining_ms)
            finally:  # a lane that can't be looked at is no reason to tell nobody of an outage
                incidents = self._patrol.go()
            if self._switch.read().holds and any(is_getting_well(incident) for incident in incidents):
                look = {"look": str(self._watch.look(well=True))}
            tell_incidents(self._count, incidents)
            self._count(telemetry.HEARTBEAT)
        finally:
            self._count.flush()
        return look

    def watch(self, remaining_ms: Callable[[], int]) -> dict[str, str]:
        """Look at the lane only. It comes first, because it needs no more than the lane itself."""
        self._deadline.starts(lambda: remaining_ms() / 1000)
        try:
            look = self._watch.look()
            if look is not Look.RUNNING:  # that is what the heartbeat says, and each metric has its price
                self._count(telemetry.LOOKS, look=str(look))
            log = self._logger.info if look in (Look.RUNNING, Look.RESTING) else self._logger.warning
            log("looked at the lane", look=str(look))
            if look in (Look.RESTING, Look.STILL_DOWN):
                self._invoke_processor()
            if look is Look.RUNNING:
                self._keep_bot()
            tell_rest(self._count, self._switch.read(), self._now())
        finally:
            self._count.flush()
        return {"look": str(look)}


class AwsClients(Protocol):
    """What the triage takes from AWS. Clients may be used by several threads; a table is made anew for each."""

    @property
    def secrets(self) -> Any:
        """A Secrets Manager client."""

    @property
    def functions(self) -> Any:
        """A Lambda client."""

    @property
    def sqs(self) -> Any:
        """An SQS client."""

    @property
    def sns(self) -> Any:
        """An SNS client."""

    @property
    def cloudwatch(self) -> Any:
        """A CloudWatch client, or None to leave throttles and alarms out."""

    def table(self, name: str) -> Any:
        """A new object for a DynamoDB table."""


class Aws:
    """The real ones, from one session."""

    def __init__(self, session: boto3.Session) -> None:
        self.secrets = session.client("secretsmanager")
        self.functions = session.client("lambda")
        self.sqs = session.client("sqs")
        self.sns = session.client("sns")
        self.cloudwatch = session.client("cloudwatch")
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
    rng = rng or random.Random()  # noqa: S311 - jitter, no secret
    count, deadline = telemetry.Counter(), Deadline()
    state_table = aws.table(environ["STATE_TABLE"])
    memory = Memory(state_table, now)
    store = SecretStore(
        aws.secrets, lambda: now().timestamp(), on_stale=lambda: count(telemetry.STALE_SECRET)
    )
    # One attempt: a probe that has to be repeated has failed.
    transport = Transport(session(), "notion", deadline, sleep, rng, read_attempts=1)
    # A probe is made while the lane rests, and the lane has to know of it when it goes on.
    budget = request_budgets(environ, memory, now)[FIRST]
    notion = notion_client(environ, transport=transport, store=store, budget=budget, now=now)
    switch = LaneSwitch(
        memory,
        EventSource(aws.functions, environ["LANE_QUEUE_ARN"], environ["PROCESSOR_FUNCTION"]),
        now,
    )
    rules = load(path_in(environ))
    patrol = patrol_with(
        _settings(environ, rules),
        sight=Sight(environ, clients=aws, rules=rules, session=session, now=now, sleep=sleep),
        memory=memory,
        state_table=state_table,
        journal_table=aws.table(environ["JOURNAL_TABLE"]),
        switch=switch,
        pending=PendingToken(
            aws.secrets, environ["NOTION_SECRET_ID"], ("token",), notion_proof(environ, transport, now)
        ),
        slack=slack_client(
            environ, store=store, session=session, deadline=deadline, now=now, sleep=sleep, rng=rng
        ),
        pager=Topic(aws.sns, environ["ALERT_TOPIC_ARN"]) if environ.get("ALERT_TOPIC_ARN") else None,
        now=now,
        jitter=rng.random,
        logger=telemetry.make_logger(),
        count=count,
    )
    # The lane rests for the main connection only.
    sources = [s.id for s in rules.data_source if s.connection == MAIN]
    return App(
        Watch(switch, notion, sources, now),
        partial(invoke_processor, aws.functions, environ["PROCESSOR_FUNCTION"]),
        deadline,
        partial(keep_bot, memory, notion),
        patrol,
        switch,
        now,
        count,
    )


def _settings(environ: Mapping[str, str], rules: Rules) -> Settings:
    default = rules.slack.default_channel
    channel = environ.get("INCIDENT_CHANNEL") or default
    return Settings(
        channel=channel,
        other_channel=default if channel != default else "",
        dashboard_url=environ.get("DASHBOARD_URL", ""),
        when_unsure=cast("WhenUnsure", environ.get("WHEN_UNSURE") or "resend"),
        journal_days=int(environ.get("JOURNAL_DAYS") or "90"),
        observe_only=environ.get("OBSERVE_ONLY") == "true",
        pace=pace_in(environ),
        mirrors=any(isinstance(a, MirrorRule) for source in rules.data_source for a in source.automation),
    )


@cache
def _app() -> App:
    return make_app(os.environ, aws=Aws(boto3.Session()))


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Lambda's entry point."""
    del event
    return _app().handle(context.get_remaining_time_in_millis)
