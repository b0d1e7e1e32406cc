"""The desk, run by run: one incident per cause, one thread each, a first message that is kept true."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.documents import iso
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from tests.integration.incidents.rig import Rig
from tests.unit.triage.incident_words import START, diagnosis
from triage.incidents.handling import acknowledge, note, silence
from triage.incidents.runs import Measure


def measure(rig: Rig) -> Measure:
    return Measure("pause-1", "notion", Class.OUTAGE, rig.clock.now(), "the lane was paused")


@pytest.mark.req("T6")
def test_an_outage_is_one_incident_one_thread_and_a_first_message_that_ends_true(rig: Rig) -> None:
    assert rig.run("hoo") == []
    assert rig.messages() == []

    (opened,) = rig.run("o")
    assert (opened.id, opened.stage) == ("notion-20261121-1", Stage.INVESTIGATING)
    (first,) = rig.messages()
    assert "*P2 · Notion: vendor outage*" in first["text"]
    assert "edited" not in first
    assert rig.replies() == []

    rig.run("o", did=[measure(rig)])
    (last,) = rig.run("oooo" + "hhhhhh")

    assert rig.run("hh") == []  # nothing is left to do about it
    (first,) = rig.messages()
    assert first["text"].startswith("✅ *P2 · Notion: vendor outage*")
    assert "*Status:* Resolved" in first["text"]
    assert first["edited"]
    assert last.stage is Stage.RESOLVED
    told = "\n".join(rig.replies())
    for line in (
        "the lane was paused",
        "investigating → mitigating",
        "mitigating → monitoring",
        "resolved after",
    ):
        assert told.count(line) == 1
    assert len(rig.replies()) == 3
    assert rig.pager.pages == []
    assert rig.store.live() == []
    assert [i.stage for i in rig.store.latest()] == [Stage.RESOLVED]


@pytest.mark.req("T6")
def test_unchanged_trouble_is_told_again_every_half_hour_only(rig: Rig) -> None:
    rig.run("ooo")
    rig.run("o" * 29)
    assert rig.replies() == []

    rig.run("o" * 2)
    assert len(rig.replies()) == 1
    assert "still investigating" in rig.replies()[0]
    assert "next update by 2026-11-21 13:02 UTC" in rig.messages()[0]["text"]

    rig.run("o" * 30)
    assert len(rig.replies()) == 2
    assert rig.calls("chat.update") == 2


@pytest.mark.req("T6")
def test_a_guess_that_is_corrected_stays_in_its_incident_and_another_cause_gets_its_own(rig: Rig) -> None:
    rig.run("uuuoo")
    (incident,) = rig.store.live()
    assert incident.cls is Class.OUTAGE

    broken = diagnosis(Class.SCHEMA, severity=Severity.P3)
    away = diagnosis(Class.OUTAGE, vendor="hubspot")
    for _ in range(3):
        incidents = rig.run("d", more=[broken, away])

    assert {(i.id, i.cls) for i in incidents} == {
        ("notion-20261121-1", Class.DEGRADED),
        ("notion-20261121-2", Class.SCHEMA),
        ("hubspot-20261121-1", Class.OUTAGE),
    }
    assert len(rig.messages()) == 3


@pytest.mark.req("T6")
def test_a_cause_that_comes_back_after_it_was_over_is_another_incident(rig: Rig) -> None:
    rig.run("ooo" + "h" * 9)
    rig.run("ooo")

    assert [i.id for i in rig.store.latest()] == ["notion-20261121-2", "notion-20261121-1"]
    assert len(rig.messages()) == 2


@pytest.mark.req("T6")
def test_runs_that_are_repeated_late_or_missed_double_nothing(rig: Rig) -> None:
    story = "ooooo" + "hhhhhhhhh"
    for number, letter in enumerate(story):
        rig.run(letter)
        rig.wait(timedelta(seconds=-57))
        rig.run(letter)  # delivered twice, three seconds apart
        rig.wait(timedelta(seconds=-64))
        rig.run("o")  # the clock went back a second, and it saw something else
        rig.wait(timedelta(seconds=61 - 3))
        if number % 5 == 4:
            rig.wait(timedelta(minutes=2))

    incident = rig.store.load("notion-20261121-1")
    assert incident is not None
    assert incident.stage is Stage.RESOLVED
    steps = [m.step for m in incident.timeline]
    assert sorted(steps) == sorted(
        [Step.FIRST_FINDING, Step.OPENED, Step.IDENTIFIED, Step.RESTORED, Step.STAGE, Step.RESOLVED]
    )
    assert len(rig.messages()) == 1
    assert len(rig.replies()) == 2


@pytest.mark.req("T6")
def test_what_operators_do_is_told_in_the_thread_and_a_silence_is_kept(rig: Rig) -> None:
    rig.run("ooo")
    id_ = "notion-20261121-1"
    rig.store.change(id_, acknowledge("Ann <!here>", rig.clock.now(), take_over=False))
    rig.run("o")
    assert "Ann &lt;!here&gt; takes care of it" in rig.messages()[0]["text"]
    assert len(rig.replies()) == 1

    rig.store.change(id_, silence("Ann", rig.clock.now(), timedelta(hours=1)))
    rig.store.change(id_, note("Ann", rig.clock.now() + timedelta(seconds=1), "they called us"))
    rig.run("o" * 50)
    assert len(rig.replies()) == 1
    assert "silenced until" in rig.messages()[0]["text"]  # the first message is kept true all the same

    rig.run("o" * 12)
    assert len(rig.replies()) == 2
    for line in ("they called us", "silenced until"):
        assert line in rig.replies()[1]


@pytest.mark.req("T6")
def test_what_grows_to_p1_is_told_although_it_was_silenced(rig: Rig) -> None:
    rig.run("ooo")
    rig.store.change("notion-20261121-1", silence("Ann", rig.clock.now(), timedelta(days=7)))
    rig.run("oo")
    told = len(rig.replies())

    rig.run("ooo", severity=Severity.P1)

    assert len(rig.replies()) == told + 1
    assert "severity P2 → P1; not silenced any more" in rig.replies()[-1]
    assert "silenced until" not in rig.messages()[0]["text"]


@pytest.mark.req("T6")
def test_an_operator_and_the_triage_do_not_undo_each_other(rig: Rig) -> None:
    rig.run("ooo")
    seen = rig.store.load("notion-20261121-1")
    assert seen is not None
    rig.run("o", did=[measure(rig)])

    after = rig.store.change(seen.id, acknowledge("Ann", rig.clock.now(), take_over=False))

    assert after is not None
    assert (after.stage, after.acknowledged_by) == (Stage.MITIGATING, "Ann")
    assert {Step.MITIGATION, Step.ACKNOWLEDGED} <= {m.step for m in after.timeline}


@pytest.mark.req("T6")
def test_by_incoming_webhook_there_are_few_whole_messages(rig: Rig) -> None:
    rig.webhook = True
    rig.run("ooo")
    rig.run("o", did=[measure(rig)])
    rig.run("o" * 60)
    rig.run("oo", severity=Severity.P1)
    rig.run("h" * 10)

    assert [m["text"].split(" · ")[0] for m in rig.messages()] == [
        "\U0001f6a8 *P2",
        "\U0001f6a8 *P1",
        "✅ *P1",
    ]
    assert rig.replies() == []
    assert "thread" not in rig.messages()[0]["text"]
    assert rig.store.live() == []


@pytest.mark.req("T6")
def test_a_first_message_that_somebody_deleted_is_let_go(rig: Rig) -> None:
    rig.run("ooo")
    rig.slack.add_fault(
        {"kind": "error", "error": "message_not_found"}, match={"path": "chat.update"}, times="forever"
    )
    rig.run("oo", severity=Severity.P1)
    rig.run("o" * 5)

    assert rig.calls("chat.update") == 1
    assert len(rig.replies()) == 1


@pytest.mark.req("T6")
def test_a_channel_that_refuses_for_good_is_changed_for_the_other(rig: Rig) -> None:
    rig.channels = replace(rig.channels, other="#ops")
    rig.slack.archive("#incidents")
    rig.run("ooo")
    rig.run("o", did=[measure(rig)])

    assert rig.messages() == []
    assert len(rig.messages("#ops")) == 1
    assert len(rig.replies("#ops")) == 1
    assert rig.pager.pages == []


def test_rows_expire_only_after_the_incident_is_over(rig: Rig) -> None:
    rig.run("ooo")
    rows = {i["sk"].split("#")[0]: i for i in rig.journal.scan()["Items"]}
    assert {"RECORD", "MOMENT", "TELLING", "AT", "LIVE", "OPEN"} == set(rows)
    assert {name for name, row in rows.items() if "ttl" in row} == {"MOMENT", "TELLING"}
    assert "day" not in set().union(*rows.values())  # the index by-day lists events only

    rig.run("h" * 9)
    rows = {i["sk"].split("#")[0]: i for i in rig.journal.scan()["Items"]}
    assert set(rows) == {"RECORD", "MOMENT", "TELLING", "AT", "UNWRITTEN"}
    assert all(int(row["ttl"]) > (START + timedelta(days=89)).timestamp() for row in rows.values())


def test_each_moments_key_is_its_own_row(rig: Rig) -> None:
    (incident,) = rig.run("ooo")

    for told in incident.timeline:
        pk, sk = told.key.split(" ")
        row = rig.journal.get_item(Key={"pk": pk, "sk": sk})["Item"]
        assert (row["at"], row["says"]) == (iso(told.at), told.says)


@pytest.mark.req("T6")
def test_an_incident_of_a_vendor_that_is_taken_out_is_closed_and_told_so_and_may_be_opened_anew(
    rig: Rig,
) -> None:
    away = diagnosis(Class.OUTAGE, vendor="hubspot")
    rig.run("hhh", more=[away])
    (incident,) = rig.store.live()

    rig.run("h" * 4)
    assert rig.store.live() == [rig.store.load(incident.id)]
    (ended,) = rig.run("h")

    assert (ended.stage, ended.resolved_at) == (Stage.CLOSED, rig.clock.now() - timedelta(minutes=1))
    assert rig.store.live() == []
    (first,) = rig.messages()
    assert first["text"].startswith("⚪ *P2 · HubSpot: vendor outage*")
    assert "Closed, not known to be over" in first["text"]
    assert "Resolved" not in first["text"]
    assert "whether it is well is not known" in "\n".join(rig.replies())

    rig.run("hhh", more=[away])
    (again,) = rig.store.live()
    assert again.id != incident.id


@pytest.mark.req("T6")
def test_an_incident_whose_new_cause_is_taken_stays_as_it_is_and_the_others_are_told(rig: Rig) -> None:
    for number, cls in enumerate((Class.UNKNOWN, Class.OUTAGE), 1):
        id_, stage = f"notion-20261121-{number}", Stage.INVESTIGATING
        rig.store.create(Incident(id_, "notion", cls, Severity.P3, stage, "words", START, START))
    rig.clock.sleep(60)

    rig.run("ooo", more=[diagnosis(Class.TOKEN, vendor="hubspot")])

    assert {i.id: i.cls for i in rig.store.live()} == {
        "notion-20261121-1": Class.UNKNOWN,
        "notion-20261121-2": Class.OUTAGE,
        "hubspot-20261121-1": Class.TOKEN,
    }
    assert len(rig.messages()) == 3
