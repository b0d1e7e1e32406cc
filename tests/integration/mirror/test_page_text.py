"""The text of a linked page reaches the mirror: once for all that was typed, when nothing else is to be done, and safely."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.simulators.notion import faults
from processor.ways.text import TextWay
from processor.ways.way import Prepared
from steward.mirror.database import Database
from tests.integration.mirror.writing import link, paragraph, read, tell, texts, wait, writing
from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Death, Stand, standing


@pytest.fixture
def stand(mirror_dsn: str, tmp_path: Path) -> Iterator[Stand]:
    with writing(tmp_path, mirror_dsn) as made:
        yield made


@pytest.fixture
def task(stand: Stand, database: Database) -> str:
    found = stand.demo.tasks["Review the contract"]
    link(database, found)
    return found


@pytest.mark.req("A9")
def test_a_burst_of_writing_is_read_once_and_with_one_call(
    stand: Stand, task: str, database: Database
) -> None:
    journal = []
    for number in range(8):
        stand.notion.append_text(task, f"Line {number}")
        journal.append(stand.journal(tell(stand, task)["id"]))
        stand.clock.sleep(10)
    assert (read(stand), texts(database)) == (0, {})

    wait(stand)
    wait(stand)

    assert [row["decision"] for row in journal] == ["observed"] + ["covered"] * 7
    assert {row["calls"] for row in journal} == {0}
    assert len(stand.notion.requests()) == read(stand) == 1
    kept = texts(database)[task]
    assert kept["body"] == "\n".join(f"Line {number}" for number in range(8))
    assert (kept["truncated"], kept["edited_at"] is not None) == (False, True)


@pytest.mark.req("A9")
def test_the_whole_page_is_read_level_by_level(stand: Stand, task: str, database: Database) -> None:
    blocks = [paragraph(f"{number}") for number in range(150)]
    stand.notion.append_blocks(task, [paragraph("Top", paragraph("Inner", paragraph("Innermost")))])
    stand.notion.append_blocks(task, blocks[:100])
    stand.notion.append_blocks(task, blocks[100:])
    (synced,) = stand.notion.append_blocks(
        task, [{"synced_block": {"synced_from": None, "children": [paragraph("Shared words")]}}]
    )
    stand.notion.append_blocks(task, [{"synced_block": {"synced_from": {"block_id": synced}}}])
    below = stand.notion.add_page(parent_page_id=task, properties={"title": "A page of its own"})
    stand.notion.append_text(below, "not a part of the task's text")
    tell(stand, task)
    wait(stand)

    lines = texts(database)[task]["body"].split("\n")
    assert lines[:3] == ["Top", "  Inner", "    Innermost"]
    assert lines[3:153] == [f"{number}" for number in range(150)]
    assert lines[153:] == ["Shared words", "Shared words", "[page] A page of its own"]
    assert read(stand) == 2 + 2 + 1 + 1  # the top in two parts, two levels, the original, the copy


@pytest.mark.req("A9")
def test_without_a_rule_that_keeps_texts_nothing_is_planned_and_nothing_asked(
    mirror_dsn: str, tmp_path: Path, database: Database
) -> None:
    without = rules_file(tmp_path, automation("assignment", "comment = true"))
    with standing(RULES_FILE=without) as stand:
        task = stand.demo.tasks["Review the contract"]
        event = tell(stand, task)
        wait(stand)
        assert (stand.journal(event["id"])["decision"], stand.notion.requests()) == ("ignored", [])
    with writing(tmp_path, mirror_dsn, "text = false") as stand:
        task = stand.demo.tasks["Review the contract"]
        link(database, task)
        event = tell(stand, task)
        wait(stand)
        assert (stand.journal(event["id"])["decision"], stand.notion.requests()) == ("ignored", [])


@pytest.mark.req("A9")
def test_a_page_without_a_row_costs_no_call(stand: Stand, database: Database) -> None:
    task = stand.demo.tasks["Review the contract"]
    tell(stand, task)
    wait(stand)

    assert (texts(database), stand.notion.requests()) == ({}, [])
    assert effect(stand, task)["status"] == "cancelled"


@pytest.mark.req("A9", "P3")
@pytest.mark.parametrize("after", [False, True], ids=["before the text is written", "after it was written"])
def test_whoever_dies_at_it_leaves_a_text_that_is_read_once_more_at_most(
    stand: Stand, task: str, database: Database, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    original, deaths = TextWay.send, [1]

    def send(self: TextWay, prepared: Prepared) -> str:
        if after:
            done = original(self, prepared)
        if deaths and deaths.pop():
            raise Death
        return done if after else original(self, prepared)

    monkeypatch.setattr(TextWay, "send", send)
    stand.notion.append_text(task, "Words")
    tell(stand, task)
    for _ in range(4):
        wait(stand, 240)

    assert texts(database)[task]["body"] == "Words"
    assert effect(stand, task)["status"] == "done"
    assert read(stand) == 1


@pytest.mark.req("A9")
def test_an_event_that_comes_late_is_covered_by_what_was_read_since(stand: Stand, task: str) -> None:
    late = stand.payload(task)["timestamp"]
    stand.notion.append_text(task, "Words")
    tell(stand, task)
    wait(stand)
    event = tell(stand, task, timestamp=late)
    wait(stand)

    assert stand.journal(event["id"])["decision"] == "covered"
    assert read(stand) == 1

    stand.notion.append_text(task, "More")
    tell(stand, task)
    wait(stand)
    assert read(stand) == 2


@pytest.mark.req("A9", "P2")
def test_a_text_gives_way_to_a_budget_that_is_needed_and_is_read_when_it_is_not(
    mirror_dsn: str, tmp_path: Path, database: Database
) -> None:
    with writing(tmp_path, mirror_dsn, REQUESTS_PER_MINUTE="8") as stand:
        task, *others = stand.demo.tasks.values()
        link(database, task)
        tell(stand, task)
        stand.clock.sleep(180)
        for other in others[:3]:
            stand.send(other, type="page.undeleted", data={"parent": stand.payload(other)["data"]["parent"]})
        stand.work()
        spent = len(stand.notion.requests())
        stand.settle()
        stand.work()
        assert (spent, read(stand)) == (3, 0)
        assert "budget" in effect(stand, task)["reason"]

        wait(stand)
        assert read(stand) == 1


@pytest.mark.req("A9")
def test_a_text_gives_way_to_messages_that_wait(stand: Stand, task: str) -> None:
    tell(stand, task)
    stand.clock.sleep(180)
    stand.settle()
    for number in range(4):
        stand.send(stand.demo.tasks["Write the launch plan"], id=f"more-{number}")
    assert stand.step()

    assert read(stand) == 0
    assert "messages are waiting" in effect(stand, task)["reason"]
    stand.work()
    wait(stand)
    assert read(stand) == 1


@pytest.mark.req("A9")
def test_a_page_in_the_trash_is_not_read_and_its_text_waits_for_its_return(
    stand: Stand, task: str, database: Database
) -> None:
    parent = {"parent": stand.payload(task)["data"]["parent"]}
    stand.send(task, type="page.created", data=parent)
    stand.work()
    stand.notion.append_text(task, "Words")
    tell(stand, task)
    stand.notion.trash(task)
    stand.send(task, type="page.deleted", data=parent)
    stand.work()
    wait(stand)
    assert (read(stand), effect(stand, task)["status"]) == (0, "lapsed")

    stand.notion.restore(task)
    stand.send(task, type="page.undeleted", data=parent)
    stand.work()
    wait(stand)
    assert texts(database)[task]["body"] == "Words"


@pytest.mark.req("A9")
def test_while_notion_fails_only_the_text_waits(stand: Stand, task: str, database: Database) -> None:
    stand.notion.append_text(task, "Words")
    tell(stand, task)
    stand.notion.add_fault(faults.answer(503), times=8)
    wait(stand)
    assert effect(stand, task)["status"] == "planned"
    assert texts(database) == {}
    assert stand.functions.enabled

    for _ in range(4):
        wait(stand, 900)
    assert texts(database)[task]["body"] == "Words"


@pytest.mark.req("A9")
def test_while_the_database_is_away_nothing_is_asked_of_notion(mirror_dsn: str, tmp_path: Path) -> None:
    with writing(tmp_path, mirror_dsn + "-no-such") as stand:
        task = stand.demo.tasks["Review the contract"]
        tell(stand, task)
        wait(stand)
        assert stand.notion.requests() == []
        assert effect(stand, task)["status"] == "planned"


def effect(stand: Stand, page_id: str) -> dict[str, str]:
    """The one text that the page owes or owed."""
    items = stand.dynamodb.Table(stand.environ["STATE_TABLE"]).scan()["Items"]
    (found,) = [i for i in items if i["pk"] == f"PAGE#{page_id}" and "#postgres.text#" in str(i["sk"])]
    return {key: str(found.get(key, "")) for key in ("status", "reason")}
