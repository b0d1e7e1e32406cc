"""What operators do with an incident."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.incidents.incident import Incident, Stage, Step
from tests.unit.triage.incident_words import MINUTE, START, incident
from triage.incidents.handling import Change, NotDone, acknowledge, note, silence

NOW = START + 5 * MINUTE
OVER = replace(incident(), stage=Stage.RESOLVED, resolved_at=NOW)
HUSHED = replace(incident(), silenced_until=NOW + MINUTE)


@pytest.mark.req("T6")
def test_who_acknowledges_takes_care_and_is_in_the_timeline() -> None:
    after = acknowledge(" Ann\n", NOW, take_over=False)(incident())

    assert after.acknowledged_by == "Ann"
    assert [(m.at, m.step, m.says, m.by) for m in after.timeline] == [
        (NOW, Step.ACKNOWLEDGED, "Ann takes care of it", "Ann")
    ]


@pytest.mark.req("T6")
def test_another_takes_over_only_when_they_say_so() -> None:
    anns = acknowledge("Ann", NOW, take_over=False)(incident())

    with pytest.raises(NotDone, match="Ann takes care of notion-20261121-1 already; with --take-over"):
        acknowledge("Ben", NOW, take_over=False)(anns)
    bens = acknowledge("Ben", NOW, take_over=True)(anns)
    assert bens.acknowledged_by == "Ben"
    assert "Ben takes care of it, and Ann no more" in [m.says for m in bens.timeline]


@pytest.mark.req("T6")
def test_a_silence_has_an_end_and_can_be_ended() -> None:
    hushed = silence("Ann", NOW, timedelta(hours=2))(incident())
    loud = silence("Ann", NOW + MINUTE, timedelta(0))(hushed)

    assert hushed.silenced_until == NOW + timedelta(hours=2)
    assert loud.silenced_until is None
    assert [m.says for m in loud.timeline] == ["silenced until 2026-11-21 14:05 UTC", "no longer silenced"]


@pytest.mark.req("T6")
def test_a_note_is_kept_also_when_it_is_over() -> None:
    after = note("Ann", NOW, "they\tcalled\nus")(OVER)

    assert [(m.step, m.says) for m in after.timeline] == [(Step.NOTE, "they called us")]


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("change", "what", "why"),
    [
        (acknowledge("Ann", NOW, take_over=True), OVER, "was resolved at 2026-11-21 12:05 UTC"),
        (acknowledge("Ann", NOW, take_over=True), replace(incident(), acknowledged_by="Ann"), "already"),
        (acknowledge(" ", NOW, take_over=False), incident(), "--by"),
        (silence("Ann", NOW, timedelta(hours=1)), OVER, "was resolved"),
        (silence("Ann", NOW, timedelta(days=8)), incident(), "at most 7 days"),
        (silence("Ann", NOW, timedelta(0)), incident(), "is not silenced"),
        (silence("Ann", NOW + 2 * MINUTE, timedelta(0)), HUSHED, "is not silenced"),
        (note("Ann", NOW, "\u200b \n"), incident(), "empty"),
        (note("Ann", NOW, "x" * 1001), incident(), "has 1001 characters"),
        (note("\u202e", NOW, "text"), incident(), "--by"),
    ],
)
def test_what_makes_no_sense_changes_nothing_and_says_why(change: Change, what: Incident, why: str) -> None:
    with pytest.raises(NotDone) as refused:
        change(what)
    assert why in refused.value.why
