"""What people read of an incident."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from steward.incidents.classes import Advice, Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from steward.incidents.names import Names
from steward.incidents.told import FIXED, Telling, mark, marks
from steward.mrkdwn import BLOCKS_LIMIT, MESSAGE_LIMIT, SECTION_LIMIT, TEXT_LIMIT, Message
from tests.unit.triage.incident_words import MINUTE, START, incident
from triage.incidents.moments import moment, with_moments
from triage.incidents.owed import correction, owed
from triage.incidents.wording import NEWS_SHOWN, SUBJECT_LIMIT, first, page, subject, update

NAMES = Names({"notion": "Notion"}, "https://steward.example/dashboard")
HOSTILE = "<!channel> *bold* `code` <https://evil.example|x> & \u202eback @here"


def full(**more: object) -> Incident:
    plain = incident(
        severity=Severity.P1,
        impact=("37 of 40 calls failed", "120 events wait"),
        do=(Advice.WAIT, Advice.ASK_VENDOR),
        **more,
    )
    return with_moments(
        plain, moment(plain.id, START + MINUTE, Step.MITIGATION, "the lane was paused", token="m")
    )


@pytest.mark.req("T6")
def test_the_first_message_has_all_that_the_template_asks_for() -> None:
    assert first(full(), NAMES, START, threaded=True).text.split("\n") == [
        "\U0001f6a8 *P1 · Notion: vendor outage* · `notion-20261121-1`",
        "*Status:* Investigating since 2026-11-21 12:00 UTC",
        "*Impact:* 37 of 40 calls failed · 120 events wait",
        "*Root cause:* Notion answers nothing but 503",
        "*Action:* the lane was paused · next: wait, then ask the vendor's support",
        "*ETA:* not known · next update by 2026-11-21 12:30 UTC",
        "<https://steward.example/dashboard|Dashboard> · Updates are in the thread",
    ]


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("state", "line"),
    [
        ({"stage": Stage.MONITORING}, "*ETA:* monitoring"),
        ({"stage": Stage.RESOLVED, "resolved_at": START}, "*ETA:* over"),
        (
            {"eta": START + timedelta(hours=1)},
            "*ETA:* about 2026-11-21 13:00 UTC, as the vendor says · next update by 2026-11-21 12:30 UTC",
        ),
        ({"impact": ()}, "*Impact:* not measured yet"),
        (
            {"acknowledged_by": "Ann <b>"},
            "*Status:* Investigating since 2026-11-21 12:00 UTC · Ann &lt;b&gt; takes care of it",
        ),
        (
            {"silenced_until": START + MINUTE},
            "*Status:* Investigating since 2026-11-21 12:00 UTC · silenced until 2026-11-21 12:01 UTC",
        ),
        ({"silenced_until": START}, "*Status:* Investigating since 2026-11-21 12:00 UTC"),
        ({"says": ""}, "*Root cause:* vendor outage"),
    ],
)
def test_the_first_message_says_how_the_incident_stands(state: dict[str, object], line: str) -> None:
    assert line in first(replace(full(), **state), NAMES, START, threaded=True).text.split("\n")  # type: ignore[arg-type] # of all kinds


def assert_fits(message: Message) -> None:
    assert len(message.text) <= TEXT_LIMIT
    assert len(message.blocks) <= BLOCKS_LIMIT
    assert all(len(block["text"]["text"]) <= SECTION_LIMIT for block in message.blocks)
    assert len(json.dumps(message.blocks, ensure_ascii=False).encode()) <= MESSAGE_LIMIT


@pytest.mark.req("T6")
def test_what_strangers_wrote_means_nothing_to_slack_and_fits() -> None:
    hostile = full(says=HOSTILE * 200, acknowledged_by=HOSTILE * 50)
    notes = [
        moment(hostile.id, START + n * MINUTE, Step.NOTE, f"{n} {HOSTILE * 20}", HOSTILE) for n in range(90)
    ]
    hostile = with_moments(replace(hostile, impact=tuple(HOSTILE + str(n) for n in range(8))), *notes)

    for message in (first(hostile, NAMES, START, threaded=True), update(hostile, notes, NAMES)):
        assert_fits(message)
        for dangerous in ("<!channel>", "<https://evil", "`code", "\u202e"):
            assert dangerous not in message.text.replace("`notion-20261121-1`", "")
        assert all(block["text"]["verbatim"] for block in message.blocks)
    assert "70 earlier steps" in update(hostile, notes, NAMES).text
    assert len(notes) - NEWS_SHOWN == 70


@pytest.mark.req("T6")
def test_an_update_says_what_happened_and_by_whom_or_that_it_goes_on() -> None:
    note = moment("x", START + MINUTE, Step.NOTE, "they know", "Ann")
    stage = moment("x", START + 2 * MINUTE, Step.STAGE, "investigating → mitigating: something is being done")

    told = update(full(), [note, stage], NAMES).text

    assert "• 2026-11-21 12:01 UTC note: Ann: they know\n" in told
    assert "• 2026-11-21 12:02 UTC investigating → mitigating: something is being done\n" in told
    assert "• still investigating: Notion answers nothing but 503" in update(full(), [], NAMES).text
    over = replace(full(), stage=Stage.RESOLVED, resolved_at=START)
    assert "ETA" not in update(over, [note], NAMES).text


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[P1]\nNotion\r\n: out\tage", "[P1] Notion : out age"),
        ("Café → outage \U0001f6a8", "Cafe outage"),
        ("x" * 300, "x" * SUBJECT_LIMIT),
        ("\u202e→", "Incident"),
        ("  spaced  ", "spaced"),
    ],
)
def test_a_subject_is_what_sns_takes(text: str, shown: str) -> None:
    assert subject(text) == shown
    assert shown.isascii()
    assert shown.isprintable()


def test_a_page_says_what_to_do() -> None:
    title, text = page(full(), NAMES)

    assert title == "[INVESTIGATING] P1 Notion: vendor outage (notion-20261121-1)"
    assert "Action: wait, then ask the vendor's support" in text
    assert "37 of 40 calls failed" in text
    assert text.endswith("https://steward.example/dashboard")


TOLD = Telling(told=marks(full().timeline), shown="")


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("state", "minutes", "threads", "way"),
    [
        ({}, 0, True, "first"),
        ({"posted": "C1/1.2"}, 1, True, None),
        ({"posted": "C1/1.2"}, 30, True, "update"),
        ({"posted": "C1/1.2", "silenced_until": START + timedelta(hours=2)}, 30, True, None),
        ({"silenced_until": START + timedelta(hours=2)}, 1, True, None),
        ({"posted": "C1/1.2", "stage": Stage.RESOLVED}, 300, True, None),
        ({"posted": "#team/ok"}, 300, False, None),
        ({"posted": "#team/ok"}, 300, True, None),  # a bot token was configured since
        ({"posted": "C1/1.2"}, 300, False, None),  # and a webhook here
    ],
)
def test_what_is_owed_when_nothing_happened(
    state: dict[str, object], minutes: int, threads: bool, way: str | None
) -> None:
    found = owed(replace(full(), **state), TOLD, NAMES, START + minutes * MINUTE, threads=threads)  # type: ignore[arg-type] # of all kinds

    assert (found and found.way) == way


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("step", "posted", "way"),
    [
        (Step.NOTE, "C1/1.2", "update"),
        (Step.RESOLVED, "C1/1.2", "update"),
        (Step.NOTE, "#team/ok", None),  # fewer
        (Step.STAGE, "#team/ok", None),
        (Step.SEVERITY, "#team/ok", "whole"),
        (Step.RESOLVED, "#team/ok", "whole"),
        (Step.FIRST_FINDING, "C1/1.2", None),
    ],
)
def test_what_is_owed_when_something_happened(step: Step, posted: str, way: str | None) -> None:
    news = with_moments(replace(full(), posted=posted), moment("x", START + MINUTE, step, "news"))

    found = owed(news, TOLD, NAMES, START + MINUTE, threads=posted == "C1/1.2")

    assert (found and found.way) == way
    if found:
        assert found.tells == marks(news.timeline)


def test_the_first_message_is_corrected_when_it_is_not_true_any_more() -> None:
    posted = replace(full(), posted="C1/1.2")
    true = mark(first(posted, NAMES, START, threaded=True).text)
    other = replace(posted, cls=Class.TOKEN)

    assert correction(posted, replace(TOLD, shown=true), NAMES, START) is None
    changed = correction(other, replace(TOLD, shown=true), NAMES, START)
    assert changed is not None
    assert "token revoked" in changed.text
    assert correction(other, replace(TOLD, shown=FIXED), NAMES, START) is None
