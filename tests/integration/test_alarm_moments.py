"""The triage writes into its incident's timeline which alarm of ours went off when; alarms that can't be read harm nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.simulators.notion import faults
from infra.local.simulators.status_page import StatusPageSimulator
from steward.incidents.incident import Incident, Step
from steward.incidents.store import Incidents
from steward.post_mortems import PostMortems
from tests.integration.stand import Stand, standing

pytestmark = pytest.mark.req("T7", "T8")

OUTAGE = "steward-outage"


class CloudWatch:
    """CloudWatch as far as the triage asks it, by the stand's clock."""

    def __init__(self) -> None:
        self.on: dict[str, datetime] = {}
        self.refuses = False

    def get_metric_statistics(self, **_: Any) -> dict[str, Any]:
        return {"Datapoints": []}

    def describe_alarms(self, *, AlarmNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeAlarms")
        found = [(name, at) for name, at in self.on.items() if name in AlarmNames]
        return {
            "MetricAlarms": [
                {"AlarmName": name, "StateValue": "ALARM", "StateTransitionedTimestamp": at}
                for name, at in found
            ]
        }


@pytest.fixture
def cloudwatch() -> CloudWatch:
    return CloudWatch()


@pytest.fixture
def stand(cloudwatch: CloudWatch) -> Iterator[Stand]:
    with (
        StatusPageSimulator() as page,
        standing(
            quick=True,
            PROBES_PER_MINUTE="12",
            NOTION_STATUS_URL=page.summary_url,
            INCIDENT_CHANNEL="#tasks",
            ALARMS_OF_STACK="steward",
        ) as made,
    ):
        made.aws.cloudwatch = cloudwatch
        yield made


def minutes(stand: Stand, number: int) -> list[Incident]:
    """Let minutes pass, with a round of the triage in each; all incidents so far."""
    triage = stand.watcher()
    for _ in range(number):
        stand.clock.sleep(60)
        stand.settle()
        triage.handle(lambda: 30_000)
        stand.functions.invoked.clear()
        stand.work()
    store = Incidents(stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]), 90, stand.clock.now)
    return [found for one in store.latest() if (found := store.load(one.id))]


def told(incident: Incident) -> list[tuple[datetime, str, str]]:
    return [(m.at, m.says, m.by) for m in incident.timeline if m.step is Step.ALARM]


def test_an_alarm_before_the_incident_detects_it_and_is_one_moment_in_all_rounds(
    stand: Stand, cloudwatch: CloudWatch
) -> None:
    minutes(stand, 2)
    fired = stand.clock.now() - timedelta(seconds=90)
    cloudwatch.on[OUTAGE] = fired
    cloudwatch.on["another-outage"] = fired
    stand.notion.add_fault(faults.answer(503), times="forever")
    (incident,) = minutes(stand, 8)
    assert told(incident) == [(fired, OUTAGE, "cloudwatch")]

    stand.notion.clear_faults()
    del cloudwatch.on[OUTAGE]
    (incident,) = minutes(stand, 20)

    assert not incident.is_open
    assert told(incident) == [(fired, OUTAGE, "cloudwatch")]
    journal = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"])
    (draft,) = PostMortems(journal, stand.clock.now).versions(incident.id)
    assert f"| detected by | an alarm, at {fired:%Y-%m-%d %H:%M:%S}: {OUTAGE} [J" in draft.text


def test_alarms_that_cant_be_read_change_nothing_else(stand: Stand, cloudwatch: CloudWatch) -> None:
    cloudwatch.on[OUTAGE] = stand.clock.now()
    cloudwatch.refuses = True
    stand.notion.add_fault(faults.answer(503), times="forever")

    (incident,) = minutes(stand, 8)

    assert incident.is_open
    assert incident.vendor == "notion"
    assert told(incident) == []
