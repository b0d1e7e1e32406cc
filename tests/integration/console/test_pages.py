"""Every page in every state that the tables can be in: a template that names what is not there fails here, and for nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console import screens
from console.sources import Settings, Sources, sources
from console.wish import Wish
from steward.budget import BudgetRecord
from steward.budget_memory import BudgetMemory
from steward.effects import Kind, Status
from steward.explanation import explanation
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.incidents.names import TITLES, Names
from steward.incidents.status_text import document
from steward.journal import Decision
from steward.lane_switch import MIRROR_REST, PAUSE, pause_document
from steward.mirror.report import HEALTH, Report, SourceReport
from steward.pauses import Cause, Pause, Phase
from steward.post_mortems import PostMortem
from steward.pulse import PULSE, Lane, Lost, Pulse, Sample, Service, ServiceState
from tests.browser.material import ANN, MINUTE
from tests.browser.world import World, today

pytestmark = pytest.mark.req("C3", "C4", "T6", "P8")

NAMES = Names(TITLES)


def read_of(world: World) -> Sources:
    state: Any = world.state_table
    journal: Any = world.journal_table
    return sources(Settings({"REQUESTS_PER_MINUTE": "180"}, 90, NAMES), state, journal, world.clock)


def dashboard(world: World, **query: str) -> str:
    return screens.dashboard(read_of(world), Wish.of(query))


def nothing(world: World) -> None:
    """Just deployed."""


def silent(world: World) -> None:
    world.memory.remember(PULSE, Pulse(world.now - 20 * MINUTE).document())


def broken(world: World) -> None:
    world.memory.remember(PULSE, {"at": "yesterday"})


def idle(world: World) -> None:
    world.memory.remember(PULSE, Pulse(world.now).document())


def strange(world: World) -> None:
    since = world.now - MINUTE
    samples = (Sample(since, None, None), Sample(world.now, True, None), Sample(world.now, False, 3.0))
    services = {
        "zendesk": Service(ServiceState.UNKNOWN, since),
        "slack": Service(ServiceState.DEGRADED, since, "<b>slow</b>", samples),
    }
    pulse = Pulse(world.now, (), since, services, Lane(12_345, 2, None), 2, Lost(3, 24, None))
    world.memory.remember(PULSE, pulse.document())


def resting(world: World) -> None:
    idle(world)
    rest = Pause(Phase.PAUSED, Cause.VENDOR, "", None, 1, world.now)
    world.memory.remember(MIRROR_REST, pause_document(rest))
    at = world.now.timestamp()
    BudgetMemory(world.memory).save(BudgetRecord({int(at): 175}, at + 90))


def mirror_broken(world: World) -> None:
    idle(world)
    report = Report("r", world.now, world.now, 1, (SourceReport("Tasks", trouble="<i>no table</i>"),))
    world.memory.remember(HEALTH, report.document())


def paused(cause: Cause) -> Callable[[World], None]:
    def pause(world: World) -> None:
        idle(world)
        rest = Pause(Phase.PAUSED, cause, "", world.now - MINUTE)
        world.memory.swap(PAUSE, pause_document(rest), 1)

    return pause


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (nothing, ["Nobody has looked yet", "The triage has not looked at any service yet", "No event back to"]),
        (silent, ["Nobody looks", "The triage is silent", "20 min"]),
        (broken, ["Nobody has looked yet"]),
        (idle, ["All is well", "No event has come yet"]),
        (strange, ["Slack is not quite well", "&lt;b&gt;slow", "Zendesk", "12\u202f345", "2 dead letters", "3</b> in 24 h"]),
        (resting, ["PostgreSQL, the mirror</bdi>", "open</span> for an unknown time", "Notion, the lane</bdi>", "A part of us rests", "Notion asks us to wait until", "175"]),
        (mirror_broken, ["broken", "&lt;i&gt;no table"]),
        (paused(Cause.OPERATOR), ["The lane was paused by an operator", "paused by an operator</span> for"]),
        (paused(Cause.TOKEN), ["Notion refuses the token"]),
        (paused(Cause.BLOCKED), ["Notion blocks the connection"]),
    ],
)  # fmt: skip  # one state a line
def test_the_dashboard_shows_every_state(state: Callable[[World], None], says: list[str]) -> None:
    world = World(today())
    state(world)

    page = dashboard(world)

    assert [text for text in says if text not in page] == []


def test_a_filter_that_finds_nothing_says_how_far_it_looked() -> None:
    world = World(today())
    world.ordinary(1)

    page = dashboard(world, outcome="parked", page='"><b>')

    assert "No such event back to" in page
    assert 'value="&#34;&gt;&lt;b&gt;"' in page
    assert "outcome=parked" in page, "the link to older ones keeps the wish"


def incident(stage: Stage, **more: Any) -> Incident:
    at = today()
    return Incident("slack-1", "slack", Class.TOKEN, Severity.P3, stage, "it <says>", at, at, **more)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (incident(Stage.INVESTIGATING), ["nobody yet", "None was measured", "It has none", "Lasts"]),
        (
            incident(Stage.MONITORING, eta=today(), silenced_until=today(), acknowledged_by="<Dana>"),
            ["Expected to be over", "Silenced until", "&lt;Dana&gt;"],
        ),
        (
            incident(Stage.RESOLVED, resolved_at=today(15), impact=("7 <people>",)),
            ["Resolved", "7 &lt;people&gt;"],
        ),
        (incident(Stage.CLOSED, resolved_at=today(15)), ["Closed", "after 1 h"]),
    ],
)
def test_an_incident_is_shown_in_every_stage(found: Incident, says: list[str]) -> None:
    world = World(today())
    page = screens.incident(read_of(world), found)
    told = screens.status(document([found], NAMES, world.now), world.now)

    assert [text for text in says if text not in page] == []
    assert "it &lt;says&gt;" in page
    assert "Slack: token revoked" in told
    assert "says&gt;" not in told, "the public status has no words of a diagnosis"


def test_an_incident_that_is_over_has_its_last_post_mortem_as_text() -> None:
    world = World(today())
    over = world.over()
    at = over.resolved_at or world.now
    for number in (1, 2):
        text = f"# Draft {number} <script>"
        written = PostMortem(over.id, at + number * MINUTE, at, at, at, (), text)
        read_of(world).post_mortems.keep(written)

    page = screens.incident(read_of(world), over)

    assert "# Draft 2 &lt;script&gt;" in page
    assert "# Draft 1" not in page


def test_a_status_without_incidents_says_so() -> None:
    assert "Everything works" in screens.status(document([], NAMES, today()), today())


@pytest.mark.parametrize(
    ("decision", "effects", "says"),
    [
        (Decision.OBSERVED, (), ["Nothing that is watched", "none asked for anything", "Nothing to do"]),
        (Decision.PARKED, (), ["at receive 6, KeyError", "Parked"]),
        (Decision.OBSERVED, ((Kind.MESSAGE, Status.FAILED),), ["missing_scope", "Failed", "as journalled"]),
        (Decision.OBSERVED, ((Kind.DIRECT, Status.PLANNED),), ["Under way", ANN.id]),
    ],
)
def test_an_event_is_shown_with_all_that_is_known(decision: Decision, effects: Any, says: list[str]) -> None:
    world = World(today())
    id_ = world.event(1, ("A title", "page.created", None, decision, "because", effects), MINUTE)

    found = explanation(id_, world.state_table, world.journal_table, 90, world.clock)
    assert found is not None
    page = screens.event(found, world.now)

    assert [text for text in says if text not in page] == []
    assert "https://www.notion.so/" in page


def test_an_event_of_which_little_is_known_is_shown_all_the_same() -> None:
    told = {
        "id": "f0",
        "kind": "carrier.pigeon",
        "status": "folded",
        "attempts": 0,
        "seen": "as it ended",
        "digest": "d1",
    }
    found = {
        "event": {"id": "e1", "type": "comment.created", "dialect": "unknown"},
        "decision": "ignored",
        "why": "-",
        "rules": [],
        "changes": {"Status": {"before": None, "after": None}},
        "effects": [told],
        "calls": 1,
        "deliveries": 2,
    }
    page = screens.event(found, today())

    for says in (
        "carrier.pigeon",
        "told by the digest",
        "not known",
        "1 call;",
        "delivered 2 times",
        "Event e1",
    ):
        assert says in page
    assert "notion.so" not in page


def test_an_old_incident_is_listed_and_an_open_one_is_not_listed_twice() -> None:
    world = World(today())
    over, going_on = world.over(), world.outage()
    page = dashboard(world)

    assert page.count(f"/dashboard/incidents/{over.id}") == 1
    assert page.count(f"/dashboard/incidents/{going_on.id}") == 1
    assert f"{replace(over, timeline=()).severity.name}</span>" in page
    assert world.now - over.opened_at > timedelta(days=1)
