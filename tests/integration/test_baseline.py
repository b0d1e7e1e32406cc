"""``baseline`` on the whole of Steward in one process: what was there before is remembered, and nobody is told."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.operate import baseline, target
from infra.operate.__main__ import main
from steward.baseline import Phase, Progress, memory_name
from steward.envelope import Order, encode_order
from steward.lane import FIRST
from steward.memory import Memory
from tests.integration.here import Here
from tests.integration.stand import Stand, standing


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with standing(quick=True) as made:
        here = Here(made)
        monkeypatch.setattr(here, "client", lambda _service: made.sqs)
        monkeypatch.setattr(target, "find", lambda *_: here)
        monkeypatch.setattr(baseline, "utc_now", made.clock.now)
        monkeypatch.setattr(baseline, "sleep", lambda _seconds: made.step())
        made.clock.sleep(3600)  # what was there was there for long
        yield made


def remembered(stand: Stand) -> list[str]:
    rows = stand.dynamodb.Table(stand.environ["STATE_TABLE"]).scan()["Items"]
    return [r["pk"].removeprefix("PAGE#") for r in rows if r["sk"] == "SNAPSHOT" and "source" in r]


def progress(stand: Stand) -> Progress:
    table = stand.dynamodb.Table(stand.environ["STATE_TABLE"])
    found = Progress.of(
        Memory(table, lambda: datetime.now(UTC)).recall(memory_name(stand.demo.data_source_id))
    )
    assert found is not None
    return found


def order(stand: Stand, run: str, part: int = 0, source: str | None = None) -> None:
    body = encode_order(Order(source or stand.demo.data_source_id, run), part)
    stand.sqs.send_message(
        QueueUrl=stand.environ["LANE_QUEUE_URL"],
        MessageBody=body,
        MessageGroupId=FIRST,
        MessageDeduplicationId=f"order-{run}-{part}",
    )


def queries(stand: Stand) -> int:
    return len(stand.notion.requests(path="/query", method="POST"))


@pytest.mark.req("A1", "O4")
def test_a_whole_data_source_is_remembered_silently_a_hundred_a_call(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = stand.add_tasks(645)
    for page in pages[:50]:
        stand.assign(page, stand.demo.ann)

    assert main(["baseline", "--source", "Tasks"]) == 0

    everything = 645 + len(stand.demo.tasks)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"Tasks: done: {everything} pages remembered, 0 were known; 7 calls"
    assert lines[0] == "Tasks: 500 pages remembered, 0 were known; 5 calls"
    assert len(stand.notion.requests()) == 7
    assert len(remembered(stand)) == everything
    stand.gather()
    assert stand.messages() == []
    assert all(stand.comments(page) == [] for page in pages[:50])


@pytest.mark.req("A1")
def test_afterwards_a_change_is_measured_against_what_was_there(stand: Stand) -> None:
    page = stand.add_tasks(1)[0]
    stand.assign(page, stand.demo.ann)
    main(["baseline"])
    stand.clock.sleep(3600 * 30)

    stand.assign(page, stand.demo.ann, stand.demo.ben)
    stand.send(page)
    stand.work()

    assert stand.told(page) == [stand.demo.ben]


@pytest.mark.req("A1", "P3")
def test_pages_that_are_known_are_left_alone(stand: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    page = stand.demo.tasks["Review the contract"]
    stand.send(page)
    stand.work()
    before = stand.snapshot(page)
    stand.assign(page, stand.demo.ann)
    stand.clock.sleep(120)

    assert main(["baseline"]) == 0
    assert stand.snapshot(page) == before
    assert main(["baseline"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Tasks: done: 0 pages remembered")

    stand.send(page)
    stand.work()
    assert stand.told(page) == [stand.demo.ann]


@pytest.mark.req("A1", "P2")
def test_events_are_worked_between_its_parts(stand: Stand) -> None:
    stand.add_tasks(1200)
    page = stand.demo.tasks["Review the contract"]
    order(stand, "run")
    stand.assign(page, stand.demo.ann)
    stand.send(page)

    stand.step()
    stand.step()

    assert progress(stand).phase is Phase.RUNNING
    assert queries(stand) == 5
    assert len(stand.comments(page)) == 1
    stand.work()
    assert progress(stand).phase is Phase.DONE


@pytest.mark.req("A1", "P4")
@pytest.mark.parametrize(
    "fault",
    [faults.answer(503), faults.answer(429, retry_after=30), faults.answer(529)],
    ids=["503", "429", "529"],
)
def test_trouble_that_passes_holds_it_and_then_it_goes_on_where_it_was(
    stand: Stand, fault: dict[str, Any]
) -> None:
    stand.add_tasks(300)
    stand.notion.add_fault(fault, match={"path": "/query"}, times=2)

    assert main(["baseline"]) == 0

    assert progress(stand).listed == 300 + len(stand.demo.tasks)
    assert stand.dead_letters() == []


@pytest.mark.req("A1", "P4")
def test_what_stopped_goes_on_where_it_stopped_when_it_is_ordered_again(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.add_tasks(900)
    order(stand, "first")
    stand.step()
    stand.sqs.purge_queue(QueueUrl=stand.environ["LANE_QUEUE_URL"])
    assert progress(stand).listed == 500
    stand.clock.sleep(3600)

    assert main(["baseline"]) == 0

    assert "goes on after 500 pages" in capsys.readouterr().out
    assert queries(stand) == 10


@pytest.mark.req("A1")
def test_an_order_that_is_being_worked_is_watched_and_not_given_again(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.add_tasks(900)
    order(stand, "first")
    stand.step()

    assert main(["baseline"]) == 0

    assert "it is being done already" in capsys.readouterr().out
    assert queries(stand) == 10
    assert progress(stand).run == "first"


@pytest.mark.req("A1", "P3")
def test_the_parts_of_an_order_that_another_took_over_do_nothing(stand: Stand) -> None:
    stand.add_tasks(900)
    order(stand, "first")
    order(stand, "second")
    stand.work()

    assert queries(stand) == 10
    assert (progress(stand).run, progress(stand).phase) == ("second", Phase.DONE)
    assert len(remembered(stand)) == 900 + len(stand.demo.tasks)


@pytest.mark.req("A1", "P8")
def test_its_end_is_journalled(stand: Stand) -> None:
    order(stand, "run")
    stand.work()
    row = stand.journal("baseline-run")
    assert row["why"] == f"{len(stand.demo.tasks)} pages remembered silently, 0 were known"
    assert (row["calls"], row["title"]) == (1, "Tasks")


@pytest.mark.req("A1", "O4")
def test_a_source_that_can_not_be_read_fails_with_its_reason(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.notion.unshare(stand.demo.data_source_id)

    assert main(["baseline"]) == 1

    assert "Tasks: failed after 0 pages: notion.query: not_found" in capsys.readouterr().out
    assert stand.dead_letters() == []


@pytest.mark.req("A1")
def test_a_cursor_that_notion_forgot_is_no_end(stand: Stand) -> None:
    stand.add_tasks(700)
    order(stand, "run")
    stand.step()
    refusal = faults.answer(400, code="validation_error")
    stand.notion.add_fault(refusal, match={"path": "/query"}, times=1)
    stand.work()

    assert progress(stand).phase is Phase.DONE
    assert len(remembered(stand)) == 700 + len(stand.demo.tasks)


@pytest.mark.req("A1")
def test_a_source_that_the_deployed_file_does_not_have_fails(stand: Stand) -> None:
    order(stand, "run", source="another")
    stand.work()
    table = stand.dynamodb.Table(stand.environ["STATE_TABLE"])
    found = Progress.of(Memory(table, stand.clock.now).recall(memory_name("another")))
    assert found is not None
    assert (found.phase, found.why) == (
        Phase.FAILED,
        "the deployed rules file has no data source with this id",
    )


@pytest.mark.req("O4")
def test_an_unknown_source_and_a_hint_while_nothing_happens(
    stand: Stand, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["baseline", "--source", "Taks"]) == 2
    assert "no data source 'Taks' in the rules file; name one of Tasks" in capsys.readouterr().err

    looked = iter(range(100))
    monkeypatch.setattr(baseline, "sleep", lambda _s: stand.step() if next(looked) > 40 else None)
    assert main(["baseline"]) == 0
    assert "`lane status`" in capsys.readouterr().out


@pytest.mark.req("O4")
def test_without_waiting_it_is_ordered_only(stand: Stand) -> None:
    assert main(["baseline", "--no-wait"]) == 0
    assert stand.notion.requests() == []
    stand.work()
    assert progress(stand).phase is Phase.DONE
    assert progress(stand).updated - progress(stand).began < timedelta(minutes=5)


@pytest.mark.req("P1")
def test_it_waits_while_the_lane_rests(stand: Stand) -> None:
    stand.add_tasks(200)
    stand.notion.revoke_token(stand.notion.token)
    order(stand, "run")
    stand.work()
    stand.notion.add_token(stand.notion.token)
    for _ in range(30):
        stand.clock.sleep(60)
        stand.look()
        stand.work()
    assert progress(stand).phase is Phase.DONE


@pytest.mark.req("O4")
def test_the_data_sources_are_those_of_the_file_that_the_stack_runs_by(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "team.toml"
    theirs.write_text(
        Path(stand.environ["RULES_FILE"]).read_text().replace('name = "Tasks"', 'name = "Chores"')
    )
    stand.environ["RULES_FILE"] = str(theirs)

    assert main(["baseline", "--source", "Tasks", "--json"]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "error": "no data source 'Tasks' in the rules file",
        "do": "name one of Chores",
    }
