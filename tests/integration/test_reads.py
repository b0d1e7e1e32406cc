"""Reads for people while Notion answers and while it does not: each says where it is from, and how old it is (T5)."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.operate import target
from infra.operate.__main__ import main
from steward.clients.connection import notion_client, request_budgets
from steward.clients.notion import Answer
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.fallback import Fallback
from steward.lane import FIRST
from steward.memory import Memory
from steward.reads import Origin, Reads
from steward.secret_store import SecretStore
from steward.state import State
from tests.integration.here import Here
from tests.integration.stand import Stand, standing


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def fallback(stand: Stand) -> Fallback:
    return Fallback(
        Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now), stand.clock.now
    )


def reads(stand: Stand) -> Reads:
    table, now = stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now
    memory = Memory(table, now)
    notion = notion_client(
        stand.environ,
        transport=Transport(plain_session(), "notion", Deadline(), stand.clock.sleep, Random(7)),
        store=SecretStore(stand.secrets, stand.clock.time),
        budget=request_budgets(stand.environ, memory, now)[FIRST],
        now=now,
    )
    return Reads(notion, State(table, now), memory, fallback(stand), now)


@pytest.mark.req("T5")
def test_a_page_is_live_and_while_notion_is_away_it_is_what_is_remembered_and_says_how_old(
    stand: Stand,
) -> None:
    page = stand.known_tasks(1)[0]
    stand.notion.edit(page, properties={"Status": "Blocked", "Assignee": [stand.demo.ann]}, silent=True)
    live = reads(stand).page(page)
    assert live is not None
    assert (live.origin, live.seconds) == (Origin.LIVE, 0)
    assert (live.value.title, live.value.values["Status"], live.value.values["Assignee"]) == (
        "Task 0",
        "Blocked",
        "Ann",
    )

    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.clock.sleep(600)
    old = reads(stand).page(page)

    assert old is not None
    assert old.origin is Origin.CACHE
    assert old.value.title == "Task 0"
    assert old.value.values["assignee"] == "nobody", "as it was seen last"
    assert old.seconds is not None
    assert old.seconds >= 600
    assert reads(stand).page("00000000-0000-4000-8000-000000000000") is None


@pytest.mark.req("T5")
def test_while_answers_come_from_memory_notion_is_not_asked(stand: Stand) -> None:
    page = stand.known_tasks(1)[0]
    assert fallback(stand).switch(on=True, why="notion-1: it is out")
    asked = len(stand.notion.requests())

    assert reads(stand).page(page).origin is Origin.CACHE  # type: ignore[union-attr]  # it is there, else the test fails
    assert reads(stand).rows(stand.demo.data_source_id) is None
    assert len(stand.notion.requests()) == asked


@pytest.mark.req("T5")
def test_rows_cost_one_call_in_five_minutes_and_serve_on_while_notion_is_away(stand: Stand) -> None:
    pages = stand.known_tasks(3)
    source = stand.demo.data_source_id
    first = reads(stand).rows(source)
    asked = len(stand.notion.requests())
    again = reads(stand).rows(source)
    assert first is not None
    assert again is not None
    assert (first.origin, again.origin) == (Origin.LIVE, Origin.CACHE)
    assert set(pages) <= {view.id for view in first.value}
    assert again.value == first.value
    assert len(stand.notion.requests()) == asked

    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.clock.sleep(1200)
    old = reads(stand).rows(source)
    assert old is not None
    assert (old.value, old.origin) == (first.value, Origin.CACHE)
    assert old.seconds is not None
    assert old.seconds >= 1200
    stand.notion.clear_faults()
    fresh = reads(stand).rows(source)
    assert fresh is not None
    assert fresh.origin is Origin.LIVE


@pytest.mark.req("T5")
def test_what_notion_refuses_for_good_is_no_reason_to_answer_from_memory(stand: Stand) -> None:
    page = stand.known_tasks(1)[0]
    stand.notion.unshare(page)

    with pytest.raises(CallFailed) as refused:
        reads(stand).page(page)
    assert refused.value.failure is Failure.NOT_FOUND


@pytest.mark.req("T5", "O4")
def test_the_command_says_first_where_the_answer_is_from(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", lambda *_: Here(stand))
    page = stand.known_tasks(1)[0]
    capsys.readouterr()
    assert main(["read", "page", page.replace("-", "")]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["live", f"{page}  Task 0"]
    assert main(["read", "rows", stand.demo.data_source_id, "--json"]) == 0
    assert page in [row["id"] for row in json.loads(capsys.readouterr().out)["pages"]]

    fallback(stand).switch(on=True, why="an outage")
    assert main(["read", "page", page]) == 0
    assert capsys.readouterr().out.startswith("from memory, ")
    assert main(["read", "page", "0" * 32]) == 1
    assert "nothing is remembered" in capsys.readouterr().err
    fallback(stand).switch(on=False, why="over")
    assert main(["read", "page", "0" * 32]) == 1
    assert "Is it shared" in capsys.readouterr().err


@pytest.mark.req("T5")
def test_rows_that_people_wrote_whole_chapters_into_are_shown_and_remembered_as_far_as_they_fit(
    stand: Stand,
) -> None:
    told = "Ω" * 2000  # as JSON six bytes each
    rows = [
        {
            "object": "page",
            "id": f"00000000-0000-4000-8000-{number:012d}",
            "url": "https://www.notion.so/x",
            "properties": {
                f"Text {column}": {
                    "id": f"text{column}",
                    "type": "rich_text",
                    "rich_text": [{"type": "text", "plain_text": told, "text": {"content": told}}],
                }
                for column in range(3)
            },
        }
        for number in range(60)
    ]

    class Notion:
        def query(self, *_: object, **__: object) -> Answer:
            return Answer({"results": rows}, stand.clock.now(), None)

    table, now = stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now
    notion: Any = Notion()
    reader = Reads(notion, State(table, now), Memory(table, now), fallback(stand), now)
    live, remembered = reader.rows("source"), reader.rows("source")

    assert live is not None
    assert remembered is not None
    assert (live.origin, len(live.value)) == (Origin.LIVE, 60)
    assert remembered.origin is Origin.CACHE
    assert 10 < len(remembered.value) < 60
    assert remembered.value == live.value[: len(remembered.value)]


@pytest.mark.req("T5", "O4")
def test_what_notion_says_when_it_refuses_steers_no_terminal(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", lambda *_: Here(stand))
    page = stand.known_tasks(1)[0]
    stand.notion.add_fault(
        faults.answer(403, code="restricted_resource", message="no\x1b]0;owned\x07\x1b[2J")
    )
    capsys.readouterr()

    assert main(["read", "page", page]) == 1
    told = capsys.readouterr().err.rstrip("\n")
    assert "restricted_resource" in told
    assert told.isprintable()
