"""New pages: who gets them, what they get, and who is told of it, once, whatever dies meanwhile."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from processor.ways.write import WriteWay
from steward.state import State
from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Death, Stand, standing

PEOPLE = ("a11ce000-0000-4000-8000-00000000000a", "ben@example.com", "c410e000-0000-4000-8000-00000000000c")

RULES = (
    automation("assignment"),
    automation("status"),
    automation(
        "on_creation",
        'assign = { by = "priority", people = { High = "ann@example.com" }, '
        f"round_robin = {list(PEOPLE)} }}\n"
        '[[data_source.automation.categorise]]\ntitle = "^bug"\nset = { priority = "High", status = "Blocked" }\n'
        '[[data_source.automation.welcome]]\ntitle = "bug"\ntext = "Thank you for the report."',
    ),
)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with standing(quick=True, RULES_FILE=rules_file(tmp_path, *RULES)) as made:
        yield made


def create(stand: Stand, title: str, **values: object) -> str:
    """A page that somebody creates, told by a webhook that is not worked yet."""
    stand.clock.sleep(1)
    page = stand.notion.add_page(stand.demo.data_source_id, {"Name": title, **values})
    stand.send(page, type="page.created", data={"parent": stand.payload(page)["data"]["parent"]})
    return page


def assignees(stand: Stand, page: str) -> list[str]:
    """Who has a page."""
    return [p["id"] for p in stand.notion.page(page)["properties"]["Assignee"]["people"]]


def own_write(stand: Stand, page: str) -> None:
    """Notion tells of what our bot wrote."""
    bot = {"id": stand.notion.bot_id, "type": "bot"}
    stand.clock.sleep(30)
    stand.send(page, authors=[bot])
    stand.work()


@pytest.mark.req("A4", "A1", "P7")
def test_a_new_page_is_assigned_categorised_and_welcomed_and_its_assignee_told_once(stand: Stand) -> None:
    page = create(stand, "Bug in the door")
    stand.work()
    own_write(stand, page)
    stand.clock.sleep(900)
    stand.sweep()

    shown = stand.notion.page(page)["properties"]
    assert assignees(stand, page) == [stand.demo.ann]
    assert (shown["Priority"]["select"]["name"], shown["Status"]["status"]["name"]) == ("High", "Blocked")
    assert sorted(text.split(" · ")[0] for text in stand.comments(page)) == [
        "@Ann, this task is now assigned to you.",
        "Thank you for the report.",
    ]
    assert len(stand.messages()) == 1
    assert "is now assigned to" in stand.messages()[0]


@pytest.mark.req("A4")
def test_what_a_new_page_gets_is_one_call(stand: Stand) -> None:
    create(stand, "Bug in the roof")
    stand.work()

    assert sum(r["method"] == "PATCH" for r in stand.notion.requests()) == 1


@pytest.mark.req("A4", "P3")
@pytest.mark.parametrize("when", ["before the write", "after the write", "after it was observed"])
def test_a_death_around_the_write_loses_and_repeats_nothing(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    send = WriteWay.send
    deaths: list[str] = []

    def dying(way: WriteWay, prepared: Any) -> str:
        first = not deaths
        deaths.append(when)
        if first and when == "before the write":
            raise Death
        if first and when == "after the write":
            way._wrote = _die
        done = send(way, prepared)
        if first:
            raise Death
        return done

    def _die(*_: object) -> None:
        raise Death

    monkeypatch.setattr(WriteWay, "send", dying)
    page = create(stand, "Paint the door")
    stand.work()
    own_write(stand, page)
    stand.clock.sleep(900)
    stand.sweep()

    assert deaths
    assert assignees(stand, page) == [stand.demo.ann]
    assert stand.told(page) == [stand.demo.ann]
    assert len(stand.messages()) == 1


@pytest.mark.req("A4", "P3")
def test_turns_are_fair_over_restarts_redeliveries_and_lost_answers(stand: Stand) -> None:
    random, pages = Random(11), []
    stand.notion.add_fault(faults.saved(503), times=3, match={"method": "PATCH"})
    for number in range(18):
        pages.append(create(stand, f"Paint wall {number}"))
        if random.random() < 0.4:
            stand.send(
                pages[-1], type="page.created", data={"parent": stand.payload(pages[-1])["data"]["parent"]}
            )
        if random.random() < 0.3:
            stand.restart()
        stand.work()
    stand.clock.sleep(600)
    stand.gather()

    turns = Counter(tuple(assignees(stand, page)) for page in pages)
    assert sorted(turns.values()) == [6, 6, 6]
    assert all(len(people) == 1 for people in turns)
    assert all(len(stand.told(page)) == 1 for page in pages)


@pytest.mark.req("A4", "P1")
def test_a_turn_that_another_lane_took_first_is_not_taken_again(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = create(stand, "Paint the roof")
    stand.work()
    read, stale = State.turns_taken, [{"Tasks/on_creation": 0}]
    monkeypatch.setattr(
        State, "turns_taken", lambda state, rules: stale.pop() if stale and rules else read(state, rules)
    )

    second = create(stand, "Paint the door")
    stand.work()

    assert stale == []
    assert [assignees(stand, page) for page in (first, second)] == [[stand.demo.ann], [stand.demo.ben]]
    assert stand.told(second) == [stand.demo.ben]


@pytest.mark.req("A4")
def test_whom_nobody_finds_by_their_address_is_left_out_and_the_rest_is_written(
    tmp_path: Path,
) -> None:
    rule = automation(
        "on_creation",
        'assign = { round_robin = "nobody@example.com" }\ncategorise = [{ set = { priority = "Low" } }]',
    )
    with standing(quick=True, RULES_FILE=rules_file(tmp_path, rule)) as stand:
        page = create(stand, "Paint it black")
        stand.work()

        assert assignees(stand, page) == []
        assert stand.notion.page(page)["properties"]["Priority"]["select"]["name"] == "Low"


@pytest.mark.req("A4")
def test_a_page_that_somebody_takes_while_notion_is_away_is_left_to_them(stand: Stand) -> None:
    stand.notion.add_fault(faults.answer(503), times=4, match={"method": "PATCH"})
    page = create(stand, "Bug in the wall")
    for _ in range(6):
        stand.step()
    stand.assign(page, stand.demo.chloe)
    stand.clock.sleep(60)
    stand.send(page)
    stand.work()
    stand.clock.sleep(900)
    stand.gather()

    assert assignees(stand, page) == [stand.demo.chloe]
    assert stand.notion.page(page)["properties"]["Priority"]["select"]["name"] == "High"
    told = [text for text in stand.comments(page) if "assigned" in text]
    assert [text.split(",")[0] for text in told] == ["@Chloé"]


@pytest.mark.req("A4", "P7")
def test_a_page_that_our_own_bot_made_is_left_alone(stand: Stand) -> None:
    page = stand.notion.add_page(stand.demo.data_source_id, {"Name": "Bug of ours"})
    stand.send(
        page,
        type="page.created",
        authors=[{"id": stand.notion.bot_id, "type": "bot"}],
        data={"parent": stand.payload(page)["data"]["parent"]},
    )
    stand.work()

    assert (assignees(stand, page), stand.comments(page)) == ([], [])
