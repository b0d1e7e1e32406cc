"""What counts, row by row."""

from typing import Any

import pytest

from steward.incidents.incident import Step
from tests.unit.post_mortem.made_up import effect, ended, incident, of, row
from tests.unit.post_mortem.stories import at
from triage.post_mortem.draft import draft
from triage.post_mortem.facts import collect, span
from triage.post_mortem.queries import WORDS, Query, Selection, items, requests_in
from triage.post_mortem.rows import account

pytestmark = pytest.mark.req("T7")


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
        ({"status": "planned"}, {"finished": "12:03:00"}, 1),
        ({"status": "folded", "done_at": at("12:01:00").isoformat()}, {}, 1),
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
        "still open",
        "still open, and not told by the time of the draft",
        "a line of a digest that did not end",
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


@pytest.mark.parametrize(
    ("end", "late", "still_open", "failed"),
    [
        ({"changed": "12:04:00"}, 0, 0, 0),
        ({"changed": "12:05:01"}, 1, 0, 0),
        ({"status": "failed"}, 0, 0, 1),
        ({"status": "cancelled"}, 0, 0, 0),
        ({"status": "planned", "done_at": None}, 1, 1, 0),
        ({"event_id": "another"}, 1, 1, 0),
        (None, 1, 1, 0),
    ],
    ids=["in time", "late", "refused", "no longer true", "owed again", "another event's", "not yet"],
)
@pytest.mark.parametrize("status", ["planned", "started", "folded"])
def test_what_was_open_when_its_event_was_finished_counts_as_it_ended(
    status: str, end: dict[str, Any] | None, late: int, still_open: int, failed: int
) -> None:
    rows = [row(finished="12:01:00", effects=[effect(status=status)])]

    found = of(*rows, *([] if end is None else [ended(**end)]))

    assert found.late.count == late
    assert found.operations[Query(Selection.OPEN)].count == still_open
    assert found.operations[Query(Selection.FAILED)].count == failed


def test_an_end_is_cited_by_its_own_row_and_asked_since_its_events() -> None:
    plain = effect(status="planned", planned_at=at("11:50:00").isoformat())
    (cited,) = of(row(finished="12:01:00", effects=[plain]), ended(changed="12:02:00")).late.items

    assert (cited.pk, cited.sk, cited.effect) == ("EVENT#e", "EFFECT#c1", "c1")


def test_a_row_that_is_newer_than_an_end_counts_unless_it_only_knows_of_a_digest() -> None:
    newer = row("f", "12:30:00", effects=[effect(status="failed")])
    assert of(row(), newer, ended(changed="12:20:00")).operations[Query(Selection.FAILED)].count == 1

    folded = row("e", "12:30:00", effects=[effect(status="folded")])
    assert of(folded, ended(changed="12:20:00")).operations[Query(Selection.OPEN)].count == 0


def test_too_many_ends_are_not_read_to_the_end_and_the_draft_does_not_say_that_nothing_was_lost() -> None:
    plain = row(finished="12:01:00", effects=[effect(status="planned")])
    ends = [ended("another", f"12:{number:02d}:00") for number in range(10)]
    trouble = incident((at("12:00:00"), Step.OPENED, "x", "steward"))

    found = collect(trouble, lambda *_: [plain], lambda *_: ends, at("13:00:00"), most=5)
    text = draft(trouble, found, "Notion").text

    assert found.endings_cut_at == at("12:04:00")
    assert "after 2026-11-20 12:04:00 what counts as open may have ended" in text
    assert "| Data loss | not known; events" in text


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
    trouble = incident((at("12:00:00"), Step.FIRST_FINDING, "x", "steward"))

    assert span(trouble, at("15:00:00")) == (at("11:45:00"), at("13:05:00"))
    assert span(trouble, at("13:00:10"))[1] == at("13:00:10")


def test_too_many_rows_are_not_read_to_the_end_and_the_draft_says_so() -> None:
    read: list[str] = []

    def between(*_: Any) -> Any:
        for number in range(1000):
            read.append(f"{number}")
            yield row(f"{number:04d}", f"12:{number // 20:02d}:00")

    trouble = incident((at("12:00:00"), Step.OPENED, "x", "steward"))
    found = collect(trouble, between, lambda *_: (), at("13:00:00"), most=40)
    text = draft(trouble, found, "Notion").text

    assert len(read) == 41
    assert found.cut_at == at("12:01:00")
    assert "They were read up to 2026-11-20 12:01:00" in text
    assert "| Data loss | not known; events" in text


def test_every_question_has_words_and_can_be_named_and_asked_again() -> None:
    assert set(WORDS) == set(Selection)
    for selection in Selection:
        query = Query(selection, "notion.page: unavailable, a:b")
        assert Query.parse(str(query)) == query
        items(query, account([row(effects=[effect()])], 10))
