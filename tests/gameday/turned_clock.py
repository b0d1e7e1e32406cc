"""A field in this process, on moto, whose minutes last as long as it takes to work them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.status_page import StatusPageSimulator
from processor.pipeline import Pipeline
from steward.lane_switch import EventSource
from tests.gameday.field import CHANNEL, SWEEP, TASKS, Field, World
from tests.integration.stand import Stand, standing


class TurnedClock(Field):
    """Make it with ``turned_clock``."""

    def __init__(self, stand: Stand, world: World) -> None:
        super().__init__(world, stand.known_tasks(TASKS))
        self._stand = stand
        self._triage = stand.watcher()
        self._mute = False
        self.patches = ExitStack()
        """What is broken in our own code."""

    def _wait(self) -> None:
        self._stand.clock.sleep(self.round_seconds)

    def _assign(self, page: str, person: str) -> None:
        self._stand.assign(page, person)
        if not self._mute:
            self._stand.send(page)

    def _work_and_look(self, *, sweep: bool) -> None:
        self._stand.settle()
        if sweep:
            self._stand.tick("sweep")
        self._triage.handle(lambda: 30_000)
        while self._stand.functions.invoked:
            self._stand.app.handle(self._stand.functions.invoked.pop(0), lambda: self._stand.time_left)
        self._work()

    def _work(self) -> None:
        """As much as fits into the minute; under a limit the lane is never empty."""
        end = self._stand.clock.time() + 50
        while self._stand.clock.time() < end and self._stand.step() is not None:
            pass

    def rest(self, *, told: bool) -> None:
        """See ``Field``; twenty minutes are enough for whatever waits."""
        for minute in range(20):
            self._stand.clock.sleep(60)
            self._stand.settle()
            if minute == 14:
                self._stand.tick("sweep")
            self._work()

    def redrive(self) -> None:
        """See ``Field``."""
        stand = self._stand
        for letter in stand.dead_letters():
            event_id = json.loads(letter["Body"])["event"]["id"]
            stand.sqs.send_message(
                QueueUrl=stand.environ["LANE_QUEUE_URL"],
                MessageBody=letter["Body"],
                MessageGroupId="lane-0",
                MessageDeduplicationId=f"redrive-{stand.clock.time()}-{event_id}",
            )
        stand.sqs.purge_queue(QueueUrl=stand.environ["DEAD_LETTER_QUEUE_URL"])

    def mute(self) -> None:
        """See ``Field``."""
        self._mute = True

    def unmute(self) -> None:
        """See ``Field``."""
        self._mute = False

    def release(self) -> None:
        """See ``Field``."""
        self.patches.enter_context(patch.object(Pipeline, "_decide", side_effect=KeyError("properties")))

    def roll_back(self) -> None:
        """See ``Field``."""
        self.patches.close()

    def pages(self) -> int:
        """See ``Field``."""
        return len(self._stand.aws.sns.pages)

    def is_empty(self) -> bool:
        """See ``Field``."""
        return not self._stand.dead_letters() and self._stand.receive() is None


@contextmanager
def turned_clock() -> Iterator[TurnedClock]:
    """A field that nothing has happened to yet."""
    with ExitStack() as stack:
        page = stack.enter_context(StatusPageSimulator())
        hubspot_page = stack.enter_context(StatusPageSimulator("HubSpot"))
        # The game's own clock: minutes pass in milliseconds, and ten seconds are HubSpot's window. The stand needs the
        # simulator's address first.
        hubspot = stack.enter_context(HubSpotSimulator(clock=lambda: stand.clock.time()))  # noqa: PLW0108 - the stand comes after it
        environ = {
            "PROBES_PER_MINUTE": "12",
            "SWEEP_MINUTES": str(SWEEP),
            "NOTION_STATUS_URL": page.summary_url,
            "HUBSPOT_API_URL": hubspot.url,
            "HUBSPOT_STATUS_URL": hubspot_page.summary_url,
            "INCIDENT_CHANNEL": CHANNEL,
            "ALERT_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:alerts",
        }
        stand = stack.enter_context(standing(quick=True, **environ))
        stand.slack.add_channel(CHANNEL.removeprefix("#"))
        stand.secrets.put_secret_value(
            SecretId=stand.environ["HUBSPOT_SECRET_ID"], SecretString=json.dumps({"token": hubspot.token})
        )
        world = World(
            notion=stand.notion,
            token=stand.notion.token,
            demo=stand.demo,
            slack=stand.slack,
            page=page,
            hubspot=hubspot,
            state=stand.dynamodb.Table(stand.environ["STATE_TABLE"]),
            journal=stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]),
            source=EventSource(stand.functions, stand.environ["LANE_QUEUE_ARN"], "processor"),
            now=stand.clock.now,
        )
        made = TurnedClock(stand, world)
        with made.patches:
            yield made
