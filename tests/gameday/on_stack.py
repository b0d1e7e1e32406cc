"""A field on the local stack: the template, IAM, the functions under the real runtime client, real queues and real time.

Nobody waits for hours: a round is some seconds, which the triage is told, and the request limit is that of a Business
plan. What is left as it is on AWS: how long SQS hides a message, how long a vendor asks to wait, the probes of the lane's
rest. The scheduler of the stack fires every minute as well, and only adds rounds and ticks.
"""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import ClientError

from infra.local.simulators.notion import seed_demo
from infra.local.stack import LocalStack
from infra.local.vendors import SIMULATED_NOTION_TOKEN
from steward.lane import FIRST
from steward.lane_switch import EventSource
from tests.gameday.field import CHANNEL, SWEEP, TASKS, Field, World

ROUND = 5
"""Seconds from one round to the next."""

PROBES = 12
"""Requests that are kept for the probes of one round, as the template keeps them for those of its minute."""

RELEASES = Path(__file__).parent / "release"

QUARTER, LAG = 900, 420
"""Seconds; tasks that were there before, and edits that the next sweep takes for lost."""

PATIENCE = 150.0
"""Seconds for what waits in the end: SQS hides what the lane gave back while it rested for a minute."""


class OnStack(Field):
    """Make it with ``on_stack``."""

    def __init__(self, stack: LocalStack, world: World, seconds: int) -> None:
        self.round_seconds = seconds
        self._stack = stack
        self._sqs, self._lambda = stack.client("sqs"), stack.client("lambda")
        self._mute, self._chloe = False, world.demo.chloe
        self._inbox = self._subscribe()
        super().__init__(world, self._known_tasks(world))
        self._next = time.monotonic()

    def _known_tasks(self, world: World) -> list[str]:
        """Tasks that a sweep has seen; none of that is news any more."""
        world.notion.set_clock_offset(-QUARTER)
        made = [world.notion.add_page(world.demo.data_source_id, {"Name": f"Task {n}"}) for n in range(TASKS)]
        world.notion.set_clock_offset(0)
        self._tick("sweep")
        end = time.monotonic() + 30
        while not all(_is_known(world, page) for page in made) or self._depth("LaneQueue"):
            if time.monotonic() > end:
                raise RuntimeError("the first sweep did not find the tasks")
            time.sleep(0.2)
        return made

    def _wait(self) -> None:
        """A round that took longer than it has is no debt of the next ones."""
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self.round_seconds

    def _assign(self, page: str, person: str) -> None:
        self.notion.edit(page, properties={"Assignee": [person]}, by=self._chloe)
        self.notion.drain()

    def _work_and_look(self, *, sweep: bool) -> None:
        self._tick("settle")
        if sweep:
            self._sweep(later=self._mute)
        end = self._next - self.round_seconds / 2
        while self._depth("LaneQueue") and not self._switch.read().holds and time.monotonic() < end:
            time.sleep(0.1)
        self._look()

    def _look(self) -> None:
        """Invoke the triage; the scheduler's own call may be under way, and only one runs at a time."""
        end = time.monotonic() + 30
        while True:
            try:
                called = self._lambda.invoke(FunctionName=self._stack.resource("Triage"), Payload=b"{}")
            except ClientError as error:
                if error.response["Error"]["Code"] != "TooManyRequestsException" or time.monotonic() > end:
                    raise
                time.sleep(0.2)
                continue
            said = called["Payload"].read().decode()
            if "FunctionError" in called:
                raise RuntimeError(f"the triage failed: {said[:2000]}")
            return

    def rest(self, *, told: bool) -> None:
        """See ``Field``."""
        end = time.monotonic() + PATIENCE
        while not self.is_empty() and time.monotonic() < end:
            self._settle()
        while told and not self.drained() and time.monotonic() < end:
            self._sweep(later=True)
            for _ in range(SWEEP):
                self._settle()

    def _settle(self) -> None:
        self._wait()
        self._tick("settle")
        time.sleep(self.round_seconds / 2)

    def redrive(self) -> None:
        """See ``Field``."""
        letters = {"QueueUrl": self._stack.resource("DeadLetterQueue"), "MaxNumberOfMessages": 10}
        while found := self._sqs.receive_message(**letters).get("Messages"):
            for letter in found:
                self._send(letter["Body"])
                self._sqs.delete_message(
                    QueueUrl=self._stack.resource("DeadLetterQueue"), ReceiptHandle=letter["ReceiptHandle"]
                )

    def mute(self) -> None:
        """See ``Field``."""
        self._mute = True
        self._subscription("paused")

    def unmute(self) -> None:
        """See ``Field``."""
        self._mute = False
        self._subscription("active")

    def release(self) -> None:
        """See ``Field``."""
        self._deploy("faulty.handler")

    def roll_back(self) -> None:
        """See ``Field``."""
        self._deploy("processor.handler.handler")

    def pages(self) -> int:
        """See ``Field``."""
        return self._waiting(self._inbox)

    def is_empty(self) -> bool:
        """See ``Field``."""
        return not self._depth("LaneQueue") and not self._depth("DeadLetterQueue")

    def _subscription(self, state: str) -> None:
        for each in self.notion.subscriptions():
            self.notion.set_subscription(each["id"], state=state)

    def _deploy(self, handler: str) -> None:
        self._lambda.update_function_configuration(
            FunctionName=self._stack.resource("Processor"), Handler=handler
        )

    def _sweep(self, *, later: bool) -> None:
        """A sweep leaves what was edited within six minutes to its webhook; ``later`` makes the tasks as old as that."""
        if later:
            self.notion.set_clock_offset(-LAG)
            for page in self._assigned:
                for value in ("Low", "High"):  # one of them is a change
                    self.notion.edit(page, properties={"Priority": value}, by=self._chloe, silent=True)
            self.notion.set_clock_offset(0)
        self._tick("sweep")

    def _tick(self, kind: str) -> None:
        self._send(json.dumps({"v": 1, "kind": kind, "at": None}))

    def _send(self, body: str) -> None:
        self._sqs.send_message(
            QueueUrl=self._stack.resource("LaneQueue"),
            MessageBody=body,
            MessageGroupId=FIRST,
            MessageDeduplicationId=str(uuid.uuid4()),
        )

    def _subscribe(self) -> str:
        """Give on-call a queue, which takes whatever the topic of the alarms tells; its address."""
        topic = self._stack.resource("AlertTopic")
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        url = str(self._sqs.create_queue(QueueName="on-call", Attributes={"Policy": policy})["QueueUrl"])
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self._stack.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"]
        )
        return url

    def _depth(self, queue: str) -> int:
        return self._waiting(self._stack.resource(queue))

    def _waiting(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)


def _is_known(world: World, page: str) -> bool:
    return "Item" in world.state.get_item(Key={"pk": f"PAGE#{page}", "sk": "SNAPSHOT"})


def _lane_arn(stack: LocalStack) -> str:
    url, names = stack.resource("LaneQueue"), ["QueueArn"]
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return str(found["Attributes"]["QueueArn"])


def _simulated(stack: LocalStack) -> World:
    notion, slack, watched = stack.notion, stack.slack, stack.watched
    if notion is None or slack is None or watched is None:
        raise RuntimeError("a game day needs every vendor simulated")
    notion.set_rate_limit(600)
    slack.add_channel(CHANNEL.removeprefix("#"))
    return World(
        notion=notion,
        token=SIMULATED_NOTION_TOKEN,
        demo=seed_demo(notion),
        slack=slack,
        page=watched.notion_page,
        hubspot=watched.hubspot,
        state=stack.table("StateTable"),
        journal=stack.table("JournalTable"),
        source=EventSource(stack.client("lambda"), _lane_arn(stack), stack.resource("Processor")),
        now=lambda: datetime.now(UTC),
    )


@contextmanager
def on_stack(seconds: int = ROUND) -> Iterator[OnStack]:
    """A field that nothing has happened to yet, with so many seconds between two rounds."""
    parameters = {
        "IncidentChannel": CHANNEL,
        "SweepMinutes": str(SWEEP),
        "RequestsPerMinute": "600",
        "LaneVisibilitySeconds": "30",  # the least that the template allows
    }
    variables = {"ROUND_SECONDS": str(seconds), "PROBES_PER_MINUTE": str(PROBES * 60 // seconds)}
    with LocalStack(
        environ={}, parameters=parameters, watched=True, variables=variables, beside=(RELEASES,)
    ) as stack:
        yield OnStack(stack, _simulated(stack), seconds)
