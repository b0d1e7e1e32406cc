"""One Steward with its world for many runs: each has a page of its own and finds the tables as the first one did.

Building a stand takes half a second, resetting it a hundredth. What could carry over is reset: tables, secrets, faults,
capabilities, settings. What can't is out of reach: hours pass between two runs, and a page is found by its own title.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from itertools import count
from typing import Any
from unittest.mock import patch

from infra.local.simulators.notion import NotionSimulator
from infra.local.simulators.slack import SlackSimulator
from tests.crash.calls import Wire, tapped
from tests.crash.tables import Tables
from tests.integration.short_cut import shorten
from tests.integration.stand import REGION, Death, Stand, standing

BETWEEN_RUNS = 7200
"""Seconds: longer than any budget, block or wait of the run before."""

MOST_STEPS, MOST_TICKS = 60, 40

ENVIRON = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "POWERTOOLS_SERVICE_NAME": "crash",
    "POWERTOOLS_METRICS_NAMESPACE": "Steward",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",  # thousands of runs; a report names what went wrong
}

Rows = list[dict[str, Any]]


class Stage:
    """One run: a page, the events about it, and the invocations that work them."""

    def __init__(self, stand: Stand, wire: Wire, title: str) -> None:
        self._stand, self._wire, self._tables = stand, wire, Tables()
        self.title = title
        self.page_id = stand.notion.add_page(stand.demo.data_source_id, {"Name": title})
        self.printed = StringIO()
        self.events: list[dict[str, Any]] = []
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

    def assign(self, *names: str) -> None:
        """Make these people the page's assignees."""
        self._stand.assign(self.page_id, *(getattr(self._stand.demo, name.lower()) for name in names))

    def deliver(self, **changes: Any) -> None:
        """Notion tells of the page."""
        self.events.append(self._stand.send(self.page_id, **changes))

    def deliver_again(self) -> None:
        """Notion repeats its last event."""
        body = json.dumps({**self.events[-1], "attempt_number": 2}).encode()
        assert self._stand.deliver(body) == 200

    def tick(self) -> None:
        """The scheduler's settle tick."""
        self._stand.settle()

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
        """Work, with the scheduler's ticks, until the page owes nothing more or does not get there."""
        self.work()
        for _ in range(MOST_TICKS):
            if not self.still_open():
                return
            self.wait(60)
            self.tick()
            self.work()

    def new_environment(self) -> None:
        """The next invocation starts cold."""
        self._environment = None

    def still_open(self) -> list[dict[str, str]]:
        """What the page still owes, as the State table has it."""
        rows = self._tables.rows(self._stand.environ["STATE_TABLE"])
        return [row for row in rows if row.get("status") in ("planned", "started")]

    def decisions(self) -> list[str | None]:
        """What the journal says of each event; None where it says nothing."""
        rows = self._tables.rows(self._stand.environ["JOURNAL_TABLE"])
        found = {row["pk"]: row["decision"] for row in rows}
        return [found.get(f"EVENT#{event['id']}") for event in self.events]

    def dead_letters(self) -> Rows:
        """What lies among the dead letters, and no longer does."""
        found = self._stand.dead_letters()
        if found:
            self._purge("DEAD_LETTER_QUEUE_URL")
        return found

    def told(self) -> list[str]:
        """Everything that people have seen of this page."""
        names = {getattr(self._stand.demo, name.lower()): name for name in ("Ann", "Ben", "Chloe")}
        comments = [
            f"comment {names[run['mention']['user']['id']]}"
            for comment in self.notion.comments(self.page_id)
            for run in comment["rich_text"]
            if run["type"] == "mention"
        ]
        texts = [t for channel in ("#tasks", "#team") for t in self._stand.messages(channel)]
        return comments + [f"message {t.split('*')[1]}" for t in texts if t.endswith(f"|{self.title}>")]

    def counted(self, metric: str) -> int:
        """How many times a metric was counted, as the functions' output has it."""
        blobs = [json.loads(line) for line in self.printed.getvalue().splitlines() if '"_aws"' in line]
        return int(sum(sum(blob.get(metric, [])) for blob in blobs))

    def _purge(self, queue: str) -> None:
        self._stand.sqs.purge_queue(QueueUrl=self._stand.environ[queue])

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


class World:
    """Sets the stage, again and again."""

    def __init__(self, stand: Stand, wire: Wire) -> None:
        self._stand = stand
        self.wire = wire
        self._titles = (f"Task {number} of the harness" for number in count(1))
        self._environ = dict(stand.environ)
        self._by: str | None = None
        self._memory = self._learnt()

    def stage(self, environ: Mapping[str, str], *, webhook: bool, remembers: bool) -> Stage:
        """A stage that knows nothing of the ones before it."""
        stand = self._stand
        self.wire.prepare({})
        stand.clock.sleep(BETWEEN_RUNS)
        stand.notion.set_capabilities({"users": "with_email"})
        stand.notion.clear_faults()
        stand.slack.clear_faults()
        self._restore(self._memory if remembers else {})
        stand.environ = {**self._environ, **environ}
        self._reach_slack("webhook" if webhook else "bot")
        return Stage(stand, self.wire, next(self._titles))

    def _learnt(self) -> Any:
        """What a system that has been running remembers: the channel's id and which property is the assignee."""
        self._reach_slack("bot")
        stage = Stage(self._stand, self.wire, next(self._titles))
        stage.assign("Chloe")
        stage.deliver()
        stage.work()
        return Tables().copy(self._environ["STATE_TABLE"], "MEMORY#")

    def _restore(self, memory: Any) -> None:
        Tables().put_back(self._environ["STATE_TABLE"], memory)
        Tables().put_back(self._environ["JOURNAL_TABLE"], {})

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


@contextmanager
def world() -> Iterator[World]:
    """A world with a wire in it."""
    wire = Wire()
    with patch.dict(os.environ, ENVIRON), standing() as stand, tapped(wire, stand.slack.url):
        shorten(stand.dynamodb.meta.client, stand.sqs, stand.secrets)
        yield World(stand, wire)
