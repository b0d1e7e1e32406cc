"""What a look of the triage tells the alarms, on the whole of Steward in one process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.local.simulators.status_page import StatusPageSimulator
from steward import telemetry
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from steward.remembered_bot import remembered_bot
from tests.integration.stand import Stand, standing
from triage.vitals import tell_incidents

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
Counted = dict[str, list[float]]


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


@pytest.mark.req("T8")
def test_a_look_at_a_lane_that_runs_says_so_in_zeros(stand: Stand, counted: Counted) -> None:
    with StatusPageSimulator() as page:
        stand.environ["NOTION_STATUS_URL"] = page.summary_url
        stand.watcher().handle(lambda: 30_000)

    assert (counted[telemetry.HEARTBEAT], counted[telemetry.BREAKER_OPEN]) == ([1], [0])
    assert telemetry.OPEN_INCIDENTS not in counted, "no alarm hears it, and what is told costs"
    assert telemetry.LOOKS not in counted, "a lane that runs is told by the heartbeat"
    assert counted[telemetry.LANE_REST_SECONDS] == [0]


@pytest.mark.req("T5", "T9")
def test_who_we_are_is_asked_once_a_week_while_the_lane_runs_and_never_while_notion_is_away(
    stand: Stand,
) -> None:
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)

    def asked() -> int:
        return len(stand.notion.requests(path="/v1/users/me"))

    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.look()
    assert remembered_bot(memory) is None
    stand.notion.clear_faults()
    before = asked()
    for _ in range(3):
        stand.clock.sleep(60)
        stand.look()
    known = remembered_bot(memory)
    assert known is not None
    assert known.actor == stand.notion.bot_id
    assert asked() == before + 1

    stand.clock.sleep(8 * 86400)
    assert remembered_bot(memory) is None
    stand.look()
    assert remembered_bot(memory) == known


@pytest.mark.req("T8")
def test_while_notion_is_away_the_breaker_is_open_until_the_look_that_lets_the_lane_go_on(
    stand: Stand, counted: Counted
) -> None:
    stand.notion.add_fault(faults.answer(503), times="forever")
    task = stand.demo.tasks["Review the contract"]
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    for _ in range(3):
        stand.clock.sleep(60)
        stand.look()
    stand.notion.clear_faults()
    stand.clock.sleep(900)
    assert stand.look() == "resumed"

    assert counted[telemetry.BREAKER_OPEN] == [1, 1, 1, 0]
    rests = counted[telemetry.LANE_REST_SECONDS]
    assert rests[:3] == sorted(rests[:3])
    assert rests[0] >= 60
    assert rests[2] - rests[0] == pytest.approx(120, abs=1)
    assert rests[3] == 0


@pytest.mark.req("T8")
def test_an_operators_rest_is_long_without_being_an_outage(stand: Stand, counted: Counted) -> None:
    _pause(stand)
    stand.clock.sleep(7200)
    stand.look()

    assert counted[telemetry.BREAKER_OPEN][-1] == 0
    assert counted[telemetry.LANE_REST_SECONDS][-1] == pytest.approx(7200, abs=1)


@pytest.mark.req("T8")
def test_a_look_that_fails_at_its_last_step_leaves_the_triage_silent(
    stand: Stand, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pause(stand)

    def dies(_client: Any, _function_name: str) -> None:
        raise ConnectionError

    monkeypatch.setattr("triage.handler.invoke_processor", dies)
    with pytest.raises(ConnectionError):
        stand.watcher().handle(lambda: 30_000)

    assert counted[telemetry.LOOKS] == [1]
    assert telemetry.HEARTBEAT not in counted


@pytest.mark.req("T8")
def test_a_bad_signature_is_counted_apart_from_other_refusals(stand: Stand, counted: Counted) -> None:
    assert stand.deliver(b"{}", "sha256=" + "0" * 64) == 401
    assert stand.deliver(b"{}", "nonsense") == 401
    assert stand.deliver(b"not JSON") == 400

    assert counted[telemetry.BAD_SIGNATURE] == [1, 1]
    assert len(counted[telemetry.REFUSED]) == 3


@pytest.mark.req("T8")
def test_open_incidents_are_told_by_severity_and_none_is_not_told() -> None:
    told: list[tuple[str, float, str | None]] = []

    def count(name: str, value: float = 1, /, **dimensions: str) -> None:
        told.append((name, value, dimensions.get("severity")))

    def incident(severity: Severity, stage: Stage) -> Incident:
        return Incident(
            "notion-1", "notion", Class.OUTAGE, severity, stage, "", NOW, NOW + timedelta(minutes=1)
        )

    tell_incidents(
        count,
        [
            incident(Severity.P1, Stage.MITIGATING),
            incident(Severity.P1, Stage.RESOLVED),
            incident(Severity.P3, Stage.MONITORING),
            incident(Severity.P3, Stage.INVESTIGATING),
        ],
    )

    assert told == [(telemetry.OPEN_INCIDENTS, n, p) for p, n in [("P1", 1), ("P3", 2)]]

    told.clear()
    tell_incidents(count, [])
    assert told == []


def _pause(stand: Stand) -> None:
    table = stand.dynamodb.Table(stand.environ["STATE_TABLE"])
    source = EventSource(stand.functions, stand.environ["LANE_QUEUE_ARN"], "processor")
    LaneSwitch(Memory(table, stand.clock.now), source, stand.clock.now).pause(Cause.OPERATOR, "a drill")
