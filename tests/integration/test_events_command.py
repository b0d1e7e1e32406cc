"""``events`` filters by the words of the dashboard, and by decisions as ever; both show the same events for a word."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console import event_list
from console.wish import Outcome, Wish
from infra.operate import events, target
from infra.operate.__main__ import main
from steward.closings import Closings
from steward.effects import Effect, Kind, Status
from steward.journal import Decision
from tests.browser.material import ANN, digest, page_id
from tests.browser.world import World, today

MINUTE = timedelta(minutes=1)

TOLD = {
    "waiting": (Decision.OBSERVED, ((Kind.MESSAGE, Status.PLANNED),)),
    "failed": (Decision.OBSERVED, ((Kind.COMMENT, Status.DONE), (Kind.MESSAGE, Status.FAILED))),
    "done": (Decision.OBSERVED, ((Kind.COMMENT, Status.DONE),)),
    "parked": (Decision.PARKED, ()),
    "quiet": (Decision.IGNORED, ()),
}
"""Outcome → the decision of an event that comes to it, and its effects."""


class Here:
    """Two tables, as what an operator's command operates."""

    name = "the world"

    def __init__(self, world: World) -> None:
        self._tables = {"JournalTableName": world.journal_table, "StateTableName": world.state_table}

    def output(self, name: str) -> str:
        return name

    def table(self, name: str) -> Any:
        return self._tables[name]

    def parameter(self, name: str, default: str) -> str:
        del name
        return default


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(today())
    monkeypatch.setattr(target, "find", lambda *_: Here(made))
    monkeypatch.setattr(events, "utc_now", made.clock)
    return made


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """Outcome → the event that comes to it."""
    return {
        word: world.event(number, (word, "page.created", ANN, decision, "-", effects), number * MINUTE)
        for number, (word, (decision, effects)) in enumerate(TOLD.items())
    }


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    main(["events", *arguments, "--json"])
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["events"]
    return rows


@pytest.mark.req("O4", "C3")
@pytest.mark.parametrize("word", list(Outcome))
def test_a_word_of_the_dashboard_finds_what_the_dashboard_finds(
    world: World, ids: dict[str, str], capsys: pytest.CaptureFixture[str], word: Outcome
) -> None:
    table: Any = world.state_table
    shown = event_list.read(
        Wish(word), world.journal, world.closings, table, world.now, timedelta(days=90)
    ).lines

    (row,) = found(capsys, "--outcome", word)
    assert row["id"] == ids[word] == shown[0].id
    assert (row["outcome"], row["decision"]) == (word, str(shown[0].decision))


@pytest.mark.req("O4")
def test_decisions_are_taken_as_ever_alone_and_beside_the_dashboards_words(
    ids: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert [row["id"] for row in found(capsys, "--outcome", "ignored")] == [ids["quiet"]]
    both = found(capsys, "--outcome", "ignored", "--outcome", "failed")
    assert [row["id"] for row in both] == [ids["failed"], ids["quiet"]]
    assert len(found(capsys, "--outcome", "observed")) == 3


@pytest.mark.req("O4")
def test_what_was_done_after_its_event_counts_as_done(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("later", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.MESSAGE, Status.PLANNED),))
    event = world.event(1, told, MINUTE)
    owed = Effect(
        id=digest(f"{event} 0")[:16],
        kind=Kind.MESSAGE,
        page_id=page_id("later"),
        version=1,
        rule="Tasks/assignment",
        event_id=event,
        words=(),
        planned_at=world.now - MINUTE,
    )
    for put in world.closings.puts(owed, replace(owed, status=Status.DONE, done_at=world.now)):
        world.journal_table.put_item(Item=put["Put"]["Item"])

    assert found(capsys, "--outcome", "waiting") == []
    (row,) = found(capsys, "--outcome", "done")
    assert (row["id"], row["effects"]) == (event, {"done": 1})


@pytest.mark.req("O4")
def test_how_many_events_effects_are_looked_after_is_bounded_and_said(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        told = ("owed", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.MESSAGE, Status.PLANNED),))
        world.event(number, told, number * MINUTE)
    looks: list[str] = []
    original = Closings.of_event

    def counted(self: Closings, event_id: str) -> Any:
        looks.append(event_id)
        return original(self, event_id)

    monkeypatch.setattr(Closings, "of_event", counted)
    monkeypatch.setattr(events, "MOST_LOOKS", 4)

    assert main(["events", "--outcome", "failed", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"events": [], "complete": False}
    assert len(looks) == 4


def test_people_see_both_words(ids: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "--outcome", "failed"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split()[2:4] == ["outcome", "decision"]
    assert "failed" in line
    assert "observed" in line
    assert ids["failed"] in line
