"""The whole of Steward in one process: ingest and processor on moto, against the simulators, with time injected.

The lane is moto's queue; what the event source mapping does is done here: receive one message, call the function,
delete what was not reported as failed. A message that was given back for later comes back at once, and the clock jumps
by what it was asked to wait.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from random import Random
from typing import Any

from moto import mock_aws

from infra.local.simulators.notion import Demo, NotionSimulator, seed_demo
from infra.local.simulators.slack import SlackSimulator
from ingest import handler as ingest
from processor import handler as processor
from steward.lane import FIRST, groups_of, lane_of
from steward.signature import sign
from tests.integration.aws import REGION, ROOT, TOKEN, Aws, Functions, Waiting, make_resources, session_of_all
from tests.integration.clock import Clock
from tests.integration.fifo import FifoQueues
from tests.integration.short_cut import shorten
from tests.integration.short_way import short_ways, to_notion, to_slack
from tests.integration.tables import Tables
from triage import handler as triage

__all__ = ["REGION", "Death", "Stand", "standing"]


_NOTICES = ("is now assigned to", " is due ", " was due ")
"""What tells a line of a message from its head."""


class Death(BaseException):
    """The environment dies: nothing catches this."""


class Stand:
    """One Steward with its world. Make it with ``standing``."""

    def __init__(
        self,
        notion: NotionSimulator,
        slack: SlackSimulator,
        clock: Clock,
        environ: Mapping[str, str],
        *,
        quick: bool = False,
    ) -> None:
        self.notion, self.slack, self.clock = notion, slack, clock
        self.demo: Demo = seed_demo(notion)
        session = session_of_all()
        self.secrets = session.client("secretsmanager")
        if quick:
            shorten(self.secrets)
        self.tables = Tables() if quick else None
        self.dynamodb: Any = self.tables or session.resource("dynamodb")
        self.environ = {**make_resources(session, self.tables, secrets=self.secrets), **environ}
        self.queues = FifoQueues(clock.time) if quick else None
        self.sqs: Any = self.queues or Waiting(session.client("sqs"), clock)
        if self.queues is not None:
            dead, receives = self.environ["DEAD_LETTER_QUEUE_URL"], int(self.environ["MAX_RECEIVE_COUNT"])
            self.queues.make(dead)
            self.queues.make(self.environ["LANE_QUEUE_URL"], dead_letters=dead, max_receives=receives)
        self.ingest = ingest.make_app(self.environ, self.sqs, self.secrets, clock.time, clock.now)
        self.functions = Functions(self.environ["LANE_QUEUE_ARN"], "processor", "another")
        self.aws = Aws(self.sqs, self.secrets, self.dynamodb, self.functions)
        self.app = self.restart()
        self.time_left = 30_000
        """Milliseconds that an invocation has."""

    def restart(self) -> processor.App:
        """A new environment, as after a death or a deploy."""
        self.app = processor.make_app(
            self.environ, aws=self.aws, now=self.clock.now, sleep=self.clock.sleep, rng=Random(7)
        )
        return self.app

    def look(self) -> str:
        """The triage's look at the lane, in a new environment, and what it has the processor do."""
        look = self.watcher().watch(lambda: 30_000)["look"]
        while self.functions.invoked:
            self.app.handle(self.functions.invoked.pop(0), lambda: self.time_left)
        return look

    def watcher(self) -> triage.App:
        """The triage, in a new environment."""
        return triage.make_app(
            self.environ, aws=self.aws, now=self.clock.now, sleep=self.clock.sleep, rng=Random(7)
        )

    def deliver(self, body: bytes, signature: str | None = None) -> int:
        """Deliver a body as API Gateway does; the status of the answer."""
        event = {
            "rawPath": "/webhooks/notion",
            "headers": {
                "x-notion-signature": signature or sign(body, TOKEN),
                "content-type": "application/json",
            },
            "requestContext": {"http": {"method": "POST"}},
            "body": body.decode(),
            "isBase64Encoded": False,
        }
        return int(self.ingest.handle(event)["statusCode"])

    def group_of(self, page_id: str) -> str:
        """The lane of a page."""
        groups = groups_of(int(self.environ.get("LANES", "1")))
        return groups[lane_of(page_id, len(groups))]

    def send(self, page_id: str, **changes: Any) -> dict[str, Any]:
        """Deliver an official event about a page; returns its payload."""
        payload = self.payload(page_id, **changes)
        assert self.deliver(json.dumps(payload).encode()) == 200
        return payload

    def payload(self, page_id: str, **changes: Any) -> dict[str, Any]:
        """An event that says that the assignee of a page has just changed."""
        return {
            "id": f"event-{next(self._ids)}",
            "timestamp": self.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "workspace_id": "w",
            "subscription_id": "s",
            "type": "page.properties_updated",
            "authors": [{"id": self.demo.ben, "type": "person"}],
            "attempt_number": 1,
            "entity": {"id": page_id, "type": "page"},
            "data": {
                "parent": {
                    "id": self.demo.database_id,
                    "type": "database",
                    "data_source_id": self.demo.data_source_id,
                },
                "updated_properties": ["XGe%40"],
            },
            **changes,
        }

    _ids: Iterator[int] = iter(range(1, 1_000_000))

    def add_tasks(self, count: int) -> list[str]:
        """Make pages ``Task 0``, ``Task 1``, …, assigned to nobody, which Steward has not seen."""
        source = self.demo.data_source_id
        return [self.notion.add_page(source, {"Name": f"Task {number}"}) for number in range(count)]

    def known_tasks(self, count: int) -> list[str]:
        """Make such pages and let a sweep see them; none of that is news any more."""
        pages = self.add_tasks(count)
        self.clock.sleep(600)
        self.sweep()
        self.clock.sleep(600)
        return pages

    def assign(self, page_id: str, *people: str) -> None:
        """Change the assignees in Notion, without a webhook."""
        self.notion.edit(page_id, properties={"Assignee": list(people)}, by=self.demo.chloe, silent=True)

    def settle(self) -> None:
        """Send the scheduler's tick for what is due."""
        self.tick("settle")

    def sweep(self) -> None:
        """Send the scheduler's tick for the sweep, and work the lane off."""
        self.tick("sweep")
        self.work()

    def remind(self) -> None:
        """Send the scheduler's tick for deadlines, work the lane off, and let what is owed be told."""
        self.tick("remind")
        self.work()
        self.gather()

    def tick(self, kind: str, at: datetime | None = None) -> None:
        """Send a tick of the scheduler, of now or of another time."""
        body = json.dumps({"v": 1, "kind": kind, "at": (at or self.clock.now()).isoformat()})
        self.sqs.send_message(
            QueueUrl=self.environ["LANE_QUEUE_URL"],
            MessageBody=body,
            MessageGroupId=FIRST,
            MessageDeduplicationId=f"tick-{next(self._ids)}",
        )

    def receive(self) -> dict[str, Any] | None:
        """The next message of the lane as Lambda gets it, or None when the lane is empty or its event source is off."""
        while self.functions.enabled:
            answer = self.sqs.receive_message(
                QueueUrl=self.environ["LANE_QUEUE_URL"], AttributeNames=["All"], MaxNumberOfMessages=1
            )
            for message in answer.get("Messages", []):
                return {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                }
            if not self._wait_for_the_next():
                break
        return None

    def acknowledge(self, record: Mapping[str, Any]) -> None:
        """Take a message off the lane."""
        self.sqs.delete_message(
            QueueUrl=self.environ["LANE_QUEUE_URL"], ReceiptHandle=record["receiptHandle"]
        )

    def time_out(self, record: Mapping[str, Any]) -> None:
        """Let the time pass in which the lane hides a message that nobody acknowledged."""
        self.sqs.change_message_visibility(
            QueueUrl=self.environ["LANE_QUEUE_URL"],
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=180,
        )

    def step(self) -> bool | None:
        """Work one message.

        True when it was acknowledged, False when it was given back, None when the lane is empty or its event source is off.
        """
        record = self.receive()
        return None if record is None else self.invoke(record)

    def invoke(self, record: Mapping[str, Any]) -> bool:
        """Call the function with a message; True when it was acknowledged."""
        try:
            failed = self.app.handle({"Records": [record]}, lambda: self.time_left)["batchItemFailures"]
        except Death:
            self.time_out(record)
            self.restart()
            return False
        if failed:
            return False
        self.acknowledge(record)
        return True

    def _wait_for_the_next(self) -> bool:
        """Let time pass until a hidden message shows; False when there is none."""
        at = self.queues.next_visible(self.environ["LANE_QUEUE_URL"]) if self.queues is not None else None
        if at is None:
            return False
        self.clock.sleep(max(at - self.clock.time(), 0.001))
        return True

    def work(self, limit: int = 3000) -> int:
        """Work until the lane is empty; returns how many messages were acknowledged."""
        done = 0
        for _ in range(limit):
            stepped = self.step()
            if stepped is None:
                return done
            done += stepped
        raise AssertionError(f"the lane is not empty after {limit} steps")

    def comments(self, page_id: str) -> list[str]:
        """The texts of Steward's comments on a page."""
        return [c["text"] for c in self.notion.comments(page_id)]

    def told(self, page_id: str) -> list[str]:
        """Ids of the people whom Steward's comments on a page mention, oldest first."""
        return [c["rich_text"][0]["mention"]["user"]["id"] for c in self.notion.comments(page_id)]

    def messages(self, channel: str = "#tasks") -> list[str]:
        """The texts in a Slack channel."""
        return [self._read(m["text"]) for m in self.slack.messages(channel)]

    def notices(self, channel: str = "#tasks", first: int = 0) -> list[str]:
        """The notices in a Slack channel from its ``first`` message on, whether they came alone or in a digest."""
        messages = self.slack.messages(channel)[first:]
        texts = [self._read(block["text"]["text"]) for m in messages for block in m["blocks"]]
        lines = [line for text in texts for line in text.split("\n")]
        return [line for line in lines if any(words in line for words in _NOTICES)]

    def _read(self, text: str) -> str:
        """A message as its readers see it: a mention as the name of whom it pings."""
        for user in self.slack.users():
            text = text.replace(f"<@{user['id']}>", f"*{user['real_name']}*")
        return text

    def gather(self) -> None:
        """Let what waits to be gathered come due, and be told."""
        self.clock.sleep(60)
        self.settle()
        self.work()

    def dead_letters(self) -> list[dict[str, Any]]:
        """Everything among the dead letters."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.environ["DEAD_LETTER_QUEUE_URL"],
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                VisibilityTimeout=600,
            )
            if not answer.get("Messages"):
                return found
            found += answer["Messages"]

    def journal(self, event_id: str) -> dict[str, Any]:
        """The journal's row of an event."""
        return self._item("JOURNAL_TABLE", f"EVENT#{event_id}", "RECORD")

    def snapshot(self, page_id: str) -> dict[str, Any]:
        """The item of a page's snapshot."""
        return self._item("STATE_TABLE", f"PAGE#{page_id}", "SNAPSHOT")

    def _item(self, table: str, pk: str, sk: str) -> dict[str, Any]:
        item: dict[str, Any] = self.dynamodb.Table(self.environ[table]).get_item(Key={"pk": pk, "sk": sk})[
            "Item"
        ]
        return item


@contextmanager
def standing(*, quick: bool = False, **environ: str) -> Iterator[Stand]:
    """A stand.

    Args:
        quick: for thousands of messages: tables and queues in memory instead of moto's, where hidden messages take their
            time, a short cut to moto's secrets, and a short way to the simulators.
        environ: settings of the processor and ingest, by their environment names.
    """
    clock = Clock()
    with (
        mock_aws(),
        NotionSimulator(clock=clock.time) as notion,
        SlackSimulator(clock=clock.time) as slack,
    ):
        slack.seed_demo()
        settings = {
            "NOTION_API_URL": notion.url,
            "SLACK_API_URL": slack.api_url,
            "RULES_FILE": str(ROOT / "functions" / "steward.toml"),
        }
        secrets = {
            "NOTION": {"token": notion.token},
            "SLACK": {"bot_token": slack.bot_token, "webhook_url": ""},
        }
        ways = {notion.url: to_notion(notion), slack.url: to_slack(slack)}
        with short_ways(ways) if quick else nullcontext():
            yield _fill(Stand(notion, slack, clock, {**settings, **environ}, quick=quick), secrets)


def _fill(stand: Stand, secrets: Mapping[str, Mapping[str, str]]) -> Stand:
    for name, document in secrets.items():
        stand.secrets.put_secret_value(
            SecretId=stand.environ[f"{name}_SECRET_ID"], SecretString=json.dumps(document)
        )
    return stand
