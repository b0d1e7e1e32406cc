"""Which incident calls for what: a table, and what never happens."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from triage.mitigation.remedies import Remedy, remedies_for

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAUSED = [Remedy.PAUSE, Remedy.FALL_BACK]


def incident(cls: Class, vendor: str = "notion", stage: Stage = Stage.INVESTIGATING) -> Incident:
    return Incident(f"{vendor}-{cls.name}", vendor, cls, Severity.P1, stage, "words", AT, AT)


@pytest.mark.req("T5")
@pytest.mark.parametrize(
    ("cls", "remedies"),
    [
        (Class.OUTAGE, PAUSED),
        (Class.DEGRADED, [Remedy.FALL_BACK]),
        (Class.TOKEN, [Remedy.PROMOTE_TOKEN, *PAUSED]),
        (Class.BLOCKED, PAUSED),
        (Class.NETWORK, [Remedy.FALL_BACK]),
        *((cls, []) for cls in (Class.CAPABILITY, Class.LIMITED, Class.UNSHARED, Class.SCHEMA, Class.BUG)),
        *((cls, []) for cls in (Class.SUBSCRIPTION, Class.UNKNOWN, Class.QUOTA, Class.WORKSPACE_LIMITED)),
    ],
)
def test_each_class_calls_for_its_measures(cls: Class, remedies: list[Remedy]) -> None:
    assert [remedy for remedy, _ in remedies_for([incident(cls)])] == remedies


@pytest.mark.req("T5")
@pytest.mark.parametrize("stage", [Stage.MONITORING, Stage.RESOLVED])
def test_what_is_getting_well_calls_for_nothing(stage: Stage) -> None:
    assert remedies_for([incident(Class.OUTAGE, stage=stage)]) == []


@pytest.mark.req("T5")
@pytest.mark.parametrize("cls", Class)
def test_what_does_not_reach_us_calls_for_nothing(cls: Class) -> None:
    """A status page that says "minor" for days must not make every answer a stale one."""
    assert remedies_for([replace(incident(cls), severity=Severity.P4)]) == []


@pytest.mark.req("T5")
def test_the_trouble_of_another_vendor_does_not_hold_notion_s_events() -> None:
    assert remedies_for([incident(Class.OUTAGE, "hubspot"), incident(Class.TOKEN, "slack")]) == []


INCIDENTS = st.lists(st.builds(incident, st.sampled_from(Class), st.sampled_from(["notion", "hubspot"])))


@pytest.mark.req("T5")
@given(INCIDENTS)
def test_no_token_is_tried_while_the_vendor_is_out_and_no_measure_is_taken_twice(
    incidents: list[Incident],
) -> None:
    remedies = [remedy for remedy, _ in remedies_for(incidents)]

    assert len(remedies) == len(set(remedies))
    out = any(i.vendor == "notion" and i.cls in (Class.OUTAGE, Class.DEGRADED) for i in incidents)
    assert not (out and Remedy.PROMOTE_TOKEN in remedies)
