"""Deadlines through the whole of Steward: each person is told once of each task and due date, whatever ticks come (A5)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.simulators.notion import api_data, faults
from tests.integration.calendar_days import add_task, change, everything, mornings, rules_file, team, until
from tests.integration.lagging import Lagging
from tests.integration.stand import Stand


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with team(tmp_path) as made:
        yield made


def queries(stand: Stand) -> int:
    return sum(r["path"].endswith("/query") for r in stand.notion.requests())


@pytest.mark.req("A5")
def test_a_task_that_is_due_tomorrow_is_told_once_by_comment_and_message_however_often_the_tick_comes(
    stand: Stand,
) -> None:
    task = add_task(stand, "Write", "2026-11-27", stand.demo.ann, stand.demo.ben)
    until(stand, "2026-11-26 08:45")
    stand.remind()
    assert stand.notion.requests() == []

    until(stand, "2026-11-26 09:00")
    for _ in range(10):
        stand.remind()

    assert sorted(stand.told(task)) == sorted([stand.demo.ann, stand.demo.ben])
    assert all("is due tomorrow (Fri 27 Nov)" in text for text in stand.comments(task))
    assert len(everything(stand)) == 2
    assert all("is due tomorrow (Fri 27 Nov)" in line for line in everything(stand))
    assert queries(stand) == 1


@pytest.mark.req("A5", "P8")
def test_a_reminder_is_in_the_journal_with_its_effects(stand: Stand) -> None:
    task = add_task(stand, "Write", "2026-11-27", stand.demo.ann)
    until(stand, "2026-11-26 09:00")
    stand.remind()

    row = stand.journal(f"remind-20261126-{task}")
    assert (row["type"], row["entity"], row["title"]) == ("reminder", task, "Write")
    assert {e["kind"] for e in row["effects"]} == {"notion.comment", "slack.message"}
    assert "Tasks/deadline" in row["why"]


@pytest.mark.req("A5")
def test_a_date_that_moves_is_reminded_of_again_and_one_that_comes_back_is_not(stand: Stand) -> None:
    task = add_task(stand, "Write", "2026-11-24", stand.demo.ann)
    until(stand, "2026-11-23 09:00")
    stand.remind()
    stand.clock.sleep(3600)
    change(stand, task, Due="2026-11-26")
    said = mornings(stand, "2026-11-24", 1)
    assert said == {}
    said = mornings(stand, "2026-11-25", 1)
    assert [line.partition(" is due")[2] for line in said["2026-11-25"]] == [" tomorrow (Thu 26 Nov)"]

    stand.clock.sleep(3600)
    change(stand, task, Due="2026-11-24")
    said = mornings(stand, "2026-11-26", 1)

    assert ["was due on Tue 24 Nov, 2 days ago" in line for line in said["2026-11-26"]] == [True]
    assert len(stand.comments(task)) == 3


@pytest.mark.req("A5", "P3")
@pytest.mark.parametrize("what", ["done", "moved", "unassigned", "trashed"])
def test_a_reminder_that_still_waits_is_cancelled_when_it_is_not_true_any_more(
    stand: Stand, what: str
) -> None:
    task = add_task(stand, "Write", "2026-11-27", stand.demo.ann)
    stand.clock.sleep(600)
    stand.sweep()
    until(stand, "2026-11-26 09:00")
    stand.tick("remind")
    stand.work()
    stand.clock.sleep(5)
    if what == "trashed":
        stand.notion.trash(task)
    else:
        becomes: dict[str, dict[str, object]] = {
            "done": {"Status": "Done"},
            "moved": {"Due": "2026-12-10"},
            "unassigned": {"Assignee": []},
        }
        change(stand, task, **becomes[what])
    if what == "trashed":
        stand.send(task, type="page.deleted")
    else:
        stand.send(task, data={**stand.payload(task)["data"], "updated_properties": []})
    stand.work()
    stand.gather()

    assert stand.comments(task) == []
    assert everything(stand) == []


@pytest.mark.req("A5")
def test_the_ladder_over_two_weeks(stand: Stand) -> None:
    add_task(stand, "Write", "2026-11-26", stand.demo.ann)

    said = mornings(stand, "2026-11-23", 25)

    assert {day: [line[:6] for line in lines] for day, lines in said.items()} == {
        "2026-11-25": ["*Ann*:"],
        "2026-11-27": ["*Ann*:"],
        "2026-11-30": ["*Chloé"],  # the third day is a Sunday
        "2026-12-03": ["<https"],
    }
    assert "7 days ago; assigned to *Ann*" in said["2026-12-03"][0]


@pytest.mark.req("A5")
def test_what_is_done_in_between_climbs_no_further(stand: Stand) -> None:
    task = add_task(stand, "Write", "2026-11-24", stand.demo.ann)
    said = mornings(stand, "2026-11-23", 3)
    assert list(said) == ["2026-11-23", "2026-11-25"]

    change(stand, task, Status="Done")

    assert mornings(stand, "2026-11-26", 10) == {}


@pytest.mark.req("A5")
def test_holidays_are_kept_and_what_falls_on_them_comes_before_or_after(tmp_path: Path) -> None:
    top = 'time_zone = "Europe/Berlin"\nholidays = ["2026-11-25", "2026-11-26", "2026-11-27"]'
    with team(tmp_path, file=rules_file(tmp_path, top=top)) as stand:
        add_task(stand, "Before", "2026-11-23", stand.demo.ann)
        add_task(stand, "Within", "2026-11-27", stand.demo.ann)
        add_task(stand, "Overdue", "2026-11-24", stand.demo.ann)

        said = mornings(stand, "2026-11-23", 10)

    days = {
        day: sorted(t for t in ("Before", "Within", "Overdue") if t in str(lines))
        for day, lines in said.items()
    }
    assert days["2026-11-23"] == ["Before", "Overdue"]
    assert days["2026-11-24"] == ["Before", "Within"]
    assert not days.keys() & {"2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"}
    assert days["2026-11-30"] == ["Before", "Overdue", "Within"]


@pytest.mark.req("A5")
def test_a_run_that_was_missed_is_made_up_for_on_the_same_day(stand: Stand) -> None:
    task = add_task(stand, "Write", "2026-11-27", stand.demo.ann)
    until(stand, "2026-11-26 17:20")
    stand.remind()

    assert len(stand.comments(task)) == 1


@pytest.mark.req("A5")
def test_only_the_tasks_that_a_rule_names_are_reminded_of(tmp_path: Path) -> None:
    rules = ('where = { priority = "High" }', 'name = "late"\nat = "15:00"\ndays_before = 0')
    with team(tmp_path, *rules) as stand:
        high = add_task(stand, "Urgent", "2026-11-26", stand.demo.ann)
        low = add_task(stand, "Other", "2026-11-26", stand.demo.ann)
        change(stand, high, Priority="High")
        until(stand, "2026-11-26 09:00")
        stand.remind()
        assert [len(stand.comments(page)) for page in (high, low)] == [1, 0]

        until(stand, "2026-11-26 15:00")
        stand.remind()

        assert [len(stand.comments(page)) for page in (high, low)] == [2, 1]


@pytest.mark.req("A5", "A13")
def test_250_tasks_over_several_pages_are_told_as_digests_and_each_once(stand: Stand) -> None:
    tasks = [add_task(stand, f"Task {n}", "2026-11-27", stand.demo.ann) for n in range(250)]
    until(stand, "2026-11-26 09:00")
    stand.remind()
    for _ in range(5):
        stand.gather()

    assert all(len(stand.comments(task)) == 1 for task in tasks)
    assert len(everything(stand)) == len(set(everything(stand))) == 250
    assert len(stand.messages()) <= 15
    assert queries(stand) == 3
    assert stand.notion.counters()["rate_limited"] == {}


@pytest.mark.req("A5")
def test_a_run_goes_on_behind_the_most_that_one_query_gives(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_data, "QUERY_RESULT_LIMIT", 20)
    stand.notion.set_page_cap(7)
    tasks = []
    for number in range(90):
        tasks.append(add_task(stand, f"Task {number}", "2026-11-27", stand.demo.ann))
        stand.clock.sleep(11)
    until(stand, "2026-11-26 09:00")
    stand.remind()
    for _ in range(3):
        stand.gather()

    assert all(len(stand.comments(task)) == 1 for task in tasks)
    assert len(everything(stand)) == 90


@pytest.mark.req("A5")
@pytest.mark.timeout(300)
def test_a_run_goes_on_where_time_ran_out(stand: Stand) -> None:
    tasks = [add_task(stand, f"Task {n}", "2026-11-27", stand.demo.ann) for n in range(30)]
    stand.notion.set_page_cap(4)
    until(stand, "2026-11-26 09:00")
    stand.time_left = 9_000
    stand.tick("remind")
    stand.work()
    stand.time_left = 30_000
    stand.gather()

    assert all(len(stand.comments(task)) == 1 for task in tasks)
    assert queries(stand) == 8


@pytest.mark.req("A5", "P1")
def test_lanes_share_the_pages(tmp_path: Path) -> None:
    with team(tmp_path, LANES="2") as stand:
        tasks = [add_task(stand, f"Task {n}", "2026-11-27", stand.demo.ann) for n in range(20)]
        assert {stand.group_of(task) for task in tasks} == {"lane-0", "lane-1"}
        until(stand, "2026-11-26 09:00")
        for _ in range(3):
            stand.remind()

        assert all(len(stand.comments(task)) == 1 for task in tasks)
        assert len(everything(stand)) == 20
        assert queries(stand) == 2


@pytest.mark.req("A5", "P1")
def test_when_the_number_of_lanes_changes_on_the_day_nobody_is_left_out_or_told_twice(tmp_path: Path) -> None:
    with team(tmp_path, LANES="2") as stand:
        tasks = [add_task(stand, f"Task {n}", "2026-11-27", stand.demo.ann) for n in range(12)]
        until(stand, "2026-11-26 09:00")
        stand.tick("remind")
        stand.step()  # the first lane's part; the other one's message is lost with its queue
        stand.sqs.purge_queue(QueueUrl=stand.environ["LANE_QUEUE_URL"])
        stand.environ["LANES"] = "1"
        stand.restart()
        for _ in range(2):
            stand.remind()

        assert all(len(stand.comments(task)) == 1 for task in tasks)
        assert len(everything(stand)) == 12


@pytest.mark.req("A5", "P6")
def test_what_the_query_shows_is_told_too_and_counted_as_lost_only_if_no_webhook_comes(
    tmp_path: Path, counted: dict[str, list[float]]
) -> None:
    rules = rules_file(tmp_path)
    Path(rules).write_text(Path(rules).read_text() + '[[data_source.automation]]\nkind = "assignment"\n')
    with team(tmp_path, file=rules) as stand:
        tasks = [add_task(stand, f"Task {n}", "2026-11-27") for n in range(2)]
        stand.clock.sleep(600)
        stand.sweep()
        until(stand, "2026-11-26 08:58")
        for task in tasks:
            stand.assign(task, stand.demo.ann)
        heard_of = stand.payload(tasks[0])
        until(stand, "2026-11-26 09:00")
        stand.remind()
        stand.send(tasks[0], **{key: heard_of[key] for key in ("id", "timestamp")})
        stand.work()
        stand.clock.sleep(900)
        counted.clear()
        stand.sweep()
        stand.gather()

        assert [len(stand.comments(task)) for task in tasks] == [2, 2]
        assert sum(counted["ChangesLost"]) == 1


@pytest.mark.req("A5")
def test_a_rule_that_is_new_reminds_of_tasks_that_were_known_before_it_without_reading_each(
    tmp_path: Path,
) -> None:
    old = tmp_path / "old.toml"
    old.write_text(Path(rules_file(tmp_path)).read_text().replace('"deadline"', '"assignment"'))
    with team(tmp_path, file=str(old)) as stand:
        tasks = [add_task(stand, f"Task {n}", "2026-11-27", stand.demo.ann) for n in range(5)]
        stand.clock.sleep(600)
        stand.sweep()
        stand.environ["RULES_FILE"] = rules_file(tmp_path)
        stand.restart()
        until(stand, "2026-11-26 09:00")
        before = len(stand.notion.requests())
        stand.tick("remind")
        stand.work()

        assert len(stand.notion.requests()) - before == 1
        stand.gather()
        assert all(len(stand.comments(task)) == 1 for task in tasks)


@pytest.mark.req("A5")
def test_what_is_done_is_left_out_by_the_query_where_notion_knows_the_option(stand: Stand) -> None:
    add_task(stand, "Write", "2026-11-27", stand.demo.ann)
    finished = add_task(stand, "Finished", "2026-11-27", stand.demo.ann, status="Done")
    mornings(stand, "2026-11-25", 2)

    asked = [json.loads(r["body"])["filter"] for r in stand.notion.requests() if r["path"].endswith("/query")]
    assert {"property": "bDf%5B", "status": {"does_not_equal": "Done"}} in asked[-1]["and"]
    assert stand.comments(finished) == []


@pytest.mark.req("A5", "A10")
def test_a_status_that_notion_does_not_have_costs_a_call_and_no_reminder(stand: Stand) -> None:
    task = add_task(stand, "Write", "2026-11-27", stand.demo.ann)
    mornings(stand, "2026-11-25", 1)
    stand.notion.add_fault(faults.answer(400, code="validation_error"), match={"path": "/query"}, times=1)
    mornings(stand, "2026-11-26", 1)

    assert len(stand.comments(task)) == 1


@pytest.mark.req("A5", "A10")
def test_a_rule_that_can_not_run_does_not_keep_the_others_from_running(tmp_path: Path) -> None:
    rules = Path(rules_file(tmp_path))
    other = rules.read_text().split("[[data_source]]")[1]
    refused = other.replace("Tasks", "Refused").replace("2f1c7c1e", "00000000").replace("slack_channel", "#")
    head, _, rest = rules.read_text().partition("[[data_source]]")
    rules.write_text(f"{head}[[data_source]]{refused}\n[[data_source]]{rest}")
    with team(tmp_path, file=str(rules)) as stand:
        task = add_task(stand, "Write", "2026-11-27", stand.demo.ann)
        mornings(stand, "2026-11-26", 1)

        assert len(stand.comments(task)) == 1
        assert stand.functions.enabled


@pytest.mark.req("A5", "P3")
@pytest.mark.parametrize("seconds_before", [5, 600], ids=["same minute", "earlier minute"])
def test_a_row_that_lags_behind_what_is_known_is_not_believed(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, seconds_before: int
) -> None:
    task = add_task(stand, "Write", "2026-11-27", stand.demo.ann)
    lagging = Lagging(stand, monkeypatch)
    until(stand, "2026-11-26 08:59")
    stand.clock.sleep(-seconds_before if seconds_before > 60 else 0)
    change(stand, task, Assignee=[stand.demo.ben])
    lagging.freeze([task])
    until(stand, "2026-11-26 08:59")
    stand.clock.sleep(10)
    change(stand, task, Due="2026-12-10")
    stand.send(task, data={**stand.payload(task)["data"], "updated_properties": []})
    stand.clock.sleep(20)
    stand.work()

    mornings(stand, "2026-11-26", 1)

    assert stand.comments(task) == []
