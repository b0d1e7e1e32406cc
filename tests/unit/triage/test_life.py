"""An incident's life, from runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.incidents.causes import Cause, Family
from steward.incidents.classes import Advice, Class, Severity
from steward.incidents.incident import Incident, Moment, Stage, Step
from tests.unit.triage.incident_words import CLASSES, MINUTE, START, diagnosis, past, runs
from triage.findings import Finding, Probe, Verdict
from triage.incidents.life import AT_ONCE, Past, advance, opened
from triage.incidents.runs import Measure, run_of

ID = "notion-20261121-1"
AVAILABILITY = Cause("notion", Family.AVAILABILITY)


def lived(letters: str, severity: Severity = Severity.P2, did: tuple[Measure, ...] = ()) -> list[Incident]:
    """An incident of Notion's availability as it was after each run, from the third on."""
    row = runs(letters, severity=severity)
    row = [replace(row[0], did=did), *row[1:]]
    rules = past("h").rules
    incident = advance(opened(ID, AVAILABILITY, Past(row[:3], rules)), Past(row[:3], rules))
    states = [incident]
    for end in range(4, len(row) + 1):
        incident = advance(incident, Past(row[max(0, end - 5) : end], rules))
        states.append(incident)
    return states


def steps(incident: Incident) -> list[str]:
    return [m.step for m in incident.timeline]


def measure(name: str, cls: Class = Class.OUTAGE) -> Measure:
    return Measure(name, "notion", cls, START + timedelta(seconds=30), f"{name} was done")


@pytest.mark.req("T6")
def test_an_incident_goes_from_investigating_to_resolved_and_leaves_a_timeline() -> None:
    states = lived("ooo" + "hhhhhhhh", did=(measure("pause"),))

    assert [s.stage for s in states] == [
        Stage.MITIGATING,
        Stage.MITIGATING,
        Stage.MITIGATING,
        Stage.MONITORING,
        Stage.MONITORING,
        Stage.MONITORING,
        *[Stage.RESOLVED] * 3,
    ]
    assert steps(states[-1]) == [
        Step.FIRST_FINDING,
        Step.MITIGATION,
        Step.OPENED,
        Step.IDENTIFIED,
        Step.STAGE,
        Step.RESTORED,
        Step.STAGE,
        Step.RESOLVED,
    ]
    times = {m.step: m.at for m in states[-1].timeline}
    assert times[Step.FIRST_FINDING] == START
    assert times[Step.OPENED] == START + 2 * MINUTE
    assert (
        times[Step.RESTORED] == START + 3 * MINUTE
    )  # the first run without trouble, not the one that was sure
    assert times[Step.RESOLVED] == states[-1].resolved_at == START + 8 * MINUTE


@pytest.mark.req("T6")
def test_without_a_measure_it_is_investigated_until_it_is_well() -> None:
    assert [s.stage for s in lived("ooohhh")] == [Stage.INVESTIGATING] * 3 + [Stage.MONITORING]


@pytest.mark.req("T6")
def test_trouble_that_comes_back_while_it_is_watched_goes_on_in_the_same_incident() -> None:
    states = lived("ooo" + "hhh" + "ooo" + "hhhhhhhhh")

    assert [s.stage for s in states][3] is Stage.MONITORING
    assert states[6].stage is Stage.INVESTIGATING
    assert states[-1].stage is Stage.RESOLVED
    assert steps(states[-1]).count(Step.RESTORED) == 2
    assert steps(states[-1]).count(Step.RESOLVED) == steps(states[-1]).count(Step.OPENED) == 1


@pytest.mark.req("T6")
def test_one_bad_look_while_it_is_watched_changes_nothing_but_when_it_is_over() -> None:
    states = lived("ooo" + "hhhh" + "o" + "hhhhhh")

    assert Stage.INVESTIGATING not in [s.stage for s in states[3:]]
    assert states[-1].stage is Stage.RESOLVED
    assert steps(states[-1]).count(Step.STAGE) == 1


@pytest.mark.req("T6")
def test_severity_rises_and_never_falls() -> None:
    row = [*runs("ooo"), *runs("...o", severity=Severity.P1), *runs("....o", severity=Severity.P4)]
    incident = opened(ID, AVAILABILITY, Past(row[:3], past("h").rules))
    worse = advance(incident, Past(row[:4], past("h").rules))
    after = advance(worse, Past(row, past("h").rules))

    assert (incident.severity, worse.severity, after.severity) == (Severity.P2, Severity.P1, Severity.P1)
    assert [m.says for m in after.timeline if m.step is Step.SEVERITY] == ["severity P2 → P1"]


@pytest.mark.req("T6")
def test_the_same_runs_again_change_nothing() -> None:
    for end in range(3, 14):
        states = lived(("ooo" + "hhhhoohhhhh")[:end], did=(measure("pause"),))
        again = past(("ooo" + "hhhhoohhhhh")[:end])
        assert advance(states[-1], again) == states[-1]


@pytest.mark.req("T6")
def test_what_was_unknown_becomes_known_in_the_same_incident() -> None:
    unknown = opened(ID, Cause("notion", Family.UNKNOWN), past("uuu"))
    known = advance(unknown, past("uuuoo"))

    assert (unknown.cls, known.cls, known.id) == (Class.UNKNOWN, Class.OUTAGE, ID)
    assert steps(unknown) == [Step.FIRST_FINDING, Step.OPENED]
    assert known.timeline[-1] == Moment(
        START + 4 * MINUTE, Step.IDENTIFIED, "notion has: vendor outage", "steward", known.timeline[-1].key
    )


def test_what_is_measured_is_the_latest_runs_and_an_unknown_one_measures_nothing_known() -> None:
    incident = opened(ID, AVAILABILITY, past("ooo"))
    calls = Finding(
        "notion", Probe.CALLS, Verdict.BAD, START, "many fail", numbers={"calls": 40, "failed": 37}
    )
    found = diagnosis(Class.OUTAGE, says="503\nfor all", evidence=(calls,), do=(Advice.WAIT,))

    measured = advance(incident, past("ooo"), [found, diagnosis(Class.TOKEN)])
    later = advance(measured, past("oooo"), [diagnosis(Class.UNKNOWN)])

    assert measured.impact == later.impact == ("37 of 40 calls failed",)
    assert measured.says == later.says == "503 for all"
    assert measured.do == (Advice.WAIT,)


@pytest.mark.req("T5")
def test_a_measure_is_taken_in_once_however_often_it_is_reported() -> None:
    row = runs("ooo")
    did = (measure("pause"), measure("fallback", Class.UNKNOWN), measure("rotate", Class.TOKEN))
    row = [
        replace(row[0], did=did),
        replace(row[1], did=(replace(measure("pause"), at=START + MINUTE),)),
        row[2],
    ]

    incident = advance(opened(ID, AVAILABILITY, Past(row, past("h").rules)), Past(row, past("h").rules))

    assert sorted(m.says for m in incident.timeline if m.step is Step.MITIGATION) == [
        "fallback was done",
        "pause was done",
    ]


def test_more_measures_than_a_step_takes_in_are_taken_in_by_the_next() -> None:
    did = [measure(f"m{n}") for n in range(AT_ONCE + 5)]
    row = [*runs("oo"), run_of([diagnosis(CLASSES["o"])], did, START + 2 * MINUTE)]
    now = Past(row, past("h").rules)
    first = advance(opened(ID, AVAILABILITY, now), now)

    assert steps(first).count(Step.MITIGATION) == AT_ONCE
    assert steps(advance(first, now)).count(Step.MITIGATION) == AT_ONCE + 5


def test_each_moment_has_a_key_of_its_own() -> None:
    timeline = lived("ooo" + "hhhhhhhhh", did=(measure("a"), measure("b")))[-1].timeline

    keys = [m.key for m in timeline]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith(f"INCIDENT#{ID} MOMENT#2026-11-21T12:") for key in keys)


def test_an_incident_that_is_over_stays_as_it_is() -> None:
    over = lived("ooohhhhhhhh")[-1]

    assert advance(over, Past(runs("." * 12 + "ooo"), past("h").rules)) == over


def test_a_few_runs_that_did_not_look_end_nothing() -> None:
    assert lived("ooo" + "----o" + "----")[-1].stage is Stage.INVESTIGATING


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("letters", "stage"),
    [
        ("ooo" + "----", Stage.INVESTIGATING),
        ("ooo" + "-----", Stage.CLOSED),
        ("ooo" + "----u" + "----", Stage.INVESTIGATING),
        ("oooooo" + "hhh" + "-----", Stage.CLOSED),
    ],
    ids=["not looked at for four runs", "for five", "a look that failed is one", "while it was watched"],
)
def test_an_incident_whose_vendor_nobody_looks_at_any_more_is_closed_and_not_resolved(
    letters: str, stage: Stage
) -> None:
    states = lived(letters)

    assert states[-1].stage is stage
    assert states[-1].is_open is (stage is not Stage.CLOSED)
    assert Step.RESOLVED not in steps(states[-1])
    if stage is Stage.CLOSED:
        (closed,) = (m for m in states[-1].timeline if m.step is Step.CLOSED)
        assert "whether it is well is not known" in closed.says
        assert states[-1].resolved_at == closed.at
