"""What a draft says, and what it does not let others say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.incidents.classes import Class
from steward.incidents.incident import Step
from tests.unit.post_mortem.made_up import incident, of, row
from tests.unit.post_mortem.stories import at, load
from triage.post_mortem.actions import BY_CLASS
from triage.post_mortem.draft import draft
from triage.post_mortem.markdown import escape, exact, lasting, told

pytestmark = pytest.mark.req("T7")


def test_of_an_incident_that_was_reopened_the_last_end_counts() -> None:
    trouble = incident(
        (at("12:00:00"), Step.FIRST_FINDING, "down", "steward"),
        (at("12:10:00"), Step.RESTORED, "up", "steward"),
        (at("12:15:00"), Step.RESOLVED, "up", "steward"),
        (at("12:20:00"), Step.OPENED, "down again", "steward"),
        (at("12:50:00"), Step.RESTORED, "up", "steward"),
        (at("13:00:00"), Step.RESOLVED, "up", "steward"),
    )
    text = draft(trouble, of(), "Notion").text

    assert "| lasted | 50 min 0 s, from 2026-11-20 12:00:00 to 2026-11-20 12:50:00" in text
    assert "| restored | 50 min 0 s" in text


def test_an_incident_without_a_timeline_and_without_events_is_not_known_and_nothing_is_made_up() -> None:
    text = draft(incident(), of(), "Notion").text

    assert "| lasted | not known |" in text
    assert "| detected by | not known |" in text
    assert "* Lasted: not known." in text
    assert "* Events delayed: 0 [Q1]." in text
    for step in ("first finding", "alarm", "acknowledged", "cause identified", "mitigation", "restored"):
        assert f"| not known | {step} |  |  |  |" in text
    assert "| Delay of these, p50 | not known: no event was delayed [Q1] |" in text


def test_who_did_something_is_a_person_and_an_alarm_is_none() -> None:
    trouble = incident(
        (at("12:00:00"), Step.ALARM, "cloudwatch: lane age", "cloudwatch"),
        (at("12:05:00"), Step.ACKNOWLEDGED, "Al acknowledged, all is alright", "Al"),
    )
    text = draft(replace(trouble, acknowledged_by="Al", says="ask Al"), of(), "Notion").text

    assert "| alarm | an alarm | cloudwatch: lane age | [J" in text
    assert "| acknowledged | a person | a person acknowledged, all is alright | [J" in text
    assert "ask a person" in text


def test_a_long_timeline_shows_its_beginning_and_its_end() -> None:
    lines = [(at("12:00:00") + timedelta(seconds=n), Step.NOTE, f"note {n}", "dana") for n in range(150)]
    text = draft(incident(*lines), of(), "Notion").text

    assert "| note 59 |" in text
    assert "| note 60 |" not in text
    assert "| 50 more, from the first to the last of |" in text
    assert "| note 110 |" in text


def test_a_draft_of_hostile_length_still_fits_an_item() -> None:
    rows = [row("😀" * 500 + str(n), "12:30:00") for n in range(50)]
    notes = [(at("12:00:00"), Step.NOTE, "😀|" * 500, "dana")] * 300
    text = draft(incident(*notes), of(*rows), "Notion").text

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
