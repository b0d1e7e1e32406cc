"""What counts, row by row."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.post_mortem.stories import at, load, timeline
from triage.diagnosis.classes import Class, Severity
from triage.incidents.incident import Incident, Stage, Step
from triage.post_mortem.actions import BY_CLASS
from triage.post_mortem.draft import draft
from triage.post_mortem.facts import Facts, collect, facts, span
from triage.post_mortem.markdown import escape, exact, lasting, told
from triage.post_mortem.queries import WORDS, Query, Selection, items, requests_in
from triage.post_mortem.rows import account

pytestmark = pytest.mark.req("T7")

FIRST, LAST = at("12:00:00"), at("13:00:00")


def row(event_id: str = "e", finished: str = "12:10:00", **more: Any) -> dict[str, Any]:
    return {
        "pk": f"EVENT#{event_id}",
        "sk": "RECORD",
        "type": "page.properties_updated",
        "dialect": "official",
        "received_at": at("12:00:00").isoformat(),
        "finished_at": at(finished).isoformat(),
        "decision": "observed",
        "why": "1 to tell",
        "calls": 1,
        "effects": [],
        **more,
    }


def effect(**more: Any) -> dict[str, Any]:
    return {"id": "c1", "kind": "notion.comment", "status": "done", "person": "ann", "attempts": 1, **more}


def of(*rows: dict[str, Any]) -> Facts:
    return facts(account(rows, 100), FIRST, LAST)


@pytest.mark.parametrize(
    ("change", "delayed"),
    [
        ({"finished": "12:01:00"}, 0),
        ({"finished": "12:01:01"}, 1),
        ({"finished": "11:59:00"}, 0),
        ({"received_at": None}, 0),
        ({"received_at": "soon"}, 0),
    ],
    ids=["a minute", "more than a minute", "by a wrong clock", "no webhook", "no time"],
)
def test_an_event_is_delayed_when_it_took_more_than_a_minute(change: dict[str, Any], delayed: int) -> None:
    assert of(row(**change)).delayed.count == delayed


@pytest.mark.parametrize(
    ("dialect", "type_", "missed"),
    [
        ("sweep", "sweep", 1),
        ("sweep", "schema", 0),
        ("official", "page.created", 0),
        ("reminder", "reminder", 0),
    ],
)
def test_a_webhook_is_missed_when_the_sweep_brought_the_change(dialect: str, type_: str, missed: int) -> None:
    assert of(row(dialect=dialect, type=type_)).missed.count == missed


@pytest.mark.parametrize(
    ("told", "event", "late"),
    [
        ({"done_at": at("12:05:00").isoformat()}, {}, 0),
        ({"done_at": at("12:05:01").isoformat()}, {}, 1),
        ({"status": "planned"}, {}, 1),
        ({"status": "planned"}, {"finished": "12:03:00"}, 0),
        ({"status": "planned", "planned_at": at("11:50:00").isoformat()}, {"finished": "12:03:00"}, 1),
        ({"status": "cancelled"}, {}, 0),
        ({"status": "failed"}, {}, 0),
        ({"kind": "notion.write"}, {}, 0),
        ({"done_at": at("12:20:00").isoformat()}, {"dialect": "reminder"}, 0),
        ({"done_at": at("12:30:01").isoformat()}, {"dialect": "reminder"}, 1),
        ({}, {"received_at": None}, 0),
        ({}, {"received_at": None, "occurred_at": at("12:00:00").isoformat()}, 1),
    ],
    ids=[
        "after five minutes",
        "after more",
        "still open after ten",
        "still open after three",
        "open for longer than its row's event",
        "no longer true",
        "refused",
        "tells nobody",
        "a reminder after twenty",
        "a reminder after more than thirty",
        "asked nobody knows when",
        "found by the sweep",
    ],
)
def test_a_notice_is_late(told: dict[str, Any], event: dict[str, Any], late: int) -> None:
    found = of(row(**{**event, "effects": [effect(**told)]}))

    assert found.late.count == found.people == late


def test_an_effect_counts_once_as_the_newest_row_has_it_in_whatever_order_they_come() -> None:
    older = row("a", "12:01:00", effects=[effect(status="planned")])
    newer = row(
        "b", "12:30:00", effects=[effect(status="failed", reason="notion.create_comment: forbidden, x")]
    )

    for rows in ((older, newer), (newer, older)):
        found = of(*rows)
        assert found.operations[Query(Selection.OPEN)].count == 0
        assert found.operations[Query(Selection.FAILED)].count == 1


def test_a_parked_event_that_was_redriven_while_we_read_counts_as_it_became() -> None:
    parked = row("a", "12:10:00", decision="parked", exception="KeyError")
    redriven = row("a", "12:20:00")

    for rows in ((parked, redriven), (redriven, parked)):
        assert of(*rows).parked.count == 0
        assert of(*rows).events.count == 1


def test_what_is_no_event_is_left_out() -> None:
    moment = {"pk": "INCIDENT#x", "sk": "MOMENT#1", "at": "2026-11-20T12:00:00+00:00", "day": "2026-11-20"}

    assert of(moment, row(), {"pk": "EVENT#broken", "sk": "RECORD"}).events.count == 1


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("notion.page: unavailable, status 503, request 5f3c-0001-aa", ["5f3c-0001-aa"]),
        ("HubSpot: 401, correlationId: 2a9f0b77-1, category X", ["2a9f0b77-1"]),
        ("correlation id=ABCDEF0123.", ["ABCDEF0123"]),
        ("the request budget is spent", []),
        ("request forgery-protection", []),
    ],
)
def test_request_ids_are_found_in_reasons(text: str, ids: list[str]) -> None:
    assert list(requests_in(text)) == ids


def test_the_time_read_has_a_margin_on_both_sides_and_ends_now() -> None:
    incident = _incident((at("12:00:00"), Step.FIRST_FINDING, "x", "steward"))

    assert span(incident, at("15:00:00")) == (at("11:45:00"), at("13:05:00"))
    assert span(incident, at("13:00:10"))[1] == at("13:00:10")


def test_too_many_rows_are_not_read_to_the_end_and_the_draft_says_so() -> None:
    read: list[str] = []

    def between(*_: Any) -> Any:
        for number in range(1000):
            read.append(f"{number}")
            yield row(f"{number:04d}", f"12:{number // 20:02d}:00")

    incident = _incident((at("12:00:00"), Step.OPENED, "x", "steward"))
    found = collect(incident, between, at("13:00:00"), most=40)
    text = draft(incident, found, "Notion").text

    assert len(read) == 41
    assert found.cut_at == at("12:01:00")
    assert "They were read up to 2026-11-20 12:01:00" in text
    assert "| Data loss | not known; events" in text


def test_of_an_incident_that_was_reopened_the_last_end_counts() -> None:
    incident = _incident(
        (at("12:00:00"), Step.FIRST_FINDING, "down", "steward"),
        (at("12:10:00"), Step.RESTORED, "up", "steward"),
        (at("12:15:00"), Step.RESOLVED, "up", "steward"),
        (at("12:20:00"), Step.OPENED, "down again", "steward"),
        (at("12:50:00"), Step.RESTORED, "up", "steward"),
        (at("13:00:00"), Step.RESOLVED, "up", "steward"),
    )
    text = draft(incident, of(), "Notion").text

    assert "| lasted | 50 min 0 s, from 2026-11-20 12:00:00 to 2026-11-20 12:50:00" in text
    assert "| restored | 50 min 0 s" in text


def test_an_incident_without_a_timeline_and_without_events_is_not_known_and_nothing_is_made_up() -> None:
    text = draft(_incident(), of(), "Notion").text

    assert "| lasted | not known |" in text
    assert "| detected by | not known |" in text
    assert "* Lasted: not known." in text
    assert "* Events delayed: 0 [Q1]." in text
    for step in ("first finding", "alarm", "acknowledged", "cause identified", "mitigation", "restored"):
        assert f"| not known | {step} |  |  |  |" in text
    assert "| Delay of these, p50 | not known: no event was delayed [Q1] |" in text


def test_a_long_timeline_shows_its_beginning_and_its_end() -> None:
    lines = [(at("12:00:00") + timedelta(seconds=n), Step.NOTE, f"note {n}", "dana") for n in range(150)]
    text = draft(_incident(*lines), of(), "Notion").text

    assert "| note 59 |" in text
    assert "| note 60 |" not in text
    assert "| 50 more, from the first to the last of |" in text
    assert "| note 110 |" in text


def test_a_draft_of_hostile_length_still_fits_an_item() -> None:
    rows = [row("😀" * 500 + str(n), "12:30:00") for n in range(50)]
    notes = [(at("12:00:00"), Step.NOTE, "😀|" * 500, "dana")] * 300
    text = draft(_incident(*notes), of(*rows), "Notion").text

    assert len(text.encode()) < 390_000


def test_every_class_that_can_be_an_incident_has_action_items_with_owner_and_due_day() -> None:
    assert set(BY_CLASS) == set(Class) - {Class.HEALTHY}
    assert all(actions for actions in BY_CLASS.values())
    assert all(a.days >= 1 and a.priority in (1, 2, 3) for actions in BY_CLASS.values() for a in actions)


@pytest.mark.parametrize("cls", [c for c in Class if c is not Class.HEALTHY])
def test_the_action_items_are_those_of_the_class(cls: Class) -> None:
    story = load("token")
    text = draft(replace(story.incident, cls=cls), of(), "Notion").text

    assert all(f"| {a.what} | {a.owner}" in text for a in BY_CLASS[cls])


def test_every_question_has_words_and_can_be_named_and_asked_again() -> None:
    assert set(WORDS) == set(Selection)
    for selection in Selection:
        query = Query(selection, "notion.page: unavailable, a:b")
        assert Query.parse(str(query)) == query
        items(query, account([row(effects=[effect()])], 10))


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("a|b", "a\\|b"),
        ("[J1]", "\\[J1\\]"),
        ("two\nlines", "two lines"),
        ("http://x.y", "http\\://x.y"),
        ("www.x.y", "www\\.x.y"),
        ("ann@example.com", "\\[removed\\]"),
        ("ntn_0123456789abcdef", "\\[removed\\]"),
        (" \n ", "not known"),
    ],
)
def test_text_of_others_stays_text(text: str, becomes: str) -> None:
    assert told(text) == becomes


def test_a_key_can_be_read_back_exactly() -> None:
    assert exact("EVENT#a b\n|%") == escape("EVENT#a%20b%0A%7C%25")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min 0 s"), (3661, "1 h 1 min 1 s"), (90_000, "25 h 0 min 0 s")],
)
def test_durations_are_cut_to_the_second(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def _incident(*lines: Any) -> Incident:
    return Incident(
        id="notion-20261120-1",
        vendor="notion",
        cls=Class.OUTAGE,
        severity=Severity.P2,
        stage=Stage.RESOLVED,
        says="down",
        opened_at=at("12:00:00"),
        updated_at=at("13:00:00"),
        resolved_at=at("13:00:00"),
        timeline=timeline("notion-20261120-1", *lines),
    )
