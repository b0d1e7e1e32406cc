"""The incident desk on the template's own tables in memory, with a Slack that is simulated and a pager that is kept.

Every call that leaves the desk passes a ``Gate``, where a test may let the environment die before it or after it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

from infra.local.simulators.slack import SlackSimulator
from steward.clients.pacing import Pacer
from steward.clients.slack import Slack, SlackWebhook
from steward.clients.slack_bot import SlackBot, web_client
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed
from steward.incidents.classes import Severity
from steward.incidents.incident import Incident
from steward.incidents.names import Names
from steward.incidents.store import Incidents
from steward.memory import Memory
from tests.integration.aws import template
from tests.integration.clock import Clock
from tests.integration.tables import Tables
from tests.unit.triage.incident_words import CLASSES, START, diagnosis
from triage.diagnosis.diagnosis import Diagnosis
from triage.incidents.by_slack import Channels, WhenUnsure
from triage.incidents.desk import Desk
from triage.incidents.desk_with import Settings, make_desk
from triage.incidents.runs import Measure

NAMES = Names(
    {"notion": "Notion", "hubspot": "HubSpot", "slack": "Slack"}, "https://steward.example/dashboard"
)
CALLS = (
    "get_item",
    "put_item",
    "query",
    "delete_item",
    "batch_get_item",
    "transact_write_items",
    "post",
    "edit",
    "find",
    "channel_id",
    "publish",
)


class Death(BaseException):
    """The environment dies: nothing catches this."""


class Gate:
    """Counts calls; dies at one of them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.dies_at: int | None = None
        self.after = False

    def through(self, name: str, call: Callable[[], Any]) -> Any:
        """Make a call, or die."""
        self.names.append(name)
        dies = self.dies_at == len(self.names)
        if dies and not self.after:
            raise Death(name)
        try:
            return call()
        finally:
            if dies:
                raise Death(name)


class Gated:
    """Something whose calls pass the gate."""

    def __init__(self, inner: Any, gate: Gate) -> None:
        self._inner, self._gate = inner, gate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in ("meta", "client"):
            return Gated(found, self._gate)
        if name not in CALLS:
            return found
        return lambda *args, **more: self._gate.through(name, lambda: found(*args, **more))


class PagerKept:
    """A pager whose pages are kept; ``fails`` is raised once instead of, or after, sending."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, str]] = []
        self.fails: CallFailed | None = None

    def publish(self, subject: str, text: str) -> None:
        failure, self.fails = self.fails, None
        if failure is None or failure.maybe_done:
            self.pages.append((subject, text))
        if failure is not None:
            raise failure

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.pages]


class Rig:
    """A desk and its world. Make it with ``rigged``."""

    def __init__(self, slack: SlackSimulator, clock: Clock, tables: tuple[Any, Any]) -> None:
        self.slack, self.clock = slack, clock
        self.gate, self.pager, self.counted = Gate(), PagerKept(), list[str]()
        self.channels, self.webhook = Channels("#incidents"), False
        self.when_unsure: WhenUnsure = "resend"
        self._state, self.journal = tables
        self.store = Incidents(self.journal, 90, clock.now)
        self.has_pager = True

    def desk(self) -> Desk:
        """A new environment."""
        state: Any = Gated(self._state, self.gate)
        journal: Any = Gated(self.journal, self.gate)
        slack: Any = Gated(self._slack(), self.gate)
        pager: Any = Gated(self.pager, self.gate) if self.has_pager else None
        return make_desk(
            Settings(self.channels, NAMES, when_unsure=self.when_unsure),
            memory=Memory(state, self.clock.now),
            journal=journal,
            slack=slack,
            pager=pager,
            now=self.clock.now,
            jitter=lambda: 0.0,
            count=self._count,
        )

    def run(
        self,
        letters: str = "h",
        *,
        severity: Severity = Severity.P2,
        did: Sequence[Measure] = (),
        more: Sequence[Diagnosis] = (),
        desk: Desk | None = None,
    ) -> list[Incident]:
        """One run a letter, a minute apart; the incidents after the last one."""
        found: list[Incident] = []
        for letter in letters:
            seen = [diagnosis(CLASSES[letter], severity=severity), *more]
            found = (desk or self.desk()).take(seen, did, self.clock.now())
            self.clock.sleep(60)
        return found

    def wait(self, span: timedelta) -> None:
        """Let time pass without a run."""
        self.clock.sleep(span.total_seconds())

    def messages(self, channel: str = "#incidents") -> list[dict[str, Any]]:
        """What stands in the channel itself."""
        return [m for m in self.slack.messages(channel) if m.get("thread_ts") in (None, m["ts"])]

    def replies(self, channel: str = "#incidents") -> list[str]:
        """What stands in threads."""
        found = self.slack.messages(channel)
        return [m["text"] for m in found if m.get("thread_ts") not in (None, m["ts"])]

    def calls(self, method: str) -> int:
        """How often Slack was asked for something."""
        return sum(r["path"] == f"/api/{method}" for r in self.slack.requests())

    def break_slack(self, **action: Any) -> None:
        """Slack fails until ``slack.clear_faults``."""
        self.slack.add_fault(action or {"kind": "answer", "status": 503}, times="forever")

    def _slack(self) -> Slack:
        pacer = Pacer(self.clock.time, lambda _: None)
        if self.webhook:
            transport = Transport(plain_session(), "slack", Deadline(), self.clock.sleep, Random(1))
            return SlackWebhook(transport, self.slack.webhook_url, pacer)
        return SlackBot(web_client(self.slack.bot_token, self.slack.api_url), pacer, Deadline())

    def _count(self, name: str, value: float = 1, /, **dimensions: str) -> None:
        self.counted += [name] * int(value)


@contextmanager
def rigged() -> Iterator[Rig]:
    """A rig with tables and a Slack of its own."""
    clock, resource = Clock(START), Tables()
    tables = tuple(
        resource.make(name, template()[name]["Properties"]) for name in ("StateTable", "JournalTable")
    )
    with SlackSimulator(clock=clock.time) as slack:
        for name in ("incidents", "ops"):
            slack.add_channel(name)
        slack.set_webhook_channel("#incidents")
        yield Rig(slack, clock, (tables[0], tables[1]))
