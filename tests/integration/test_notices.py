"""Status changes and comings and goings, from the delivery to what people see, on moto and the simulators."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Stand, standing

STATUS, PRIORITY, ASSIGNEE = "bDf%5B", "%3AUPp", "XGe%40"

RULES = (
    automation("assignment", "removed = true\ndirect = true"),
    automation(
        "status",
        'to = ["Blocked"]\ncomment = true\n'
        'escalate = { to = "chloe@example.com", slack_channel = "#team", direct = true }',
    ),
    automation(
        "status", 'name = "done"\nto = ["Done"]\nslack_channel = "#done"\nwhere = { priority = "High" }'
    ),
    automation(
        "lifecycle",
        'slack_channel = "#comings"\non = ["created", "updated", "deleted", "undeleted", "moved", "locked", "unlocked"]\n'
        'watch = ["priority"]',
    ),
)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with standing(quick=True, RULES_FILE=rules_file(tmp_path, *RULES)) as made:
        for channel in ("#comings", "#done"):
            made.slack.add_channel(channel)
        for name in ("ann", "ben", "chloe"):
            made.slack.add_user(name.title(), email=f"{name}@example.com")
        yield made


@pytest.fixture
def task(stand: Stand) -> str:
    """A page that Steward knows."""
    task = stand.demo.tasks["Review the contract"]
    stand.send(task, type="page.undeleted", data={"parent": stand.payload(task)["data"]["parent"]})
    stand.work()
    return task


def edit(stand: Stand, task: str, **properties: Any) -> None:
    """Edit a page, tell of it, and work that."""
    stand.clock.sleep(30)
    stand.notion.edit(task, properties=properties, by=stand.demo.ben, silent=True)
    parent = stand.payload(task)["data"]["parent"]
    ids = {"Status": STATUS, "Priority": PRIORITY, "Assignee": ASSIGNEE}
    stand.send(task, data={"parent": parent, "updated_properties": [ids[name] for name in properties]})
    stand.work()


def happen(stand: Stand, task: str, kind: str) -> None:
    """Tell of something that happened to a page, and work that."""
    stand.send(task, type=f"page.{kind}", data={"parent": stand.payload(task)["data"]["parent"]})
    stand.work()


@pytest.mark.req("A2")
def test_a_blocked_task_is_told_on_its_page_and_escalated_once(stand: Stand, task: str) -> None:
    edit(stand, task, Assignee=[stand.demo.ann])
    edit(stand, task, Status="Blocked")
    edit(stand, task, Status="In progress")

    assert [text.split(" · ")[0] for text in stand.comments(task)[1:]] == [
        "@Ann: this task moved from Not started to Blocked."
    ]
    (escalation,) = stand.messages("#team")
    assert "moved from *Not started* to *Blocked*" in escalation
    assert stand.messages("#done") == []


@pytest.mark.req("A2")
def test_a_transition_is_told_for_pages_with_the_configured_values_only(stand: Stand, task: str) -> None:
    edit(stand, task, Status="Done")
    edit(stand, task, Status="In progress", Priority="High")
    edit(stand, task, Status="Done")

    (message,) = stand.messages("#done")
    assert "moved from *In progress* to *Done*" in message


@pytest.mark.req("A2", "P3")
def test_a_status_that_is_delivered_again_and_swept_is_told_once(stand: Stand, task: str) -> None:
    edit(stand, task, Status="Blocked")
    happen(stand, task, "properties_updated")
    stand.clock.sleep(900)
    stand.sweep()

    assert len(stand.messages("#team")) == 1


@pytest.mark.req("A2", "P6")
def test_a_status_of_which_no_webhook_came_is_told_by_the_sweep(stand: Stand, task: str) -> None:
    stand.clock.sleep(600)
    stand.sweep()
    stand.clock.sleep(60)
    stand.notion.edit(task, properties={"Status": "Blocked"}, silent=True)
    stand.clock.sleep(900)
    stand.sweep()
    stand.gather()

    assert len(stand.messages("#team")) == 1


@pytest.mark.req("A1")
def test_who_is_no_longer_assigned_is_told_in_slack_and_not_by_a_comment(stand: Stand, task: str) -> None:
    edit(stand, task, Assignee=[stand.demo.ann])
    edit(stand, task, Assignee=[stand.demo.ben])

    assert [text.split(",")[0] for text in stand.comments(task)] == ["@Ann", "@Ben"]
    assert sum("is no longer assigned to" in text for text in stand.messages()) == 1
    assert sum("is now assigned to" in text for text in stand.messages()) == 2


@pytest.mark.req("A3")
def test_a_page_s_life_is_told_in_its_channel(stand: Stand) -> None:
    task = stand.notion.add_page(stand.demo.data_source_id, {"Name": ""})
    happen(stand, task, "created")
    stand.notion.edit(task, properties={"Name": "A < B"}, silent=True)
    edit(stand, task, Priority="Low")
    stand.gather()
    edit(stand, task, Priority="High")
    stand.clock.sleep(90)
    for step, kind in (
        (stand.notion.lock, "locked"),
        (stand.notion.unlock, "unlocked"),
        (stand.notion.trash, "deleted"),
        (stand.notion.restore, "undeleted"),
    ):
        step(task)
        happen(stand, task, kind)
        stand.clock.sleep(90)

    said = [text.replace(f"<{stand.notion.url}", "") for text in stand.messages("#comings")]
    ends = [
        "",
        "priority changed from *Low* to *High*.",
        "was locked.",
        "was unlocked.",
        "was deleted.",
        "is back in Tasks.",
    ]
    assert said[0].startswith("New in Tasks: ")
    assert all("A &lt; B" in text for text in said)
    assert [text.endswith(end) for text, end in zip(said, ends, strict=True)] == [True] * 6


@pytest.mark.req("A3")
def test_a_page_that_is_created_and_deleted_at_once_says_nothing(stand: Stand) -> None:
    task = stand.notion.add_page(stand.demo.data_source_id, {"Name": "Oops"})
    happen(stand, task, "created")
    stand.clock.sleep(20)
    stand.notion.trash(task)
    happen(stand, task, "deleted")
    stand.gather()

    assert stand.messages("#comings") == []


@pytest.mark.req("A3")
def test_a_page_that_moves_away_and_back_is_told_to_have_moved(stand: Stand, task: str) -> None:
    elsewhere = stand.notion.add_data_source("Others", {"Name": "title"})
    stand.notion.move(task, data_source_id=elsewhere)
    happen(stand, task, "moved")
    stand.clock.sleep(60)
    stand.notion.move(task, data_source_id=stand.demo.data_source_id)
    happen(stand, task, "moved")

    assert [text.rpartition(">")[2] for text in stand.messages("#comings")] == [
        " moved out of Tasks.",
        " moved to Tasks.",
    ]


@pytest.mark.req("A10")
def test_a_rule_whose_property_vanished_is_skipped_and_counted_and_all_others_go_on(
    stand: Stand, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(stand, task, Priority="High")
    stand.notion.update_schema(stand.demo.data_source_id, remove=["Priority"])
    capsys.readouterr()

    edit(stand, task, Status="Done", Assignee=[stand.demo.ann])

    assert stand.messages("#done") == []
    assert len(stand.comments(task)) == 1
    assert '"RuleSkipped"' in capsys.readouterr().out
