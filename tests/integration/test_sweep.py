"""Webhooks get lost: the sweep finds what they would have told, says how much it was, and tells it once (P6)."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.local.simulators.notion.demo import STATUS_ID
from tests.integration.aws import ROOT
from tests.integration.stand import Stand, standing

DEFAULT_RULES = ROOT / "functions" / "steward.toml"

HASTE = 9_000
"""Milliseconds that are enough for a call, after which a sweep begins nothing more."""


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def assigned(stand: Stand, page: str) -> list[str]:
    """Who the snapshot says that the page belongs to."""
    return sorted(person[0] for person in json.loads(stand.snapshot(page)["document"])["assignees"])


@pytest.mark.req("P6", "P1")
@pytest.mark.parametrize("loss", [0.0, 0.1, 0.3])
def test_after_one_sweep_the_snapshots_are_the_truth_and_every_notice_was_sent_once(
    stand: Stand, counted: dict[str, list[float]], loss: float
) -> None:
    random = Random(3)
    pages = stand.known_tasks(120)
    people = [stand.demo.ann, stand.demo.ben, stand.demo.chloe]
    truth, sent, dropped = {}, [], 0
    for page in random.sample(pages, 90):
        truth[page] = random.choice(people)
        stand.assign(page, truth[page])
        payload = stand.payload(page)
        if random.random() < loss:
            dropped += 1
            continue
        sent += [payload] * random.choice([1, 1, 1, 2])
        stand.clock.sleep(random.uniform(0, 5))
    random.shuffle(sent)
    for payload in sent:
        assert stand.deliver(json.dumps(payload).encode()) == 200
    stand.work()
    stand.clock.sleep(600)
    counted.clear()
    stand.sweep()
    stand.gather()

    assert sum(counted.get("ChangesLost", [])) == dropped
    assert len(counted.get("UnseenSeconds", [])) == dropped
    assert all(300 < seconds < 1500 for seconds in counted.get("UnseenSeconds", []))
    assert {page: assigned(stand, page) for page in truth} == {p: [who] for p, who in truth.items()}
    assert all(len(stand.comments(page)) == 1 for page in truth)
    assert len(stand.notices()) == len(truth)
    counted.clear()
    stand.sweep()
    assert "ChangesLost" not in counted


@pytest.mark.req("P6")
@pytest.mark.parametrize("way", ["trash", "unshare", "delete_forever"])
def test_a_page_that_went_away_unseen_is_noticed_and_nothing_more_is_told_of_it(
    stand: Stand, counted: dict[str, list[float]], way: str
) -> None:
    page = stand.known_tasks(3)[0]
    stand.slack.add_fault({"kind": "error", "error": "ratelimited"}, times=1)
    stand.assign(page, stand.demo.ann)
    stand.send(page)
    stand.work()
    if way == "delete_forever":
        stand.notion.trash(page)
    getattr(stand.notion, way)(page)
    stand.clock.sleep(30)
    counted.clear()
    stand.sweep()

    assert json.loads(stand.snapshot(page)["document"])["gone"]
    assert sum(counted["ChangesLost"]) == 1
    stand.gather()
    assert stand.notices() == []


@pytest.mark.req("P6")
def test_a_page_whose_creation_was_lost_is_announced_and_one_from_before_steward_is_not(stand: Stand) -> None:
    old = stand.notion.add_page(stand.demo.data_source_id, {"Name": "Old", "Assignee": [stand.demo.ann]})
    stand.known_tasks(1)
    new = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    stand.clock.sleep(600)
    stand.sweep()
    stand.gather()

    assert stand.comments(old) == []
    assert len(stand.comments(new)) == 1
    assert [notice for notice in stand.notices() if "New" in notice]


@pytest.mark.req("P6", "A1", "A3")
def test_a_page_whose_creation_was_lost_is_announced_once_although_a_later_event_came_first(
    stand: Stand, counted: dict[str, list[float]]
) -> None:
    stand.known_tasks(1)
    page = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    created = stand.payload(page, type="page.created")
    stand.clock.sleep(5)
    stand.notion.edit(page, properties={"Status": "In progress"}, silent=True)
    stand.send(page, data={"updated_properties": [STATUS_ID]})
    stand.work()
    assert stand.comments(page) == []

    stand.clock.sleep(600)
    counted.clear()
    stand.sweep()
    assert len(stand.comments(page)) == 1
    assert sum(counted["ChangesLost"]) == 1

    assert stand.deliver(json.dumps(created).encode()) == 200
    stand.work()
    stand.sweep()
    stand.gather()
    assert len(stand.comments(page)) == 1
    assert len([notice for notice in stand.notices() if "New" in notice]) == 1


@pytest.mark.req("P6", "P7")
def test_a_page_that_our_own_bot_created_is_no_news(stand: Stand) -> None:
    stand.known_tasks(1)
    ours = stand.notion.bot_id
    values = {"Name": "New", "Assignee": [stand.demo.ann]}
    page = stand.notion.add_page(stand.demo.data_source_id, values, by=ours)
    stand.clock.sleep(600)
    stand.sweep()

    assert stand.snapshot(page)
    assert stand.comments(page) == []


@pytest.mark.req("P6")
def test_what_was_edited_just_now_is_left_to_its_webhook(
    stand: Stand, counted: dict[str, list[float]]
) -> None:
    page = stand.known_tasks(2)[0]
    stand.assign(page, stand.demo.ann)
    stand.clock.sleep(60)
    stand.sweep()
    assert "ChangesLost" not in counted

    stand.send(page)
    stand.work()
    assert len(stand.comments(page)) == 1


@pytest.mark.req("P6")
def test_a_lost_change_is_journalled_with_its_effects(stand: Stand) -> None:
    page = stand.known_tasks(1)[0]
    stand.assign(page, stand.demo.ann)
    stand.clock.sleep(600)
    stand.sweep()

    table = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"])
    rows: list[dict[str, Any]] = [row for row in table.scan()["Items"] if row.get("type") == "sweep"]
    assert [row["entity"] for row in rows] == [page]
    assert {effect["kind"] for effect in rows[0]["effects"]} == {"notion.comment", "slack.message"}
    assert "no webhook" in rows[0]["why"]


@pytest.mark.req("P6")
def test_a_source_that_can_not_be_queried_does_not_keep_the_next_from_being_swept(tmp_path: Path) -> None:
    refused = "00000000-0000-4000-8000-00000000dead"
    rules = tmp_path / "rules.toml"
    head, source = DEFAULT_RULES.read_text().split("[[data_source]]", 1)
    rules.write_text(
        f"{head}[[data_source]]\nname = 'Refused'\nid = '{refused}'\nproperties = {{}}\n[[data_source]]{source}"
    )
    with standing(quick=True, RULES_FILE=str(rules)) as stand:
        stand.notion.add_fault(faults.answer(403), match={"path": f"{refused}/query"}, times="forever")
        page = stand.known_tasks(1)[0]
        stand.assign(page, stand.demo.ann)
        stand.clock.sleep(600)
        stand.sweep()

        assert len(stand.comments(page)) == 1
        assert stand.dead_letters() == []


@pytest.mark.req("P6")
def test_presence_goes_on_where_the_last_sweep_stopped(stand: Stand, counted: dict[str, list[float]]) -> None:
    pages = []
    for number in range(30):
        pages.append(stand.notion.add_page(stand.demo.data_source_id, {"Name": f"Task {number}"}))
        stand.clock.sleep(60)
    stand.notion.set_page_cap(2)
    stand.clock.sleep(600)
    for _ in range(6):
        stand.sweep()
        stand.clock.sleep(900)
    stand.notion.trash(pages[25])
    counted.clear()
    for _ in range(6):
        stand.sweep()
        stand.clock.sleep(900)

    assert sum(counted["ChangesLost"]) == 1
    assert "UnseenSeconds" not in counted


@pytest.mark.req("P6")
def test_a_page_that_was_edited_again_between_two_sweeps_is_announced_although_it_was_created_before(
    stand: Stand,
) -> None:
    stand.known_tasks(1)
    new = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    stand.clock.sleep(600)
    stand.notion.edit(new, properties={"Status": "Done"}, by=stand.demo.ben, silent=True)
    stand.clock.sleep(120)
    stand.sweep()  # too young to be compared
    assert stand.comments(new) == []
    stand.clock.sleep(900)
    stand.sweep()

    assert len(stand.comments(new)) == 1


@pytest.mark.req("P6")
def test_a_minute_with_more_edits_than_one_sweep_can_read_is_read_to_its_end(stand: Stand) -> None:
    pages = stand.known_tasks(12)
    for page in pages:
        stand.assign(page, stand.demo.ann)
    stand.notion.set_page_cap(2)
    stand.clock.sleep(900)
    stand.time_left = HASTE
    stand.sweep()

    assert all(len(stand.comments(page)) == 1 for page in pages)


@pytest.mark.req("P6")
def test_a_cursor_that_notion_does_not_know_any_more_costs_a_sweep_and_no_change(stand: Stand) -> None:
    pages = stand.known_tasks(12)
    for page in pages:
        stand.assign(page, stand.demo.ann)
    stand.notion.set_page_cap(2)
    stand.clock.sleep(900)
    stand.time_left = HASTE
    stand.tick("sweep")
    stand.step()
    stand.time_left = 30_000
    stand.notion.add_fault(faults.answer(400, code="validation_error"), match={"path": "/query"}, times=1)
    stand.work()
    stand.clock.sleep(900)
    stand.sweep()

    assert all(len(stand.comments(page)) == 1 for page in pages)
