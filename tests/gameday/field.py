"""The field of a game day: a whole Steward with its triage and simulated vendors, in which time goes by in rounds.

In every round somebody edits a task, the scheduler ticks, the lane is worked off, and the triage looks. There are two
fields: ``turned_clock``, all in this process, whose rounds are minutes of a clock that the drill turns; and ``on_stack``,
the local stack, whose rounds are some real seconds. Drills and their grading know neither.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from infra.local.simulators.hubspot import HubSpotAdmin, HubSpotSimulator
from infra.local.simulators.notion import Demo, NotionControl
from infra.local.simulators.slack import SlackControl
from infra.local.simulators.status_page import StatusPageAdmin, StatusPageSimulator
from infra.operate.lane import let_go_on
from steward.incidents.incident import Incident
from steward.incidents.store import Incidents
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.post_mortems import PostMortem, PostMortems

CHANNEL = "#incidents"

SWEEP = 5
"""Rounds from one sweep to the next."""

TASKS = 12
"""Pages that are edited in turns."""


@dataclass(frozen=True)
class World:
    """What is on a field.

    Attributes:
        notion: the simulator.
        token: that Steward has for it.
        demo: what is in it.
        slack: the simulator.
        page: Notion's status page.
        hubspot: the simulator.
        state: the State table.
        journal: the Journal table.
        source: the lane's event source mapping.
        now: the clock.
    """

    notion: NotionControl
    token: str
    demo: Demo
    slack: SlackControl
    page: StatusPageSimulator | StatusPageAdmin
    hubspot: HubSpotSimulator | HubSpotAdmin
    state: Any
    journal: Any
    source: EventSource
    now: Callable[[], datetime]


class Field(ABC):
    """What a drill has to do with.

    Attributes:
        trouble: something is wrong, and nobody has healed it yet.
        idle: nobody edits anything.
        false_resumes: how often the lane went on while there was trouble.
    """

    round_seconds = 60

    def __init__(self, world: World, tasks: list[str]) -> None:
        self.world = world
        self.notion, self.slack, self.page, self.hubspot = (
            world.notion,
            world.slack,
            world.page,
            world.hubspot,
        )
        self.source_id = world.demo.data_source_id
        self.trouble = self.idle = False
        self.false_resumes = 0
        self._tasks = tasks
        self._memory = Memory(world.state, world.now)
        self._switch = LaneSwitch(self._memory, world.source, world.now)
        self._resumed_at: datetime | None = None
        self._assigned: dict[str, str] = {}
        self._edits = self._rounds = 0

    def round(self) -> None:
        """One round."""
        self._wait()
        self._rounds += 1
        if not self.idle:
            self._edit()
        self._work_and_look(sweep=self._rounds % SWEEP == 0)
        resumed_at = self._switch.read().resumed_at
        if resumed_at != self._resumed_at and self.trouble:
            self.false_resumes += 1
        self._resumed_at = resumed_at

    def rounds_of(self, seconds: float) -> int:
        """Rounds that begin within so many seconds."""
        return ceil(seconds / self.round_seconds)

    def resume(self) -> None:
        """An operator lets the lane go on."""
        let_go_on(self._switch, self._memory, self.world.now())

    @abstractmethod
    def rest(self, *, told: bool) -> None:
        """Nobody does anything any more; what waits is told, if it can be ``told`` at all."""

    @abstractmethod
    def redrive(self) -> None:
        """An operator puts the dead letters on the lane again."""

    @abstractmethod
    def mute(self) -> None:
        """Notion pauses the webhook subscription."""

    @abstractmethod
    def unmute(self) -> None:
        """An operator resumes it in Notion."""

    @abstractmethod
    def release(self) -> None:
        """A faulty release of the processor is deployed."""

    @abstractmethod
    def roll_back(self) -> None:
        """It is taken back."""

    @abstractmethod
    def pages(self) -> int:
        """How often on-call was paged past Slack."""

    @abstractmethod
    def is_empty(self) -> bool:
        """Whether nothing is on the lane, and nothing among the dead letters."""

    @property
    def incidents(self) -> list[Incident]:
        """All incidents so far, oldest first, with their timelines."""
        store = Incidents(self.world.journal, 90, self.world.now)
        found = (store.load(incident.id) for incident in store.latest(50))
        return sorted((i for i in found if i is not None), key=lambda incident: incident.opened_at)

    def messages(self) -> list[dict[str, Any]]:
        """What stands in the incidents' channel, threads included."""
        return self.slack.messages(CHANNEL)

    def post_mortems(self, incident_id: str) -> list[PostMortem]:
        """The drafts of an incident."""
        return PostMortems(self.world.journal, self.world.now).versions(incident_id)

    def drained(self) -> bool:
        """Whether everybody who is assigned now was told on the page, and nothing waits any more."""
        told = all(self._told(page)[-1:] == [person] for page, person in self._assigned.items())
        return told and self.is_empty()

    def _told(self, page: str) -> list[str]:
        """Ids of the people whom comments on a page mention, oldest first."""
        comments = self.notion.comments(page)
        return [c["rich_text"][0]["mention"]["user"]["id"] for c in comments]

    def _edit(self) -> None:
        page = self._tasks[self._edits % len(self._tasks)]
        self._edits += 1
        demo = self.world.demo
        person = (demo.ann, demo.ben)[self._edits // len(self._tasks) % 2]
        self._assign(page, person)
        self._assigned[page] = person

    @abstractmethod
    def _wait(self) -> None:
        """Let it be time for the next round."""

    @abstractmethod
    def _assign(self, page: str, person: str) -> None:
        """Somebody edits a task; Notion tells of it unless it is mute."""

    @abstractmethod
    def _work_and_look(self, *, sweep: bool) -> None:
        """The scheduler ticks, the lane is worked off as far as it goes, and the triage looks."""
