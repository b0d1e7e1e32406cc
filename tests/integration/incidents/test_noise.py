"""Not too many words: causes that change to and fro."""

import pytest

from steward.incidents.classes import Class
from tests.integration.incidents.rig import Rig
from tests.unit.triage.incident_words import diagnosis


def sees(rig: Rig, cls: Class, number: int) -> None:
    """So many runs, a minute apart."""
    for _ in range(number):
        rig.desk().take([diagnosis(cls)], (), rig.clock.now())
        rig.clock.sleep(60)


@pytest.mark.req("T6")
def test_by_incoming_webhook_a_cause_that_changes_every_two_minutes_is_told_every_half_hour(rig: Rig) -> None:
    rig.webhook = True
    sees(rig, Class.OUTAGE, 3)
    for _ in range(30):
        sees(rig, Class.DEGRADED, 2)
        sees(rig, Class.OUTAGE, 2)

    assert len(rig.messages()) <= 1 + 4, "in two hours"
