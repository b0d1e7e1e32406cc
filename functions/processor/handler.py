"""The processor's entry point: SQS's shapes, the environment, the clients; all decisions are in ``worker`` and ``resting``."""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, Protocol, cast

import boto3
import requests

from processor.assemble import Processor, Settings, assemble
from processor.current_lane import CurrentLane
from processor.message import Message
from processor.mirror_database import MirrorDatabase
from processor.rest import Rest
from processor.settle import WhenUnsure
from steward import telemetry
from steward.clients.connection import notion_client, request_budgets
from steward.clients.email import CONFIG, SesEmail
from steward.clients.notion import NotionClient
from steward.clients.slack_connection import slack_client
from steward.clients.transport import Transport, plain_session
from steward.closings import Closings
from steward.deadline import Deadline
from steward.deployed_rules import path_in
from steward.journal import Journal
from steward.lane import FIRST, Lane
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.mirror.connection import mirror_database
from steward.pauses import Breaker, Pause
from steward.rules import MAIN, Rules, load
from steward.secret_store import SecretStore
from steward.siding import Siding
from steward.state import State


class App:
    """What one environment keeps between invocations."""

    def __init__(self, processor: Processor, deadline: Deadline, count: telemetry.Counter) -> None:
        self._processor = processor
        self._deadline = deadline
        self._count = count

    def handle(self, event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
        """Work the messages of one invocation in order; the first that is given back keeps the rest waiting.

        The triage's call while the lanes rest, ``{"resting": true}``, has none.
        """
        self._deadline.starts(lambda: remaining_ms() / 1000)
        if event.get("resting") is True:
            self._processor.resting.go_on()
        records: Sequence[Mapping[str, Any]] = event.get("Records") or []
        failed: list[dict[str, str]] = []
        for record in records:
            if failed or not self._processor.worker.receive(_message(record)):
                failed.append({"itemIdentifier": str(record["messageId"])})
        self._count.flush()
        return {"batchItemFailures": failed}


def make_app(
    environ: Mapping[str, str],
    *,
    aws: "AwsClients",
    session: Callable[[], requests.Session] = plain_session,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
    rng: random.Random | None = None,
) -> App:
    """Build the application: everything that acts, from its environment and its AWS clients."""
    rng = rng or random.Random()  # noqa: S311 - jitter, no secret
    count, deadline, breaker = telemetry.Counter(), Deadline(), Breaker()
    table = aws.table(environ["STATE_TABLE"])
    journal_table, journal_days = aws.table(environ["JOURNAL_TABLE"]), int(environ.get("JOURNAL_DAYS", "90"))
    state = State(table, now, Closings(journal_table, journal_days, now))
    memory = Memory(table, now)
    store = SecretStore(
        aws.secrets, lambda: now().timestamp(), on_stale=lambda: count(telemetry.STALE_SECRET)
    )
    lane = Lane(
        aws.sqs,
        environ["LANE_QUEUE_URL"],
        int(environ.get("LANES", "1")),
        dead_letter_url=environ["DEAD_LETTER_QUEUE_URL"],
    )
    rules = load(path_in(environ))
    budgets = {MAIN: request_budgets(environ, memory, now)}
    budgets |= {c.name: request_budgets(environ, memory, now, c) for c in rules.connection}
    current = CurrentLane(lane.group_of, budgets)
    rests = {
        c.name: Rest(c.name, current.purse(c.name), memory, now, partial(_count_rest, count, c.name))
        for c in rules.connection
    }
    transport = Transport(session(), "notion", deadline, sleep, rng)

    def client(connection: str) -> NotionClient:
        rest = rests.get(connection)
        return notion_client(
            environ,
            transport=transport,
            store=store,
            budget=rest or current.purse(connection),
            now=now,
            watch=rest.watch if rest else breaker.watch,
            connection=connection,
        )

    logger = telemetry.make_logger()
    mirror = mirror_database(
        environ,
        rules=rules,
        store=store,
        dsql=aws.dsql,
        deadline=deadline,
        clock=lambda: now().timestamp(),
        sleep=sleep,
        rng=rng,
    )
    processor = assemble(
        Settings(
            margin=timedelta(seconds=float(environ.get("SETTLE_MARGIN_SECONDS", "2"))),
            when_unsure=cast("WhenUnsure", environ.get("WHEN_UNSURE") or "resend"),
            sweep_every=timedelta(minutes=int(environ.get("SWEEP_MINUTES", "15"))),
            max_receives=int(environ.get("MAX_RECEIVE_COUNT", "6")),
        ),
        rules=rules,
        state=state,
        memory=memory,
        journal=Journal(journal_table, journal_days, now),
        lane=lane,
        current=current,
        switch=LaneSwitch(
            memory,
            EventSource(aws.functions, environ["LANE_QUEUE_ARN"], environ["AWS_LAMBDA_FUNCTION_NAME"]),
            now,
        ),
        breaker=breaker,
        notions={name: client(name) for name in rules.connections()},
        rests=rests,
        siding=Siding(table, now),
        slack=slack_client(
            environ, store=store, session=session, deadline=deadline, now=now, sleep=sleep, rng=rng
        ),
        email=_email(rules, aws, deadline),
        mirror=MirrorDatabase(mirror, memory=memory, now=now, logger=logger, count=count),
        logger=logger,
        count=count,
        now=now,
        jitter=rng.random,
        time_left=deadline.remaining,
    )
    return App(processor, deadline, count)


class AwsClients(Protocol):
    """What the processor takes from AWS."""

    @property
    def sqs(self) -> Any:
        """An SQS client."""

    @property
    def secrets(self) -> Any:
        """A Secrets Manager client."""

    @property
    def functions(self) -> Any:
        """A Lambda client."""

    def ses(self, region: str | None) -> Any:
        """An SES v2 client that repeats nothing; of the stack's own region without one."""

    def dsql(self, region: str) -> Any:
        """An Aurora DSQL client of a region."""

    def table(self, name: str) -> Any:
        """A DynamoDB table."""


class Aws:
    """The real ones, from one session."""

    def __init__(self, session: boto3.Session) -> None:
        self.sqs = session.client("sqs")
        self.secrets = session.client("secretsmanager")
        self.functions = session.client("lambda")
        self._dynamodb = session.resource("dynamodb")
        self._session = session

    def ses(self, region: str | None) -> Any:
        """An SES v2 client."""
        return self._session.client("sesv2", region_name=region, config=CONFIG)

    def dsql(self, region: str) -> Any:
        """An Aurora DSQL client."""
        return self._session.client("dsql", region_name=region)

    def table(self, name: str) -> Any:
        """A DynamoDB table."""
        return self._dynamodb.Table(name)


@cache
def _app() -> App:
    return make_app(os.environ, aws=Aws(boto3.Session()))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point."""
    return _app().handle(event, context.get_remaining_time_in_millis)


def _message(record: Mapping[str, Any]) -> Message:
    attributes = record.get("attributes") or {}
    return Message(
        id=record["messageId"],
        receipt=record["receiptHandle"],
        body=record["body"],
        group=attributes.get("MessageGroupId", FIRST),
        receives=int(attributes.get("ApproximateReceiveCount", "1")),
        sent_at=_moment(attributes.get("SentTimestamp")),
    )


def _count_rest(count: telemetry.Count, connection: str, pause: Pause) -> None:
    count(telemetry.RESTS, connection=connection, cause=str(pause.cause))


def _moment(milliseconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None


def _email(rules: Rules, aws: AwsClients, deadline: Deadline) -> SesEmail:
    if rules.email is None:  # few stacks send any
        return SesEmail(None, "", deadline)
    return SesEmail(aws.ses(rules.email.region), rules.email.sender, deadline, rules.email.reply_to)
