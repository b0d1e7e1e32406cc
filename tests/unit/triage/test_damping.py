"""When trouble stands and when health does, over rows of runs."""

from dataclasses import replace
from typing import Any

import pytest

from steward.incidents.causes import FAMILY, Cause, Family
from steward.incidents.classes import Class, Severity
from tests.unit.triage.incident_words import CLASSES, RULES, runs
from triage.findings import Verdict
from triage.incidents.damping import (
    Rules,
    bad_since,
    corrected,
    good_since,
    health_stands,
    standing,
    trouble_stands,
    verdict_of,
)

AVAILABILITY = Cause("notion", Family.AVAILABILITY)


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("letters", "stands"),
    [
        ("o", False),
        ("oo", False),
        ("ooo", True),
        ("ohoho", True),
        ("ohohh", False),
        ("hoohh", False),
        ("ohhoo", True),
        ("oo.o", True),  # a run that was missed is no run
        ("o--oo", True),  # nor is one that did not look
        ("ooohhhhh", False),  # three of the last five, not of all
        ("odn", True),  # degrees of one trouble
        ("uuo", True),  # unknown speaks for whatever shows
        ("oot", False),  # a token is another cause
        ("ttt", False),
    ],
)
def test_trouble_stands_when_three_of_five_runs_saw_it(letters: str, stands: bool) -> None:
    assert trouble_stands(runs(letters), AVAILABILITY, RULES) is stands


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("letters", "severity", "confidence", "stands"),
    [
        ("o", Severity.P1, 1.0, False),  # one run alone never is enough
        ("oo", Severity.P1, 0.9, True),
        ("oo", Severity.P1, 0.5, False),  # not sure of it
        ("oo", Severity.P2, 0.9, False),
        ("oho", Severity.P1, 0.9, False),  # not in a row
    ],
)
def test_trouble_that_wakes_somebody_stands_after_two_sure_runs_in_a_row(
    letters: str, severity: Severity, confidence: float, stands: bool
) -> None:
    found = runs(letters, severity=severity, confidence=confidence)

    assert trouble_stands(found, AVAILABILITY, RULES) is stands


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("letters", "stands"),
    [
        ("ooohh", False),
        ("ooohhh", True),
        ("oohhh", True),
        ("hhhoo", False),
        ("hhhho", False),  # the latest run sees trouble
        ("ohohh", True),
        ("oouhh", False),  # unknown is not healthy
        ("ttttt", True),  # an answer of 401 is an answer
        ("ooo---", False),  # nobody looked
        ("ohhh-", False),  # the latest run says nothing
    ],
)
def test_health_stands_when_three_of_five_runs_saw_it_and_the_latest_does(letters: str, stands: bool) -> None:
    assert health_stands(runs(letters), AVAILABILITY, RULES) is stands


@pytest.mark.parametrize(
    ("letter", "family", "expected"),
    [
        ("o", Family.TOKEN, Verdict.UNKNOWN),  # nobody can tell while nothing answers
        ("n", Family.SCHEMA, Verdict.UNKNOWN),
        ("t", Family.CAPABILITY, Verdict.UNKNOWN),
        ("t", Family.AVAILABILITY, Verdict.GOOD),
        ("d", Family.TOKEN, Verdict.GOOD),
        ("b", Family.TOKEN, Verdict.UNKNOWN),
        ("b", Family.AVAILABILITY, Verdict.GOOD),
        ("u", Family.TOKEN, Verdict.BAD),
        ("s", Family.UNKNOWN, Verdict.BAD),
        ("h", Family.UNKNOWN, Verdict.GOOD),
        ("-", Family.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_a_run_speaks_of_a_cause_only_when_nothing_hides_it(
    letter: str, family: Family, expected: Verdict
) -> None:
    assert verdict_of(runs(letter)[0], Cause("notion", family)) is expected


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("letters", "families"),
    [
        ("ooo", [Family.AVAILABILITY]),
        ("uuu", [Family.UNKNOWN]),
        ("uuo", [Family.AVAILABILITY]),
        ("otu", [Family.UNKNOWN]),  # something is wrong, and nobody knows what
        ("otoo", [Family.AVAILABILITY]),
        ("ssst", [Family.SCHEMA]),
        ("hhhhh", []),
        ("uh", []),
    ],
)
def test_the_causes_that_stand(letters: str, families: list[Family]) -> None:
    assert standing(runs(letters), RULES) == [Cause("notion", family) for family in families]


def test_unknown_trouble_opens_nothing_beside_an_open_incident() -> None:
    assert standing(runs("uuuuu"), RULES, [AVAILABILITY]) == []
    assert standing(runs("suuuu"), RULES, [AVAILABILITY]) == []
    assert standing(runs("ooo"), RULES, [AVAILABILITY]) == []
    assert standing(runs("sss"), RULES, [AVAILABILITY]) == [Cause("notion", Family.SCHEMA)]


def test_while_an_incident_is_about_unknown_trouble_its_vendor_gets_no_other() -> None:
    unknown = Cause("notion", Family.UNKNOWN)

    assert standing(runs("sosoo"), RULES, [unknown]) == []
    both = [replace(run, seen=run.seen + runs("s")[0].seen) for run in runs("ooo")]
    assert (
        corrected(both, Class.UNKNOWN, "notion", RULES) is Class.OUTAGE
    )  # though two looks in a row never are of one
    assert standing(both, RULES, [AVAILABILITY]) == [Cause("notion", Family.SCHEMA)]


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("cls", "letters", "becomes"),
    [
        (Class.UNKNOWN, "uuo", Class.UNKNOWN),
        (Class.UNKNOWN, "uuoo", Class.OUTAGE),
        (Class.UNKNOWN, "udo", Class.OUTAGE),  # they agree on the trouble, and the latest on its degree
        (Class.UNKNOWN, "otot", Class.UNKNOWN),
        (Class.OUTAGE, "ood", Class.OUTAGE),
        (Class.OUTAGE, "oodd", Class.DEGRADED),
        (Class.OUTAGE, "odudh", Class.DEGRADED),
        (Class.OUTAGE, "ododo", Class.OUTAGE),  # flapping corrects nothing
        (Class.OUTAGE, "uuuuu", Class.OUTAGE),  # what is known does not become unknown
        (Class.OUTAGE, "ttttt", Class.OUTAGE),  # another cause is another incident
    ],
)
def test_a_class_is_corrected_when_two_looks_in_a_row_agree_on_another(
    cls: Class, letters: str, becomes: Class
) -> None:
    assert corrected(runs(letters), cls, "notion", RULES) is becomes


def test_trouble_began_with_the_first_run_that_saw_it_and_ended_with_the_first_that_did_not() -> None:
    row = runs("huoohh")

    assert bad_since(row, AVAILABILITY) == (row[1].at, "notion has: unknown")
    assert good_since(row, AVAILABILITY) == row[4].at
    assert good_since(row[:-2], AVAILABILITY) is None


def test_every_class_has_a_family_but_health() -> None:
    assert set(FAMILY) == set(Class) - {Class.HEALTHY}
    assert set(CLASSES.values()) <= set(Class)


@pytest.mark.parametrize("numbers", [{"stands": 6}, {"ends": 0}, {"urgent": 9}, {"corrects": 0}, {"of": 2}])
def test_numbers_that_do_not_fit_one_another_are_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"asked for|at least"):
        Rules(**numbers)
