"""``explain`` tells from the two tables why an event did what it did."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.operate.__main__ import main
from steward.closings import Closings
from steward.effects import Effect, Kind, Notice, Status
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.pages import Person
from steward.snapshots import Snapshot
from steward.state import State
from steward.words import Text
from tests.unit.operate.account import ARGUMENTS, Account, account

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PAGE = "7a5c0000-0000-4000-8000-000000000002"
EVENT = Event(
    "e1",
    "page.properties_updated",
    "official",
    NOW - timedelta(seconds=2),
    entity_id=PAGE,
    entity_type="page",
)
COMMENT = Effect(
    id="c1",
    kind=Kind.COMMENT,
    page_id=PAGE,
    version=2,
    rule="Tasks/assignment",
    event_id="e1",
    words=(Text("This task is now yours."),),
    planned_at=NOW,
    person=Person("ann", "Ann", "person"),
)
MESSAGE = replace(COMMENT, id="m1", kind=Kind.MESSAGE, channel="#tasks")

pytestmark = pytest.mark.req("P8")


@pytest.fixture
def deployed() -> Iterator[Account]:
    with account(JournalDays="60") as made:
        yield made


def record(deployed: Account, effects: Sequence[Effect] = (), **more: Any) -> None:
    entry = Entry(
        EVENT,
        **{
            "decision": Decision.OBSERVED,
            "why": "2 to tell",
            "title": "Review",
            "effects": effects,
            "calls": 2,
            "received_at": NOW - timedelta(seconds=1),
            "finished_at": NOW,
            "before": {"assignees": "nobody"},
            "after": {"assignees": "Ann (ann)"},
            **more,
        },
    )
    Journal(deployed.table("JournalTableName"), 60, lambda: NOW).record(entry)


def explained(capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert main(["explain", "e1", "--json", *ARGUMENTS]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_event_is_explained_whole(deployed: Account, capsys: pytest.CaptureFixture[str]) -> None:
    record(deployed, [replace(COMMENT, status=Status.DONE, attempts=1, external_id="x1", done_at=NOW)])
    Journal(deployed.table("JournalTableName"), 60, lambda: NOW).redelivered("e1")

    assert main(["explain", "e1", *ARGUMENTS]) == 0

    out = capsys.readouterr().out
    for part in (
        "e1  page.properties_updated (official)",
        f"{PAGE}  “Review”",
        "occurred    2026-11-20 11:59:58Z",
        "received    2026-11-20 11:59:59Z",
        "2026-11-20 12:00:00Z, 1.000 s after that",
        "observed: 2 to tell",
        "Tasks/assignment",
        "assignees: nobody → Ann (ann)",
        "notion.comment for ann: done (as journalled)",
        "is x1",
        "2 calls; delivered 2 times",
    ):
        assert part in out


def test_an_effect_that_is_for_no_person_is_told_without_one(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    text = replace(COMMENT, kind=Kind.TEXT, person=None, rule="Tasks/mirror")
    record(deployed, [replace(text, status=Status.DONE, attempts=1, external_id="x1", done_at=NOW)])

    assert main(["explain", "e1", *ARGUMENTS]) == 0
    assert "postgres.text: done (as journalled)" in capsys.readouterr().out


def test_an_effect_is_told_as_it_stands_now_not_as_it_was_journalled(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    state = State(deployed.table("StateTableName"), lambda: NOW)
    page = Snapshot(PAGE, 2, NOW, False, "s", "Review", "https://example.com", ())
    other = replace(MESSAGE, id="o1", event_id="another event")
    state.commit(None, page, [COMMENT, MESSAGE, other], [])
    record(deployed, [COMMENT, replace(MESSAGE, reason="Slack is down")])
    done = replace(MESSAGE, status=Status.DONE, attempts=3, started_at=NOW, done_at=NOW, external_id="C1/1.2")
    state.advance(MESSAGE, done)

    found = {effect["id"]: effect for effect in explained(capsys)["effects"]}

    assert set(found) == {"c1", "m1"}
    assert (found["c1"]["status"], found["c1"]["seen"]) == ("planned", "now")
    assert found["m1"] == {
        "id": "m1",
        "kind": "slack.message",
        "rule": "Tasks/assignment",
        "person": "ann",
        "status": "done",
        "planned_at": "2026-11-20T12:00:00.000+00:00",
        "started_at": "2026-11-20T12:00:00.000+00:00",
        "attempts": 3,
        "done_at": "2026-11-20T12:00:00.000+00:00",
        "external_id": "C1/1.2",
        "seen": "now",
    }


def test_an_effect_that_ended_later_is_told_as_it_ended_also_when_state_forgot_it_or_a_digest_told_it(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    closings = Closings(deployed.table("JournalTableName"), 60, lambda: NOW)
    state = State(deployed.table("StateTableName"), lambda: NOW, closings)
    page = Snapshot(PAGE, 2, NOW, False, "s", "Review", "https://example.com", ())
    channel = replace(MESSAGE, id="m2", person=None)
    state.commit(None, page, [MESSAGE, channel], [])
    record(deployed, [MESSAGE, channel, replace(MESSAGE, id="forgotten", status=Status.FAILED)])
    notices = tuple(Notice(PAGE, (), e.words, e.id, e.event_id) for e in (MESSAGE, channel))
    digest = replace(MESSAGE, id="d1", page_id="digest-lane-0/d1", person=None, notices=notices)
    state.fold(digest, [MESSAGE, channel])
    state.advance(digest, replace(digest, status=Status.DONE, attempts=1, done_at=NOW, external_id="C1/9.9"))

    found = {effect["id"]: effect for effect in explained(capsys)["effects"]}

    assert set(found) == {"m1", "m2", "forgotten"}
    assert (found["m1"]["status"], found["m1"]["seen"]) == ("done", "as it ended")
    assert (found["m1"]["external_id"], found["m1"]["digest"]) == ("C1/9.9", "d1")
    assert found["m1"]["rule"] == "Tasks/assignment"
    assert found["forgotten"]["seen"] == "as journalled"
    assert main(["explain", "e1", *ARGUMENTS]) == 0
    said = capsys.readouterr().out
    assert "slack.message: done (as it ended)" in said
    assert "told by the digest d1" in said


def test_a_parked_event_says_at_which_receive_and_of_what(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    record(
        deployed, decision=Decision.PARKED, why="a bug", attempts=6, exception="KeyError", before={}, after={}
    )

    assert main(["explain", "e1", *ARGUMENTS]) == 0

    out = capsys.readouterr().out
    assert "parked: a bug" in out
    assert "at receive 6, KeyError" in out
    assert "changed     nothing that is watched" in out


def test_what_a_stranger_wrote_does_not_steer_the_terminal(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    record(deployed, title="\x1b[2J", after={"title": "\x1b]0;"}, why="\x07")

    assert main(["explain", "e1", *ARGUMENTS]) == 0
    assert capsys.readouterr().out.isascii() is False  # it holds the sign for what was taken out
    assert main(["explain", "e1", "--json", *ARGUMENTS]) == 0
    assert not {"\x1b", "\x07"} & set(capsys.readouterr().out)


def test_an_event_that_nobody_knows_is_told_with_where_to_look(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "e2", *ARGUMENTS]) == 1

    said = capsys.readouterr().err
    for part in ("does not know the event e2", "60 days", "Webhooks tab", "dlq list"):
        assert part in said
