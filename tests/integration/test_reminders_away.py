"""Deadlines while Notion is away: told by what is remembered, with its age, and not again when Notion is back (A5, T5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.simulators.notion import faults
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from tests.integration.calendar_days import add_task, change, everything, team, until
from tests.integration.stand import Stand


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with team(tmp_path) as made:
        yield made


def known(stand: Stand, *tasks: tuple[str, str]) -> list[str]:
    """Tasks of Ann's, title and due date, that a sweep has seen at six in the morning."""
    made = [add_task(stand, title, due, stand.demo.ann) for title, due in tasks]
    until(stand, "2026-11-26 06:00")
    stand.sweep()
    return made


def goes_away(stand: Stand) -> None:
    """Notion fails, and an event shows it, so that the lane rests."""
    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.send(stand.notion.pages()[0]["id"])
    stand.work()
    assert not stand.functions.enabled


def minutes(stand: Stand, end: str) -> None:
    """Let the minutes pass until it is as late, with all that the scheduler does in each and in each quarter."""
    last = stand.clock.now()
    until(stand, end)
    now, stand.clock._now = stand.clock.now(), last
    while stand.clock.now() < now:
        stand.clock.sleep(60)
        stand.settle()
        if stand.clock.now().minute % 15 == 0:
            stand.tick("remind")
        stand.look()
        stand.work()


def calls(stand: Stand) -> list[str]:
    """Calls to Notion but for the probes."""
    probes = ("/v1/users/me", '"page_size": 1,')
    return [
        r["path"] for r in stand.notion.requests() if not any(p in f"{r['path']}{r['body']}" for p in probes)
    ]


@pytest.mark.req("A5", "T5")
def test_what_is_remembered_is_told_in_slack_with_its_age_and_nobody_is_told_again_when_notion_is_back(
    stand: Stand,
) -> None:
    task, _ = known(stand, ("Write", "2026-11-27"), ("Later", "2026-12-10"))
    until(stand, "2026-11-26 08:00")
    goes_away(stand)
    before = len(calls(stand))
    minutes(stand, "2026-11-26 09:28")
    assert everything(stand) == []

    minutes(stand, "2026-11-26 09:32")
    assert [line.partition(">")[2] for line in everything(stand)] == [
        " is due tomorrow (Fri 27 Nov) (as of 3 h ago, because Notion can't be asked)"
    ]
    minutes(stand, "2026-11-26 11:00")
    assert len(calls(stand)) == before

    new = add_task(stand, "New", "2026-11-27", stand.demo.ben)
    stand.notion.clear_faults()
    minutes(stand, "2026-11-26 11:50")

    assert stand.functions.enabled
    assert len(everything(stand)) == 2
    assert [len(stand.comments(page)) for page in (task, new)] == [0, 1]
    assert stand.dead_letters() == []


@pytest.mark.req("A5", "T5")
def test_comments_alone_wait_until_notion_is_back(tmp_path: Path) -> None:
    with team(tmp_path, "slack = false") as stand:
        (task,) = known(stand, ("Write", "2026-11-27"))
        goes_away(stand)
        minutes(stand, "2026-11-26 10:00")
        stand.notion.clear_faults()
        minutes(stand, "2026-11-26 10:40")

        assert len(stand.comments(task)) == 1
        assert everything(stand) == []


@pytest.mark.req("A5", "T5")
def test_what_was_done_during_the_outage_and_reminded_of_all_the_same_climbs_no_further(stand: Stand) -> None:
    (task,) = known(stand, ("Write", "2026-11-26"))
    goes_away(stand)
    change(stand, task, Status="Done")
    minutes(stand, "2026-11-26 10:00")
    assert len(everything(stand)) == 1  # nobody could know
    stand.notion.clear_faults()
    minutes(stand, "2026-11-26 10:40")
    until(stand, "2026-11-27 08:50")
    minutes(stand, "2026-11-27 09:10")

    assert len(everything(stand)) == 1
    assert stand.comments(task) == []


@pytest.mark.req("A5", "T5", "A13")
def test_many_become_digests_and_each_is_told_once(stand: Stand) -> None:
    tasks = known(stand, *((f"Task {n}", "2026-11-27") for n in range(250)))
    goes_away(stand)
    minutes(stand, "2026-11-26 09:50")

    assert len(everything(stand)) == len(set(everything(stand))) == 250
    assert len(stand.messages()) <= 12
    stand.notion.clear_faults()
    minutes(stand, "2026-11-26 10:40")
    assert len(everything(stand)) == 250
    assert not any(stand.comments(task) for task in tasks)


@pytest.mark.req("A5", "T5", "P1")
def test_one_call_goes_on_for_all_lanes(tmp_path: Path) -> None:
    with team(tmp_path, LANES="2") as stand:
        known(stand, *((f"Task {n}", "2026-11-27") for n in range(12)))
        goes_away(stand)
        minutes(stand, "2026-11-26 09:40")
        stand.notion.clear_faults()
        minutes(stand, "2026-11-26 10:40")

        assert len(everything(stand)) == 12


@pytest.mark.req("A5", "T5")
def test_a_run_from_memory_goes_on_where_time_ran_out(stand: Stand) -> None:
    known(stand, *((f"Task {n}", "2026-11-27") for n in range(5)))
    for number in range(240):
        add_task(stand, f"Other {number}", "2026-12-31")
    stand.sweep()
    goes_away(stand)
    until(stand, "2026-11-26 09:35")
    stand.time_left = 9_000
    for _ in range(4):
        stand.look()
        stand.clock.sleep(60)
    stand.time_left = 30_000
    stand.look()

    assert len(everything(stand)) == 5


@pytest.mark.req("A5", "T5")
def test_a_lane_that_somebody_paused_says_nothing(stand: Stand) -> None:
    (task,) = known(stand, ("Write", "2026-11-27"))
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)
    source = EventSource(stand.functions, stand.environ["LANE_QUEUE_ARN"], "processor")
    switch = LaneSwitch(memory, source, stand.clock.now)
    switch.pause(Cause.OPERATOR, "a test")
    minutes(stand, "2026-11-26 10:00")
    assert everything(stand) == []

    switch.resume()
    minutes(stand, "2026-11-26 10:20")

    assert len(everything(stand)) == len(stand.comments(task)) == 1


@pytest.mark.req("A5", "T5")
def test_a_query_that_fails_while_the_lane_runs_is_made_up_for_after_half_an_hour(stand: Stand) -> None:
    (task,) = known(stand, ("Write", "2026-11-27"))
    stand.notion.add_fault(faults.answer(503), match={"path": "/query"}, times="forever")
    minutes(stand, "2026-11-26 09:29")
    assert everything(stand) == []

    minutes(stand, "2026-11-26 09:33")
    assert stand.functions.enabled
    assert ["as of 3 h ago" in line for line in everything(stand)] == [True]
    stand.notion.clear_faults()
    minutes(stand, "2026-11-26 10:00")

    assert len(everything(stand)) == 1
    assert stand.comments(task) == []


@pytest.mark.req("T5")
def test_messages_that_wait_for_slack_go_on_while_notion_is_away(stand: Stand) -> None:
    (task,) = known(stand, ("Write", "2026-11-27"))
    stand.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 600})
    until(stand, "2026-11-26 09:00")
    stand.tick("remind")
    stand.work()
    stand.gather()
    assert (len(stand.comments(task)), everything(stand)) == (1, [])

    goes_away(stand)
    minutes(stand, "2026-11-26 09:25")

    assert not stand.functions.enabled
    assert len(everything(stand)) == 1
    assert "as of" not in everything(stand)[0]
