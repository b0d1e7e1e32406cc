"""One Steward with its world for many runs: each has a page of its own and finds the tables as the first one did.

Building a stand takes half a second, resetting it a hundredth. What could carry over is reset: tables, secrets, faults,
capabilities, settings. What can't is out of reach: hours pass between two runs, and a page is found by its own title.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any
from unittest.mock import patch
from uuid import UUID

from infra.local.simulators.notion import NotionSimulator
from infra.local.simulators.slack import SlackSimulator
from steward.aws_trouble import passes
from steward.envelope import Order, encode_order
from steward.lane import FIRST, Lane
from tests.crash.calls import Wire, tapped
from tests.crash.tables import Tables
from tests.integration.partner import standing_with_partner
from tests.integration.stand import REGION, Death, Stand

BETWEEN_RUNS = 7200
"""Seconds: longer than any budget, block or wait of the run before."""

MOST_STEPS, MOST_MINUTES = 60, 40

QUARTER = 900
"""Seconds between two ticks that sweep or remind."""

NOON = 43_200
"""Seconds; half of a day."""

CHANNELS = ("#tasks", "#team")

ENVIRON = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "POWERTOOLS_SERVICE_NAME": "crash",
    "POWERTOOLS_METRICS_NAMESPACE": "Steward",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",  # thousands of runs; a report names what went wrong
}

_IDS = count(1)

Rows = list[dict[str, Any]]


class Stage:
    """One run: a page or some, the events about them, and the invocations that work them."""

    def __init__(
        self, stand: Stand, partner: NotionSimulator, wire: Wire, title: str, ticks: tuple[str, ...]
    ) -> None:
        self.partner = partner
        """The other workspace."""
        self.elsewhere: dict[str, str] = {}
        """Pages there, by a name."""
        self.seen_elsewhere: Callable[[], list[str]] = list
        self._stand, self._wire, self._ticks = stand, wire, ticks
        self._tables = tables_of(stand)
        self._title = title
        self._titles: dict[str, int] = {}
        self._retyped: dict[str, str] = {}
        self.pages: list[str] = []
        self.page_id = self.add_page()
        self._triage: Any = None
        self.printed = StringIO()
        self.events: list[dict[str, Any]] = []
        self.unexpected = 0
        self._environment: Any = None

    @property
    def notion(self) -> NotionSimulator:
        """The workspace."""
        return self._stand.notion

    @property
    def slack(self) -> SlackSimulator:
        """The team's Slack."""
        return self._stand.slack

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._stand.clock.sleep(seconds)

    def wait_for_noon(self) -> None:
        """Let time pass until noon in UTC, for what depends on the time of day."""
        self.wait(2 * NOON - (self._stand.clock.time() - NOON) % (2 * NOON))

    def add_page(self, lane: int | None = None) -> str:
        """One page more, on this lane if that matters; the first is there from the beginning."""
        title = f"{self._title}, {len(self.pages)}"
        while True:
            # In the order in which they are made, wherever ids decide an order: else no run could be repeated.
            page_id = str(UUID(int=next(_IDS), version=4))
            self._stand.notion.add_page(self.source_id, {"Name": title}, page_id=page_id)
            if lane is None or self._stand.group_of(page_id) == f"lane-{lane}":
                break
            self._stand.notion.delete_forever(page_id)
        self._titles[title] = len(self.pages)
        self.pages.append(page_id)
        return page_id

    def assign(self, *names: str, page: int = 0) -> None:
        """Make these people a page's assignees."""
        people = (getattr(self._stand.demo, name.lower()) for name in names)
        self._stand.assign(self.pages[page], *people)

    def let_be_due(self, days: int, page: int = 0) -> None:
        """Make a page due in so many days."""
        day = (self._stand.clock.now() + timedelta(days=days)).date().isoformat()
        self.notion.edit(self.pages[page], properties={"Due": day}, by=self._stand.demo.chloe, silent=True)

    def deliver(self, page: int = 0, **changes: Any) -> None:
        """Notion tells of a page."""
        self.events.append(self._stand.send(self.pages[page], **changes))

    def deliver_of(self, page_id: str, **changes: Any) -> None:
        """A workspace tells of any page."""
        self.events.append(self._stand.send(page_id, **changes))

    @property
    def source_id(self) -> str:
        """The data source of the pages here."""
        return self._stand.demo.data_source_id

    def now(self) -> str:
        """The time, as webhooks have it."""
        return self._stand.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def deliver_late(self, page: int = 0) -> None:
        """Notion tells of a page an hour after the change."""
        at = self._stand.clock.now() - timedelta(hours=1)
        self.deliver(page, timestamp=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"))

    def retype(self, name: str, kind: str, *, back_to: str) -> None:
        """Make a property of another type, until the run is over, and have Notion tell of it."""
        self._retyped[name] = back_to
        source_id = self._stand.demo.data_source_id
        self.notion.update_schema(source_id, retype={name: kind})
        parent = {"id": self._stand.demo.database_id, "type": "database"}
        self.deliver(
            type="data_source.schema_updated",
            entity={"id": source_id, "type": "data_source"},
            data={"parent": parent, "updated_properties": []},
        )

    def order_baseline(self) -> None:
        """An operator lets Steward remember the whole data source."""
        order = Order(self._stand.demo.data_source_id, "run")
        Lane(self._stand.sqs, self._stand.environ["LANE_QUEUE_URL"]).republish(
            encode_order(order), FIRST, f"order {self._title}"
        )

    def deliver_again(self) -> None:
        """Notion repeats its last event."""
        body = json.dumps({**self.events[-1], "attempt_number": 2}).encode()
        assert self._stand.deliver(body) == 200

    def tick(self, kind: str = "settle") -> None:
        """The scheduler's tick."""
        self._stand.tick(kind)

    def stale_ticks(self, number: int) -> None:
        """Messages that wait and cost nothing: ticks from before a pause."""
        for _ in range(number):
            self._stand.tick("settle", self._stand.clock.now() - timedelta(hours=1))

    def look(self) -> None:
        """The triage's look, and what it calls; what one of them raises, the next look in a minute makes good."""
        try:
            with redirect_stdout(self.printed), self._wire.listened():
                self._triage = self._triage or self._stand.watcher()
                self._triage.watch(self._wire.remaining_ms)
        except Death:
            self._triage = None
        except Exception as error:  # noqa: BLE001 - Lambda keeps an environment whose handler raised
            self.unexpected += not passes(error)
        while self._stand.functions.invoked:
            self._call(self._stand.functions.invoked.pop(0))

    def deploy(self) -> None:
        """CloudFormation enables an event source that was disabled behind its back."""
        self._stand.functions.deploy()

    def work(self) -> None:
        """Invoke until the lane is empty.

        Raises:
            AssertionError: it does not become so.
        """
        for _ in range(MOST_STEPS):
            if not self.work_one():
                return
        self._purge("LANE_QUEUE_URL")
        raise AssertionError("the lane does not become empty")

    def minute(self) -> None:
        """A minute passes, with the settle tick and the triage's look in it."""
        self.wait(60)
        self.tick()
        self.look()
        self.work()

    def work_one(self) -> bool:
        """Invoke with the next message; False when there is none."""
        record = self._stand.receive()
        if record is not None:
            self._invoke(record)
        return record is not None

    def spend_a_receive(self) -> None:
        """The next message is received by an environment that dies at once."""
        record = self._stand.receive()
        assert record is not None
        self._stand.time_out(record)

    def finish(self) -> None:
        """Work, minute by minute, until nothing is owed and the lane runs, or it does not get there."""
        self.work()
        self._settle_down()
        if self._ticks:
            # What fails holds up one of them at most; the last finds nothing that was not told already.
            for _ in range(1 + self._wire.struck):
                self.wait(QUARTER)
                for kind in self._ticks:
                    self.tick(kind)
                self.work()
                self._settle_down()

    def _settle_down(self) -> None:
        for _ in range(MOST_MINUTES):
            if self.is_running() and not self.still_open():
                return
            self.minute()
        self._purge("LANE_QUEUE_URL")

    def is_running(self) -> bool:
        """Whether the lane neither rests nor is about to go on."""
        rows = self._tables.rows(self._stand.environ["STATE_TABLE"])
        pause = next((json.loads(row["document"]) for row in rows if row["pk"] == "MEMORY#PAUSE"), None)
        return self._stand.functions.enabled and (pause is None or pause["phase"] == "running")

    def new_environment(self) -> None:
        """The next invocation starts cold."""
        self._environment = None

    def still_open(self) -> list[dict[str, str]]:
        """What is still owed, as the State table has it, and the events that wait beside the lane."""
        rows = self._tables.rows(self._stand.environ["STATE_TABLE"])
        return [
            {"status": "aside", **row}
            for row in rows
            if row.get("status") in ("planned", "started") or row.get("due", "").startswith("event@")
        ]

    def unfinished_orders(self) -> list[str]:
        """Orders that nobody works any more and that did not come to their end."""
        rows = self._tables.rows(self._stand.environ["STATE_TABLE"])
        found = [json.loads(row["document"]) for row in rows if row["pk"].startswith("MEMORY#BASELINE#")]
        return [
            f"an order is {order['phase']}: {order['why']}" for order in found if order["phase"] != "done"
        ]

    def decisions(self) -> list[str | None]:
        """What the journal says of each event; None where it says nothing."""
        rows = self._tables.rows(self._stand.environ["JOURNAL_TABLE"])
        found = {row["pk"]: row["decision"] for row in rows if "decision" in row}
        return [found.get(f"EVENT#{event['id']}") for event in self.events]

    def dead_letters(self) -> Rows:
        """What lies among the dead letters, and no longer does."""
        found = self._stand.dead_letters()
        if found:
            self._purge("DEAD_LETTER_QUEUE_URL")
        return found

    def told(self) -> list[str]:
        """Everything that people have seen: way and person, and the page's number if it is not the first."""
        names = {getattr(self._stand.demo, name.lower()): name for name in ("Ann", "Ben", "Chloe")}
        comments = [
            f"comment {names[run['mention']['user']['id']]}{_number(page)}"
            for page, page_id in enumerate(self.pages)
            for comment in self.notion.comments(page_id)
            for run in comment["rich_text"]
            if run["type"] == "mention"
        ]
        lines = [line for channel in CHANNELS for line in self._stand.notices(channel)]
        found = [(line.split("*")[1], line.rpartition("|")[2].partition(">")[0]) for line in lines]
        texts = [m["text"] for channel in CHANNELS for m in self.slack.messages(channel)]
        said = [f"message {what}" for text in texts for what in ("breaks:", "well again") if what in text]
        told = [f"message {who}{_number(self._titles[title])}" for who, title in found]
        return self.seen_elsewhere() + said + comments + told

    def leave(self) -> None:
        """Take the pages away, so that no later run meets them, and mend the schema."""
        if self._retyped:
            self.notion.update_schema(self._stand.demo.data_source_id, retype=self._retyped)
        for page_id in self.pages:
            self.notion.delete_forever(page_id)

    def counted(self, metric: str) -> int:
        """How many times a metric was counted, as the functions' output has it."""
        blobs = [json.loads(line) for line in self.printed.getvalue().splitlines() if '"_aws"' in line]
        return int(sum(sum(blob.get(metric, [])) for blob in blobs))

    def _purge(self, queue: str) -> None:
        self._stand.sqs.purge_queue(QueueUrl=self._stand.environ[queue])

    def _call(self, payload: Mapping[str, Any]) -> None:
        """What Lambda does with a call that nobody waits for, and that is not to be repeated."""
        try:
            with redirect_stdout(self.printed), self._wire.listened():
                self._environment = self._environment or self._stand.restart()
                self._environment.handle(payload, self._wire.remaining_ms)
        except Death:
            self._environment = None
        except Exception as error:  # noqa: BLE001 - Lambda keeps an environment whose handler raised
            self.unexpected += not passes(error)

    def _invoke(self, record: Mapping[str, Any]) -> None:
        """What Lambda and the event source mapping do with a message."""
        try:
            with redirect_stdout(self.printed), self._wire.listened():
                self._environment = self._environment or self._stand.restart()
                answer = self._environment.handle({"Records": [record]}, self._wire.remaining_ms)
        except Death:
            self._environment = None
            self._stand.time_out(record)
        except Exception:  # noqa: BLE001 - Lambda keeps an environment whose handler raised, and the lane its message
            self._stand.time_out(record)
        else:
            if not answer["batchItemFailures"]:
                self._stand.acknowledge(record)


def _number(page: int) -> str:
    return f" {page}" if page else ""


class World:
    """Sets the stage, again and again."""

    def __init__(self, stand: Stand, partner: NotionSimulator, wire: Wire) -> None:
        self._stand, self._partner = stand, partner
        self.wire = wire
        self._titles = (f"Task {number} of the harness" for number in count(1))
        self._environ = dict(stand.environ)
        self.asked: dict[str, frozenset[str]] = {}
        self._by: str | None = None
        self._last: Stage | None = None
        for page_id in stand.demo.tasks.values():
            stand.notion.delete_forever(page_id)
        self._memory = self._learnt()

    def stage(
        self, environ: Mapping[str, str], *, webhook: bool, remembers: bool, ticks: tuple[str, ...]
    ) -> Stage:
        """A stage that knows nothing of the ones before it."""
        stand = self._stand
        self.wire.prepare({})
        stand.clock.sleep(BETWEEN_RUNS)
        stand.notion.set_capabilities({"users": "with_email"})
        stand.notion.clear_faults()
        self._partner.clear_faults()
        stand.slack.clear_faults()
        stand.slack.empty_channels()
        stand.notion.add_token(stand.notion.token)
        stand.functions.deploy()
        stand.functions.invoked.clear()
        if self._last is not None:
            self._last.leave()
        self._restore(self._memory if remembers else [])
        stand.environ = {**self._environ, **environ}
        self._reach_slack("webhook" if webhook else "bot")
        self._last = Stage(stand, self._partner, self.wire, next(self._titles), ticks)
        return self._last

    def fill(self, name: str, document: Mapping[str, Any]) -> None:
        """Give a secret another content."""
        self._stand.secrets.put_secret_value(
            SecretId=self._environ[f"{name}_SECRET_ID"], SecretString=json.dumps(document)
        )

    def _learnt(self) -> Any:
        """What a system that has been running remembers: the channel's id and which property is the assignee."""
        self._reach_slack("bot")
        stage = self._last = Stage(self._stand, self._partner, self.wire, next(self._titles), ())
        stage.assign("Chloe")
        stage.deliver()
        stage.work()
        return tables_of(self._stand).copy(self._environ["STATE_TABLE"], "MEMORY#")

    def _restore(self, memory: Any) -> None:
        tables_of(self._stand).put_back(self._environ["STATE_TABLE"], memory)
        tables_of(self._stand).put_back(self._environ["JOURNAL_TABLE"], [])

    def _reach_slack(self, by: str) -> None:
        slack = self._stand.slack
        if by == self._by:
            return
        document = {
            "bot_token": slack.bot_token if by == "bot" else "",
            "webhook_url": slack.webhook_url if by == "webhook" else "",
        }
        self._stand.secrets.put_secret_value(
            SecretId=self._environ["SLACK_SECRET_ID"], SecretString=json.dumps(document)
        )
        self._by = by


def tables_of(stand: Stand) -> Tables:
    """Its tables, which are in memory."""
    assert stand.tables is not None
    return Tables(stand.tables.database)


@contextmanager
def world() -> Iterator[World]:
    """A world with a wire in it."""
    wire = Wire()
    with (
        patch.dict(os.environ, ENVIRON),
        standing_with_partner() as (stand, partner),
        tapped(wire, stand.slack.url),
    ):
        yield World(stand, partner, wire)
