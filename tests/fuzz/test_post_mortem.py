"""Any journal and any incident have a draft in which every number is what the rows say and nobody's text is a line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from steward.documents import iso
from steward.effects import Kind, Status
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from steward.journal import Decision
from steward.unicode import well_formed
from tests.fuzz.strategies import TEXT
from tests.unit.post_mortem.recompute import Sceptic, digits_without_source
from tests.unit.post_mortem.stories import Story, timeline
from triage.post_mortem.draft import MOST_BYTES, draft
from triage.post_mortem.facts import collect

BEGIN = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
"""Two hours before midnight: the journal has a day for each side."""

FEWER = settings(max_examples=settings().max_examples // 3)
"""A whole journal is much to make up."""

HOSTILE = TEXT.map(well_formed) | st.sampled_from(
    (
        "\n# Forged\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "| x | [J1] | 3 |",
        "\\| x \\\\| y \\",
        "[J999] and [Q1]",
        "[link](https://example.com) <script>alert(1)</script> <https://example.com>",
        "![image](x) **strong** _em_ `code` ~~gone~~ &amp; <!-- x -->",
        "</td></table>",
        "```\n",
        "* item\n- item\n1. item\n> quote\n---\n===",
        "www.example.com http://example.com",
        "\u202egpj.exe",
    )
)

PEOPLE = st.sampled_from(("a11d0000-0000-4000-8000-000000000001", "b0b00000-0000-4000-8000-000000000002"))
OPERATORS = ("steward", "dana", "Zoë Quill")
EXCEPTIONS = ("KeyError", "CallFailed/invalid", "Undecodable")
CALLS = (
    "notion.page: unavailable",
    "slack.post_message: rejected",
    "given up: notion.create_comment: forbidden",
)

TOKENS = ("softbreak", "hardbreak", "text", "text_special", "inline", "code_inline")
BLOCKS = (
    "heading",
    "paragraph",
    "bullet_list",
    "list_item",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "em",
    "strong",
)
KNOWN = {*TOKENS, *(f"{block}_{end}" for block in BLOCKS for end in ("open", "close"))}


def moments_between(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Times, in seconds after the beginning, to the millisecond."""
    return st.integers(first * 1000, last * 1000).map(lambda ms: BEGIN + timedelta(milliseconds=ms))


@st.composite
def reasons(draw: st.DrawFn) -> str:
    """Why something failed: ours, a vendor's, or anybody's."""
    parts = [draw(st.sampled_from(CALLS)), draw(HOSTILE)]
    if draw(st.booleans()):
        parts.append(f"request {draw(st.uuids(version=4))}")
    return ", ".join(parts) if draw(st.booleans()) else parts[1]


@st.composite
def effects(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """An effect as ``journal.effect_row`` tells of it."""
    row = {
        "id": f"{number:016x}",
        "kind": str(list(Kind)[number % len(Kind)]),
        "status": str(draw(st.sampled_from(Status))),
        "person": draw(st.none() | PEOPLE),
        "planned_at": iso(draw(st.none() | moments_between(0, 14_400))),
        "attempts": draw(st.integers(0, 4)),
        "done_at": iso(draw(st.none() | moments_between(0, 14_400))),
        "reason": draw(st.none() | reasons()),
    }
    return {key: value for key, value in row.items() if value is not None}


@st.composite
def journals(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of the Journal table; some effects stand in several of them."""
    rows = []
    for event_id in draw(st.lists(HOSTILE.filter(bool), max_size=8, unique=True)):
        decision = draw(st.sampled_from(Decision))
        numbers = draw(st.lists(st.integers(1, 7), max_size=4, unique=True))
        kind = draw(
            st.sampled_from((("official", "page.created"), ("sweep", "sweep"), ("reminder", "reminder")))
        )
        row = {
            "pk": f"EVENT#{event_id}",
            "sk": "RECORD",
            "dialect": kind[0],
            "type": kind[1],
            "received_at": iso(draw(st.none() | moments_between(0, 14_400))),
            "occurred_at": iso(draw(st.none() | moments_between(0, 14_400))),
            "finished_at": iso(draw(moments_between(0, 14_400))),
            "decision": str(decision),
            "why": draw(reasons()),
            "exception": draw(st.none() | st.sampled_from(EXCEPTIONS))
            if decision is Decision.PARKED
            else None,
            "calls": draw(st.integers(0, 5)),
            "effects": [draw(effects(number)) for number in numbers],
        }
        rows.append({key: value for key, value in row.items() if value is not None})
        rows += [
            draw(endings(event_id, number))
            for number in draw(st.lists(st.integers(1, 9), max_size=2, unique=True))
        ]
    return rows


@st.composite
def endings(draw: st.DrawFn, event_id: str, number: int) -> dict[str, Any]:
    """A row of an effect that ended after its event was finished, whether or not the event's row has it."""
    effect = draw(effects(number))
    changed = iso(draw(moments_between(0, 18_000)))
    return {
        "pk": f"EVENT#{event_id}",
        "sk": f"EFFECT#{effect['id']}",
        "changed_at": changed,
        "effect": effect,
    }


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """An incident with the journal of its time."""
    steps = st.tuples(
        moments_between(1800, 12_600), st.sampled_from(Step), HOSTILE, st.sampled_from(OPERATORS)
    )
    lines = sorted(draw(st.lists(steps, max_size=12)), key=lambda line: line[0])
    moments = timeline("notion-20261120-1", *lines)
    opened = next((m.at for m in moments if m.step is Step.OPENED), BEGIN + timedelta(hours=1))
    incident = Incident(
        id="notion-20261120-1",
        vendor="notion",
        cls=draw(st.sampled_from(Class)),
        severity=draw(st.sampled_from(Severity)),
        stage=Stage.RESOLVED,
        says=draw(HOSTILE),
        opened_at=opened,
        updated_at=opened,
        resolved_at=max([opened, *(m.at for m in moments)]),
        timeline=moments,
    )
    return Story(incident, draw(journals()), [])


def written(story: Story, most_bytes: int = MOST_BYTES) -> str:
    now = BEGIN + timedelta(hours=5)
    facts = collect(story.incident, story.between, story.ended, now)
    return draft(story.incident, facts, "Notion", most_bytes).text


@pytest.mark.req("T7")
@FEWER
@given(stories())
def test_every_number_of_any_draft_is_what_its_rows_say(story: Story) -> None:
    Sceptic(written(story), [*story.rows, *story.moments], OPERATORS[1:]).check()


@pytest.mark.req("T7")
@FEWER
@given(stories(), st.sampled_from((0, 6000)))
def test_a_draft_that_would_be_too_long_names_fewer_rows_and_is_as_right(story: Story, most: int) -> None:
    text = written(story, most)

    Sceptic(text, [*story.rows, *story.moments], OPERATORS[1:]).check()
    assert len(text) <= len(written(story))


@pytest.mark.req("T7")
@FEWER
@given(stories())
def test_nobodys_text_becomes_markup(story: Story) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(written(story))

    every = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert {token.type for token in every} <= KNOWN
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[1:] == [
        "Summary",
        "Timeline (UTC)",
        "Root cause",
        "Impact",
        "Operations by kind",
        "Correlation and request ids",
        "Action items",
        "Appendix: rows that are cited",
        "Appendix: queries",
    ]


@pytest.mark.req("T7")
@FEWER
@given(stories())
def test_no_line_of_any_draft_has_a_number_without_a_source(story: Story) -> None:
    quiet = Story(_plain(story.incident), story.rows, [])
    lines = [x for x in digits_without_source(written(quiet)) if "notion-20261120-1" not in x]

    assert [x for x in lines if not x.startswith("# ")] == []


def _plain(incident: Incident) -> Incident:
    """The same, with words of our own: what others say is no number of ours."""
    return replace(
        incident, says="down", timeline=tuple(replace(m, says="something") for m in incident.timeline)
    )
