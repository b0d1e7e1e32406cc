"""Drafts of recorded incidents: one is read as a whole, and of all of them every number is counted again."""

import pytest

from tests.unit.post_mortem.recompute import Sceptic, digits_without_source
from tests.unit.post_mortem.stories import FOLDER, NAMES, facts_of, load, text_of
from triage.post_mortem.queries import Query, Selection

pytestmark = pytest.mark.req("T7")


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_draft_is_what_its_rows_say(name: str) -> None:
    story = load(name)

    recomputed = Sceptic(text_of(story), [*story.rows, *story.moments], ["dana"]).check()

    assert recomputed >= 50


@pytest.mark.parametrize("name", NAMES)
def test_no_line_has_a_number_without_a_source(name: str) -> None:
    incident_id = load(name).incident.id
    lines = [line for line in digits_without_source(text_of(load(name))) if incident_id not in line]

    assert [line for line in lines if not line.startswith("# ")] == []


@pytest.mark.parametrize("name", NAMES)
def test_nobody_and_no_page_is_named(name: str) -> None:
    story = load(name)
    text = text_of(story)

    assert [name for name in story.names if name in text] == []
    titles = {row["title"] for row in story.rows if "title" in row}
    assert titles
    assert [title for title in titles if title in text] == []
    effects = [e for row in story.rows for e in row.get("effects") or [row.get("effect", {})]]
    people = {e["person"] for e in effects if "person" in e}
    assert people
    assert [person for person in people if person in text] == []


def test_an_outage_delays_events_and_notices_and_loses_nothing() -> None:
    facts = facts_of(load("outage"))

    assert facts.delayed.count == 60
    assert facts.longest is not None
    assert 3900 < facts.longest.seconds < 4200
    assert facts.missed.count == 1
    assert facts.people == 3
    assert facts.parked.count == 0
    assert facts.operations[Query(Selection.FAILED)].count == 0


def test_a_bug_leaves_dead_letters_with_their_cause() -> None:
    facts = facts_of(load("bug"))

    assert facts.parked.count == 4
    assert [(c.query.detail, c.count) for c in facts.causes] == [
        ("KeyError", 4),
        ("notion.create_comment: forbidden", 1),
    ]
    assert [r.count for r in facts.requests] == [1]


def test_the_draft_reads_as_recorded() -> None:
    assert text_of(load("bug")) == (FOLDER / "bug.md").read_text()
