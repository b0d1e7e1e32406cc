"""The status text for the outside."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from steward.incidents.names import Names
from steward.incidents.status_text import OUTSIDE, document, markdown
from tests.unit.triage.incident_words import MINUTE, START, incident
from triage.incidents.moments import moment, with_moments

NAMES = Names({"notion": "Notion", "hubspot": "HubSpot"})
NOW = START + 10 * MINUTE


def secretive(**more: object) -> Incident:
    plain = incident(
        says="token of ann@example.com, page Payroll",
        acknowledged_by="Ann Secret",
        impact=("37 of 40 calls failed",),
        **more,
    )
    return with_moments(plain, moment(plain.id, START, Step.NOTE, "the Payroll page", "Ben Secret"))


@pytest.mark.req("T6", "C4")
def test_it_says_what_is_wrong_what_to_do_and_when_to_look_again() -> None:
    assert document([secretive()], NAMES, NOW) == {
        "status": "degraded",
        "at": "2026-11-21T12:10:00Z",
        "incidents": [
            {
                "id": "notion-20261121-1",
                "title": "Notion: vendor outage",
                "severity": "P2",
                "stage": "investigating",
                "says": "We are finding out what is wrong.",
                "impact": "Notion does not answer. Comments, messages and copies arrive late. No change is lost.",
                "numbers": ["37 of 40 calls failed"],
                "workaround": "What can't wait: tell one another directly. Everything else is made up for by itself.",
                "opened_at": "2026-11-21T12:00:00Z",
                "updated_at": "2026-11-21T12:00:00Z",
                "next_update_at": "2026-11-21T12:30:00Z",
                "expected_at": None,
                "resolved_at": None,
            }
        ],
    }


@pytest.mark.req("T6", "C4")
@pytest.mark.parametrize("cls", sorted(set(Class) - {Class.HEALTHY}))
def test_nothing_that_people_or_vendors_wrote_goes_outside(cls: Class) -> None:
    told = [secretive(cls=cls), replace(secretive(cls=cls), stage=Stage.RESOLVED, resolved_at=NOW)]

    for text in (json.dumps(document(told, NAMES, NOW)), markdown(told, NAMES, NOW)):
        for secret in ("Payroll", "Secret", "example.com", "{vendor}"):
            assert secret not in text
        assert "Notion" in text


@pytest.mark.req("T6", "C4")
@pytest.mark.parametrize(
    ("incidents", "status"),
    [
        ([], "operational"),
        ([incident()], "degraded"),
        ([incident(severity=Severity.P1), incident()], "outage"),
        ([incident(severity=Severity.P1, stage=Stage.MONITORING)], "operational"),
        ([incident(severity=Severity.P1, stage=Stage.RESOLVED, resolved_at=START)], "operational"),
    ],
)
def test_the_status_is_that_of_the_gravest_trouble_that_goes_on(
    incidents: list[Incident], status: str
) -> None:
    assert document(iter(incidents), NAMES, NOW)["status"] == status


@pytest.mark.req("T6", "C4")
def test_as_markdown_it_reads_the_gravest_first_and_what_is_over_last() -> None:
    over = incident(
        id="hubspot-20261121-1", vendor="hubspot", stage=Stage.RESOLVED, resolved_at=NOW, cls=Class.QUOTA
    )
    grave = incident(id="notion-20261121-2", severity=Severity.P1, eta=NOW + timedelta(hours=1))

    lines = markdown([over, incident(), grave], NAMES, NOW).split("\n")

    assert [line for line in lines if line.startswith("## ")] == [
        "## Notion: vendor outage (P1, investigating)",
        "## Notion: vendor outage (P2, investigating)",
        "## HubSpot: daily quota spent (P2, resolved)",
    ]
    assert "There is an outage." in lines
    assert "- **Expected to be over:** 2026-11-21T13:10:00Z" in lines
    assert "- **Resolved:** 2026-11-21T12:10:00Z" in lines
    assert lines.count("- **Next update:** 2026-11-21T12:30:00Z") == 2
    assert sum(line.startswith("- **Workaround:**") for line in lines) == 2
    assert sum(line.startswith("- **Impact while it lasted:**") for line in lines) == 1


def test_a_promise_that_has_passed_is_not_repeated() -> None:
    late = START + timedelta(hours=3)

    assert document([incident()], NAMES, late)["incidents"][0]["next_update_at"] == "2026-11-21T15:00:00Z"


def test_every_class_has_words_for_the_outside() -> None:
    assert set(OUTSIDE) == set(Class) - {Class.HEALTHY}
