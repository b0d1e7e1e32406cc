"""When people change a database's properties, one message says which automations break and how to mend the file (A10)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from tests.integration.aws import ROOT
from tests.integration.stand import Stand, standing

ASSIGNEE, STATUS = "XGe%40", "bDf%5B"

RULES = """
[slack]
default_channel = "#team"

[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = { title = "Name", assignee = "Assignee", status = "Status", priority = "Priority" }
slack_channel = "#tasks"
automation = [
    { kind = "assignment" },
    { kind = "assignment", name = "high", slack_channel = "#team", comment = false },
    { kind = "schema" },
]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return tmp_path / "rules.toml"


@pytest.fixture
def stand(rules: Path) -> Iterator[Stand]:
    rules.write_text((ROOT / "functions" / "steward.toml").read_text())
    with standing(quick=True, RULES_FILE=str(rules)) as made:
        made.clock.sleep(600)
        made.sweep()
        yield made


def changes(stand: Stand, **changes: Any) -> dict[str, Any]:
    """People change the schema, and Notion tells."""
    stand.clock.sleep(30)
    stand.notion.update_schema(stand.demo.data_source_id, **changes)
    return tell(stand)


def tell(stand: Stand, type_: str = "data_source.schema_updated", **changed: Any) -> dict[str, Any]:
    payload = {
        **stand.payload(stand.demo.data_source_id),
        "type": type_,
        "entity": {"id": stand.demo.data_source_id, "type": "data_source"},
        "data": {"parent": {"id": stand.demo.database_id, "type": "database"}, "updated_properties": []},
        **changed,
    }
    assert stand.deliver(json.dumps(payload).encode()) == 200
    stand.clock.sleep(5)
    stand.work()
    return payload


def minutes(stand: Stand, number: int) -> None:
    """Minute by minute, with the scheduler's ticks."""
    for minute in range(1, number + 1):
        stand.clock.sleep(60)
        stand.settle()
        if minute % 15 == 0:
            stand.tick("sweep")
        stand.work()


def looks(stand: Stand) -> int:
    """How often the data source was read."""
    return len(stand.notion.requests(path=f"/v1/data_sources/{stand.demo.data_source_id}", method="GET"))


def told(stand: Stand) -> list[str]:
    """The messages about the schema."""
    return [text for text in stand.messages() if "break" in text or "well again" in text]


@pytest.mark.req("A10")
def test_a_deleted_property_is_told_once_with_the_automations_that_break(stand: Stand) -> None:
    payload = changes(stand, remove=["Assignee"])
    assert told(stand) == []  # the sitting may go on
    minutes(stand, 180)

    (message,) = told(stand)
    assert "1 automation of" in message
    assert "|Tasks> breaks:" in message
    assert "Tasks/assignment: 'Assignee' (assignee) was deleted" in message
    row = stand.journal(payload["id"])
    assert row["decision"] == "observed"
    assert row["why"] == "1 automation breaks: Tasks/assignment"
    assert row["before"] == {"Tasks/assignment": "fits"}
    assert [effect["kind"] for effect in row["effects"]] == ["slack.message"]


@pytest.mark.req("A10")
def test_a_lost_event_is_found_within_the_hour_and_told_once(stand: Stand) -> None:
    stand.notion.update_schema(stand.demo.data_source_id, retype={"Assignee": "rich_text"})
    minutes(stand, 240)

    (message,) = told(stand)
    assert "'Assignee' (assignee) is of type rich_text, but has to be people" in message
    day = f"{stand.clock.now():%Y-%m-%d}"
    rows = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]).scan()["Items"]
    (found,) = [row for row in rows if row.get("type") == "schema"]
    assert found["day"] == day
    assert found["why"].endswith("found without an event")
    assert found["after"][f"property {ASSIGNEE}"] == "rich_text"


@pytest.mark.req("A10")
def test_one_look_an_hour_is_one_call(stand: Stand) -> None:
    before = looks(stand)
    minutes(stand, 240)
    assert looks(stand) - before == 4


@pytest.mark.req("A10")
def test_a_rename_heals_itself_and_says_nothing(stand: Stand) -> None:
    payload = changes(stand, rename={"Assignee": "Owner"})
    task = stand.demo.tasks["Review the contract"]
    stand.notion.edit(task, properties={"Owner": [stand.demo.ann]}, by=stand.demo.chloe, silent=True)
    stand.send(task, type="page.properties_updated")
    minutes(stand, 70)

    assert told(stand) == []
    assert len(stand.comments(task)) == 1
    row = stand.journal(payload["id"])
    assert row["why"] == "everything fits"
    assert (row["before"], row["after"]) == (
        {f"property {ASSIGNEE}": "Assignee"},
        {f"property {ASSIGNEE}": "Owner"},
    )


@pytest.mark.req("A10")
def test_when_it_is_mended_that_is_told_and_then_nothing_more(stand: Stand) -> None:
    changes(stand, remove=["Assignee"])
    minutes(stand, 5)
    anew = {"type": "people", "id": "anew"}
    changes(stand, add={"Assignee": anew})
    minutes(stand, 180)

    broken, mended = told(stand)
    assert "breaks:" in broken
    assert mended.endswith("|Tasks> is well again for Tasks/assignment.")
    task = stand.demo.tasks["Review the contract"]
    stand.assign(task, stand.demo.ann)
    stand.send(task, data={**stand.payload(task)["data"], "updated_properties": ["anew"]})
    stand.work()
    assert len(stand.comments(task)) == 1


@pytest.mark.req("A10")
def test_what_is_mended_before_it_was_told_is_not_told(stand: Stand) -> None:
    changes(stand, remove=["Assignee"])
    changes(stand, add={"Assignee": "people"})
    minutes(stand, 120)
    assert told(stand) == []


@pytest.mark.req("A10")
def test_a_schema_that_comes_and_goes_is_told_once(stand: Stand) -> None:
    for _ in range(6):
        changes(stand, retype={"Assignee": "rich_text"})
        minutes(stand, 3)
        changes(stand, retype={"Assignee": "people"})
        minutes(stand, 3)
    assert len(told(stand)) == 1
    minutes(stand, 20)
    assert len(told(stand)) == 2


@pytest.mark.req("A10", "P3")
def test_a_repeated_event_costs_no_second_look(stand: Stand) -> None:
    payload = changes(stand, remove=["Assignee"])
    before = looks(stand)
    tell(stand, id=payload["id"])
    older = tell(stand, timestamp=payload["timestamp"])
    assert looks(stand) == before
    assert stand.journal(older["id"])["decision"] == "covered"
    minutes(stand, 5)
    assert len(told(stand)) == 1


@pytest.mark.req("A10")
def test_a_data_source_that_is_not_shared_any_more_is_told_and_that_it_is_back(stand: Stand) -> None:
    stand.notion.unshare(stand.demo.data_source_id)
    minutes(stand, 180)
    (lost,) = told(stand)
    assert "Tasks/assignment: Notion does not show the data source (object_not_found)" in lost

    stand.notion.share(stand.demo.data_source_id)
    minutes(stand, 60)
    assert len(told(stand)) == 2
    assert "is well again" in told(stand)[1]


@pytest.mark.req("A10")
def test_a_data_source_that_notion_forbids_is_told(stand: Stand) -> None:
    refusal = faults.answer(403, code="restricted_resource")
    stand.notion.add_fault(refusal, match={"method": "GET", "path": "/v1/data_sources"}, times="forever")
    tell(stand)
    minutes(stand, 60)
    (message,) = told(stand)
    assert "(restricted_resource): share it" in message


@pytest.mark.req("A10")
def test_trouble_that_passes_is_no_finding(stand: Stand) -> None:
    stand.notion.add_fault(faults.answer(503), match={"path": "/v1/data_sources"}, times=2)
    stand.notion.update_schema(stand.demo.data_source_id, remove=["Assignee"])
    tell(stand)
    minutes(stand, 10)
    assert len(told(stand)) == 1


@pytest.mark.req("A10")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"remove_options": {"Status": ["Blocked"]}},
            (
                "Tasks/status: 'Status' (status) has no option 'Blocked'; "
                'known here: Not started, In progress, Done. In the rules file write *to = ["Done"]*'
            ),
        ),
        (
            {"rename_options": {"Status": {"Blocked": "Stuck"}}},
            (
                "Tasks/status: 'Status' (status): the option 'Blocked' is called 'Stuck' now. "
                'In the rules file write *to = ["Stuck", "Done"]*'
            ),
        ),
    ],
)
def test_an_option_that_is_not_there_any_more_is_told_with_the_line_to_paste(
    rules: Path, change: dict[str, Any], expected: str
) -> None:
    rules.write_text(RULES.replace("{ kind", '{ kind = "status", to = ["Blocked", "Done"] },\n    { kind', 1))
    with standing(quick=True, RULES_FILE=str(rules)) as stand:
        stand.sweep()
        changes(stand, **change)
        minutes(stand, 90)
        (message,) = told(stand)
        assert expected in message


@pytest.mark.req("A10")
def test_a_corrected_file_is_looked_at_by_the_next_sweep(stand: Stand, rules: Path) -> None:
    changes(stand, remove=["Assignee"], add={"Owner": "people"})
    minutes(stand, 2)
    assert '*assignee = "Owner"*' in told(stand)[0]

    rules.write_text(rules.read_text().replace('assignee = "Assignee"', 'assignee = "Owner"'))
    stand.restart()
    minutes(stand, 28)
    assert "is well again" in told(stand)[1]


@pytest.mark.req("A10")
def test_only_what_needs_the_vanished_property_is_skipped_and_that_is_said_once(
    rules: Path,
    counted: dict[str, list[float]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    where = '{ kind = "lifecycle", on = ["created"], where = { priority = "High" } },\n    { kind'
    rules.write_text(RULES.replace("{ kind", where, 1))
    with standing(quick=True, RULES_FILE=str(rules)) as stand:
        stand.sweep()
        stand.notion.update_schema(stand.demo.data_source_id, remove=["Priority"])
        for title in ("Review the contract", "Café menu & prices"):
            task = stand.demo.tasks[title]
            stand.assign(task, stand.demo.ben)
            stand.clock.sleep(5)
            stand.send(task)
            stand.work()
            assert stand.comments(task) != []
        (line,) = [record for record in caplog.records if "is skipped" in record.message]
        assert (line.severity, line.rule, line.levelname) == ("P3", "Tasks/lifecycle", "ERROR")  # type: ignore[attr-defined]  # given by extra=
        assert counted["RuleSkipped"] == [1, 1]
