"""The field of a game day: a whole Steward with its triage, simulated vendors, and a clock that the drill turns.

Every minute somebody edits a task, the scheduler ticks, the triage makes its round, and the lane is worked off.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.status_page import StatusPageSimulator
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.post_mortems import PostMortem, PostMortems
from tests.integration.stand import Stand, standing
from triage.incidents.incident import Incident
from triage.incidents.store import Incidents

CHANNEL = "#incidents"


class Field:
    """Make it with ``field``."""

    def __init__(
        self,
        stand: Stand,
        page: StatusPageSimulator,
        hubspot: HubSpotSimulator,
        hubspot_page: StatusPageSimulator,
    ) -> None:
        self.stand, self.page, self.hubspot, self.hubspot_page = stand, page, hubspot, hubspot_page
        self.notion, self.slack = stand.notion, stand.slack
        self.pages = stand.known_tasks(12)
        self.resumed: list[bool] = []
        """Of each time that the lane went on: whether the trouble was over."""
        self.trouble = False
        self._edits = self._minutes = 0
        self._triage = stand.watcher()
        self._assigned: dict[str, str] = {}
        self.idle = False
        """Nobody edits anything."""
        self.mute = False
        """Notion sends no webhooks."""
        self.patches = ExitStack()
        """What is broken in our own code."""

    def minute(self) -> str:
        """A minute; what the triage's look at the lane came to."""
        self.stand.clock.sleep(60)
        if not self.idle:
            self._edit()
        self.stand.settle()
        self._minutes += 1
        if self._minutes % 15 == 0:
            self.stand.tick("sweep")
        look = self._triage.handle(lambda: 30_000)["look"]
        while self.stand.functions.invoked:
            self.stand.app.handle(self.stand.functions.invoked.pop(0), lambda: self.stand.time_left)
        if look == "resumed":
            self.resumed.append(not self.trouble)
        self._work()
        return look

    def _work(self) -> None:
        """As much as fits into the minute; under a limit the lane is never empty."""
        end = self.stand.clock.time() + 50
        while self.stand.clock.time() < end and self.stand.step() is not None:
            pass

    def rest(self) -> None:
        """Nobody does anything any more; what waits is told."""
        for minute in range(20):
            self.stand.clock.sleep(60)
            self.stand.settle()
            if minute == 14:
                self.stand.tick("sweep")
            self._work()

    def resume(self) -> None:
        """An operator lets the lane go on."""
        operated = LaneSwitch(
            Memory(self.stand.dynamodb.Table(self.stand.environ["STATE_TABLE"]), self.stand.clock.now),
            EventSource(self.stand.functions, self.stand.environ["LANE_QUEUE_ARN"], "processor"),
            self.stand.clock.now,
        )
        operated.resume()

    def redrive(self) -> None:
        """An operator puts the dead letters on the lane again."""
        queue = self.stand.environ["DEAD_LETTER_QUEUE_URL"]
        for body in [json.loads(letter["Body"]) for letter in self.stand.dead_letters()]:
            self.stand.sqs.send_message(
                QueueUrl=self.stand.environ["LANE_QUEUE_URL"],
                MessageBody=json.dumps(body),
                MessageGroupId="lane-0",
                MessageDeduplicationId=f"redrive-{self.stand.clock.time()}-{body['event']['id']}",
            )
        self.stand.sqs.purge_queue(QueueUrl=queue)

    def _edit(self) -> None:
        page = self.pages[self._edits % len(self.pages)]
        self._edits += 1
        person = (self.stand.demo.ann, self.stand.demo.ben)[self._edits // len(self.pages) % 2]
        self.stand.assign(page, person)
        self._assigned[page] = person
        if not self.mute:
            self.stand.send(page)

    @property
    def incidents(self) -> list[Incident]:
        """All incidents so far, oldest first, with their timelines."""
        store = self._store()
        found = (store.load(incident.id) for incident in store.latest(50))
        return sorted((i for i in found if i is not None), key=lambda incident: incident.opened_at)

    def messages(self) -> list[dict[str, Any]]:
        """What stands in the incidents' channel, threads included."""
        return self.slack.messages(CHANNEL)

    def post_mortems(self, incident_id: str) -> list[PostMortem]:
        """The drafts of an incident."""
        return PostMortems(self._journal(), self.stand.clock.now).versions(incident_id)

    def drained(self) -> bool:
        """Whether everybody who is assigned now was told on the page, and nothing waits any more."""
        told = all(self.stand.told(page)[-1:] == [person] for page, person in self._assigned.items())
        return told and not self.stand.dead_letters() and self.stand.receive() is None

    def _store(self) -> Incidents:
        return Incidents(self._journal(), 90, self.stand.clock.now)

    def _journal(self) -> Any:
        return self.stand.dynamodb.Table(self.stand.environ["JOURNAL_TABLE"])


@contextmanager
def field(**environ: str) -> Iterator[Field]:
    """A field."""
    with ExitStack() as stack:
        page = stack.enter_context(StatusPageSimulator())
        hubspot_page = stack.enter_context(StatusPageSimulator("HubSpot"))
        # The game's own clock: minutes pass in milliseconds, and ten seconds are HubSpot's window. The stand needs the
        # simulator's address first.
        hubspot = stack.enter_context(HubSpotSimulator(clock=lambda: stand.clock.time()))  # noqa: PLW0108
        stand = stack.enter_context(
            standing(
                quick=True,
                **{
                    "PROBES_PER_MINUTE": "12",
                    "NOTION_STATUS_URL": page.summary_url,
                    "HUBSPOT_API_URL": hubspot.url,
                    "HUBSPOT_STATUS_URL": hubspot_page.summary_url,
                    "INCIDENT_CHANNEL": CHANNEL,
                    "ALERT_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:alerts",
                    **environ,
                },
            )
        )
        stand.slack.add_channel(CHANNEL.removeprefix("#"))
        stand.secrets.put_secret_value(
            SecretId=stand.environ["HUBSPOT_SECRET_ID"], SecretString=json.dumps({"token": hubspot.token})
        )
        made = Field(stand, page, hubspot, hubspot_page)
        with made.patches:
            yield made
