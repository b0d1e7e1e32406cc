"""Alarms of our own in an incident's timeline: which, when, and once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from steward.incidents.causes import Cause, Family
from steward.incidents.incident import Incident, Step
from tests.unit.post_mortem.made_up import of
from tests.unit.triage.incident_words import MINUTE, RULES, START, runs
from triage.findings import Probe, Verdict
from triage.incidents.life import Past, advance, opened
from triage.post_mortem.draft import draft
from triage.probes import alarms
from triage.probes.alarms import NAMES, Alarm, on
from triage.round import Look, look

pytestmark = pytest.mark.req("T7", "T8")

TEMPLATE = Path(__file__).parents[3] / "infra" / "alarms.yaml"


def lived(*at: datetime, vendor: str = "notion", minutes: int = 6) -> Incident:
    """An incident that was opened after three runs, with alarms that went off then and that every run sees."""
    rows, heard = runs("oooooo"[:minutes]), [Alarm("steward-outage", one) for one in at]
    incident = opened("notion-20261121-1", Cause("notion", Family.AVAILABILITY), Past(rows[:3], RULES))
    incident = Incident(**{**{n: getattr(incident, n) for n in incident.__slots__}, "vendor": vendor})
    for end in range(3, minutes + 1):
        incident = advance(incident, Past(rows[:end][-5:], RULES, heard))
    return incident


def told(incident: Incident) -> list[datetime]:
    return [m.at for m in incident.timeline if m.step is Step.ALARM]


def test_an_alarm_is_one_moment_however_many_runs_see_it_and_another_when_it_goes_off_again() -> None:
    incident = lived(START + MINUTE, START + 4 * MINUTE)

    assert told(incident) == [START + MINUTE, START + 4 * MINUTE]
    assert {(m.says, m.by) for m in incident.timeline if m.step is Step.ALARM} == {
        ("steward-outage", "cloudwatch")
    }


@pytest.mark.parametrize(
    ("before", "counts"),
    [
        (timedelta(0), True),
        (15 * MINUTE, True),
        (15 * MINUTE + timedelta(seconds=1), False),
        (-60 * MINUTE, False),
    ],
    ids=["with the first finding", "a little before", "long before", "from the future"],
)
def test_an_alarm_counts_from_a_little_before_the_first_finding_on(
    before: timedelta, *, counts: bool
) -> None:
    assert bool(told(lived(START - before))) is counts


def test_alarms_that_reach_back_do_not_make_one_another_count() -> None:
    assert told(lived(START - 14 * MINUTE, START - 28 * MINUTE)) == [START - 14 * MINUTE]


def test_another_vendors_incident_hears_none_of_ours() -> None:
    assert told(lived(START, vendor="hubspot")) == []


def test_an_alarm_before_the_first_finding_is_what_detected_the_incident() -> None:
    text = draft(lived(START - 2 * MINUTE), of(), "Notion").text

    assert "| detected by | an alarm, at 2026-11-21 11:58:00: steward-outage [J" in text
    assert "| 2026-11-21 11:58:00 | alarm | an alarm | steward-outage | [J" in text
    assert "| not known | alarm |" not in text


def test_every_metric_alarm_of_the_template_is_asked_for() -> None:
    resources = yaml_parse(TEMPLATE.read_text())["Resources"].values()
    names = [r["Properties"]["AlarmName"] for r in resources if r["Type"] == "AWS::CloudWatch::Alarm"]

    assert sorted(str(name["Fn::Sub"]).removeprefix("${Stack}-") for name in names) == sorted(NAMES)


def _put(cloudwatch: Any, name: str) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Steward/prod",
        MetricName="Heartbeat",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="LessThanThreshold",
        Threshold=1,
    )


def test_only_alarms_of_the_stack_that_are_on_are_found_with_the_time_of_their_change() -> None:
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch", region_name="eu-west-1")
        for name in ("steward-outage", "steward-bugs", "steward-two-outage", "another"):
            _put(cloudwatch, name)
        for name in ("steward-outage", "steward-two-outage", "another"):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by a test")
        (shown,) = cloudwatch.describe_alarms(AlarmNames=["steward-outage"])["MetricAlarms"]

        (alarm,) = on([alarms.look(cloudwatch, "steward", START)])

        assert alarm == Alarm("steward-outage", alarm.at)
        assert abs(alarm.at - shown["StateUpdatedTimestamp"]) < timedelta(milliseconds=1)
        assert on([alarms.look(cloudwatch, "none", START)]) == []


def test_the_change_of_state_counts_and_not_the_change_of_how_it_is_evaluated() -> None:
    class CloudWatch:
        def describe_alarms(self, **_: Any) -> Any:
            moved = {"StateTransitionedTimestamp": START, "StateUpdatedTimestamp": START + MINUTE}
            return {"MetricAlarms": [{"AlarmName": "steward-bugs", "StateValue": "ALARM", **moved}]}

    assert on([alarms.look(CloudWatch(), "steward", START)]) == [Alarm("steward-bugs", START)]


def test_alarms_that_cant_be_read_are_unknown_and_harm_no_round() -> None:
    class CloudWatch:
        def describe_alarms(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeAlarms")

    found = look(
        [Look("steward", Probe.ALARMS, lambda: [alarms.look(CloudWatch(), "steward", START)])],
        now=lambda: START,
    )

    assert [(f.probe, f.verdict) for f in found] == [(Probe.ALARMS, Verdict.UNKNOWN)]
    assert on(found) == []
