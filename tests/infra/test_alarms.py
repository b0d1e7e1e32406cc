"""What the alarms promise: each hears a metric that somebody emits, says where to read on, and an outage pages once."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.operate.doctor.alarms import OF_THE_MIRROR
from infra.template import transformed
from steward import telemetry
from tests.infra.emitted import EMITTED
from tests.unit.operate.told_commands import wrong_with
from triage.diagnosis.playbook import PLAYBOOK

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
NESTED: dict[str, Any] = yaml_parse((ROOT / "infra" / "alarms.yaml").read_text())
PLAIN: dict[str, Any] = json.loads(transformed())
METRIC, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
ALARMS = {k: r["Properties"] for k, r in NESTED["Resources"].items() if r["Type"] == METRIC}
COMPOSITES = {k: r["Properties"] for k, r in NESTED["Resources"].items() if r["Type"] == COMPOSITE}
EVERY = {**ALARMS, **COMPOSITES}

OF_AWS = {
    # Amazon SQS developer guide, "Available CloudWatch metrics"
    "AWS/SQS": ({"QueueName"}, {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"}),
    # AWS Lambda developer guide, "Types of metrics"
    "AWS/Lambda": ({"FunctionName"}, {"Duration", "Errors", "Throttles"}),
    # EventBridge Scheduler user guide, "Monitoring with CloudWatch"
    "AWS/Scheduler": ({"ScheduleGroup"}, {"InvocationDroppedCount", "TargetErrorCount"}),
}

OURS = {"Fn::Sub": f"{telemetry.NAMESPACE}/${{Stack}}"}
"""The namespace of our own metrics: the stack's own, or the alarms of two stacks would hear one another's."""


def dimensions(alarm: dict[str, Any]) -> dict[str, Any]:
    return {d["Name"]: d["Value"] for d in alarm["Dimensions"]}


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Namespace, name and dimensions of each metric that an alarm hears; of those by metric math there are several."""
    return [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m] or [alarm]


HEARD = [(name, metric) for name, alarm in ALARMS.items() for metric in metrics(alarm)]
OURS_HEARD = [pytest.param(m, id=n) for n, m in HEARD if m["Namespace"] == OURS]
AWS_HEARD = [pytest.param(m, id=n) for n, m in HEARD if m["Namespace"] != OURS]


def link(alarm: dict[str, Any]) -> str:
    found = re.search(r"Runbook: \$\{RunbookUrl\}#([a-z-]+)$", alarm["AlarmDescription"]["Fn::Sub"])
    assert found is not None, alarm["AlarmDescription"]
    return found[1]


def anchors(text: str) -> list[str]:
    """The fragments of a page's headings, as GitHub makes them: a second one of the same words gets a number."""
    found: list[str] = []
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        words = re.sub(r"[^\w -]", "", title.strip().lower()).replace(" ", "-")
        again = sum(re.fullmatch(rf"{re.escape(words)}(-\d+)?", other) is not None for other in found)
        found.append(f"{words}-{again}" if again else words)
    return found


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the runbook, without its head."""
    section = RUNBOOK.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line[2:-2].split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return rows[1:]


def name_of(alarm: dict[str, Any]) -> str:
    return str(alarm["AlarmName"]["Fn::Sub"]).removeprefix("${Stack}-")


@pytest.mark.req("T8")
@pytest.mark.parametrize("heard_of", OURS_HEARD)
def test_an_alarm_on_a_metric_of_ours_hears_what_a_function_emits(
    heard_of: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = dimensions(heard_of)
    service = heard.pop("service")
    assert (service, heard_of["MetricName"], frozenset(heard)) in EMITTED

    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Steward/of-a-stack")
    count = telemetry.Counter()
    count(heard_of["MetricName"], **heard)
    count.flush()
    (metric,) = json.loads(capsys.readouterr().out)["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Steward/of-a-stack"
    assert {frozenset(d) for d in metric["Dimensions"]} == {frozenset({*heard, "service"})}


@pytest.mark.req("T8", "O2")
def test_the_functions_count_where_the_alarms_listen() -> None:
    functions = [r for r in PLAIN["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    told = [
        f["Properties"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]["Fn::Sub"]
        for f in functions
    ]

    assert {one.replace("${AWS::StackName}", "${Stack}") for one in told} == {OURS["Fn::Sub"]}
    assert PLAIN["Resources"]["Alarms"]["Properties"]["Parameters"]["Stack"] == {"Ref": "AWS::StackName"}


@pytest.mark.req("T8")
def test_each_service_of_a_dimension_is_a_function_of_the_template() -> None:
    functions = [r for r in PLAIN["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    called = {f["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: f for f in functions}

    for service, function in called.items():
        assert function["Properties"]["Handler"].startswith(f"{service}.")
    assert {dimensions(metric).get("service") for _, metric in HEARD} - {None} <= set(called)


@pytest.mark.req("T8")
@pytest.mark.parametrize("heard_of", AWS_HEARD)
def test_an_alarm_on_a_metric_of_aws_names_it_as_aws_does(heard_of: dict[str, Any]) -> None:
    names, known = OF_AWS[heard_of["Namespace"]]

    assert heard_of["MetricName"] in known
    assert set(dimensions(heard_of)) == names


@pytest.mark.req("T8")
@pytest.mark.parametrize("name", [k for k, a in ALARMS.items() if "Metrics" in a])
def test_an_alarm_by_metric_math_fills_every_metric_in_and_returns_one_line(name: str) -> None:
    (told,) = [m for m in ALARMS[name]["Metrics"] if m.get("ReturnData", True)]
    parts = [m for m in ALARMS[name]["Metrics"] if m is not told]

    # Without FILL a minute in which one of them has no data would have no sum, although the other had failures.
    assert told["Expression"].split(" + ") == [f"FILL({part['Id']}, 0)" for part in parts]
    assert {part["MetricStat"]["Stat"] for part in parts} == {"Sum"}
    assert {part["MetricStat"]["Period"] for part in parts} == {60}


@pytest.mark.req("T8", "I6")
def test_what_pages_for_deliveries_hears_ingest_alone_and_not_the_consoles_answers() -> None:
    for name in ("DeliveriesFail", "AnswersSlow"):
        for metric in metrics(ALARMS[name]):
            assert dimensions(metric) in ({"service": "ingest"}, {"FunctionName": {"Ref": "Ingest"}})


@pytest.mark.req("T8")
@pytest.mark.parametrize("name", list(ALARMS))
def test_silence_alarms_where_too_little_is_the_trouble_and_only_there(name: str) -> None:
    too_little = ALARMS[name]["ComparisonOperator"].startswith("LessThan")

    assert (ALARMS[name]["TreatMissingData"] == "breaching") is too_little


@pytest.mark.req("T8")
@pytest.mark.parametrize("name", list(ALARMS))
def test_a_state_that_is_not_told_any_more_stays_what_it_was(name: str) -> None:
    states = {"BreakerOpen", "LaneRestSeconds"}
    dead = ALARMS[name].get("Dimensions") == [{"Name": "QueueName", "Value": {"Ref": "DeadLetterQueueName"}}]

    assert (ALARMS[name]["TreatMissingData"] == "ignore") is (
        ALARMS[name].get("MetricName") in states or dead
    )


@pytest.mark.req("T8")
@pytest.mark.parametrize("name", list(EVERY))
def test_every_alarm_links_to_a_heading_of_the_runbook_that_is_the_section_of_a_class(name: str) -> None:
    (section,) = [a for a in anchors(RUNBOOK) if a == link(EVERY[name])]
    assert section in {play.anchor for play in PLAYBOOK.values()}


@pytest.mark.req("T8")
def test_the_runbook_has_a_row_for_each_alarm_and_no_other() -> None:
    assert sorted(row[0].strip("`") for row in rows_of("Alarms")) == sorted(map(name_of, EVERY.values()))


@pytest.mark.req("T8")
@pytest.mark.parametrize("name", list(EVERY))
def test_an_alarms_row_says_signal_first_move_what_not_to_do_and_commands(name: str) -> None:
    (row,) = [row for row in rows_of("Alarms") if row[0] == f"`{name_of(EVERY[name])}`"]
    _, signal, first_move, do_not, commands, section = row
    for cell in (signal, first_move, do_not):
        assert len(cell.split()) > 1, cell
    told = re.findall(r"`([^`]+)`", commands)
    assert told
    assert [wrong for command in told if (wrong := wrong_with(command))] == []
    assert section.endswith(f"(#{link(EVERY[name])})")


def test_headings_become_anchors_as_github_makes_them() -> None:
    assert anchors("# Rate-limited: *now*\n\n## a b\n\n## A b\n\n### `dlq list`, again\n") == [
        "rate-limited-now",
        "a-b",
        "a-b-1",
        "dlq-list-again",
    ]


@pytest.mark.req("T8")
def test_the_runbook_is_linked_to_as_a_file_that_is_not_a_fragment() -> None:
    parameter = PLAIN["Parameters"]["RunbookUrl"]

    assert parameter["Default"] == "docs/runbook.md"
    assert re.fullmatch(parameter["AllowedPattern"], parameter["Default"])
    assert not re.fullmatch(parameter["AllowedPattern"], "https://wiki.example/runbook#top")


def holds(rule: str) -> bool:
    """A rule whose alarms are put in: alternatives, of which one in brackets may be a conjunction."""
    alternatives = rule.split(" OR ")
    assert all(
        re.fullmatch(r"True|False|\((True|False)( AND (True|False))+\)", one) for one in alternatives
    ), rule
    return any("False" not in one for one in alternatives)


def paging(standing: set[str]) -> set[str]:
    """Which alarms have told the topic, of a state in which these metric alarms stand for long."""
    ringing = set(standing)
    for name, composite in COMPOSITES.items():
        rule = re.sub(
            r'ALARM\("\$\{(\w+)\}"\)', lambda m: str(m[1] in standing), composite["AlarmRule"]["Fn::Sub"]
        )
        if holds(rule):
            suppressor = composite["ActionsSuppressor"]["Fn::GetAtt"]
            ringing |= set() if suppressor[0] in standing else {name}
    return {name for name in ringing if EVERY[name].get("AlarmActions")}


@pytest.mark.req("T8")
@pytest.mark.parametrize(
    ("standing", "pages"),
    [
        ({"Outage"}, {"Outage"}),
        # Everything that an outage of Notion causes, hours into it
        (
            {"Outage", "OldestEvent", "LaneRestsLong", "NoDeliveries", "ChangesUnheard", "ProcessorErrors"},
            {"Outage"},
        ),
        ({"OldestEvent"}, {"Symptoms"}),
        ({"OldestEvent", "ProcessorErrors"}, {"Symptoms"}),
        ({"LaneRestsLong"}, {"Symptoms"}),
        # No outage of a vendor makes ingest fail
        ({"Outage", "DeliveriesFail"}, {"Outage", "DeliveriesFail"}),
        ({"DeliveriesFail"}, {"DeliveriesFail"}),
        ({"NoDeliveries"}, set()),
        ({"ChangesUnheard"}, set()),
        ({"NoDeliveries", "ChangesUnheard"}, {"Symptoms"}),
        ({"Outage", "DeadLetters"}, {"Outage", "DeadLetters"}),
        ({"HeartbeatMissing", "OldestEvent"}, {"HeartbeatMissing", "Symptoms"}),
    ],
)
def test_an_outage_pages_once_and_other_trouble_by_what_it_is(standing: set[str], pages: set[str]) -> None:
    assert paging(standing) == pages


@pytest.mark.req("T8")
def test_every_alarm_pages_or_is_in_the_rule_of_one_that_does() -> None:
    rules = " ".join(c["AlarmRule"]["Fn::Sub"] for c in COMPOSITES.values())

    for name, alarm in EVERY.items():
        assert bool(alarm.get("AlarmActions")) is not (f"${{{name}}}" in rules), name
        assert alarm.get("AlarmActions") == alarm.get("OKActions"), f"{name} does not say when it is over"


@pytest.mark.req("T8")
def test_all_that_can_go_wrong_by_requirement_has_an_alarm() -> None:
    heard = {(str(metric["Namespace"]), metric["MetricName"]) for _, metric in HEARD}

    assert heard >= {
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Duration"),
        (str(OURS), telemetry.DELIVERY_FAILED),
        (str(OURS), telemetry.BAD_SIGNATURE),
        (str(OURS), telemetry.ACCEPTED),
        (str(OURS), telemetry.HEARTBEAT),
        (str(OURS), telemetry.BREAKER_OPEN),
        (str(OURS), telemetry.LANE_REST_SECONDS),
        (str(OURS), telemetry.CONSOLE_REFUSED),
    }


@pytest.mark.req("T8", "A7")
def test_only_the_alarm_of_the_mirror_depends_on_there_being_one() -> None:
    conditions = {name: r.get("Condition") for name, r in NESTED["Resources"].items()}

    assert {name for name, condition in conditions.items() if condition} == {"MirrorRests"}
    assert [name_of(ALARMS["MirrorRests"])] == list(OF_THE_MIRROR)
    assert PLAIN["Resources"]["Alarms"]["Properties"]["Parameters"]["KeepsMirror"] == {
        "Fn::If": ["KeepsMirror", "true", "false"]
    }


@pytest.mark.req("T8")
def test_the_nested_stack_gets_every_parameter_that_it_has_and_no_other() -> None:
    nested = PLAIN["Resources"]["Alarms"]["Properties"]

    assert (ROOT / nested["TemplateURL"]).samefile(ROOT / "infra" / "alarms.yaml")
    assert set(nested["Parameters"]) == set(NESTED["Parameters"])
    assert not any("Default" in p for p in NESTED["Parameters"].values())
    known = {*PLAIN["Parameters"], *PLAIN["Resources"], "AWS::StackName"}
    assert {v["Ref"] for v in nested["Parameters"].values() if "Ref" in v} <= known


@pytest.mark.req("T8", "O3")
def test_alarms_and_nobody_else_publish_and_a_key_of_ones_own_is_made_where_it_is_wanted() -> None:
    resources = PLAIN["Resources"]
    publish, refuse = resources["AlertTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    key = {s["Sid"]: s for s in resources["AlertKey"]["Properties"]["KeyPolicy"]["Statement"]}
    ours = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}

    assert PLAIN["Parameters"]["EncryptAlerts"]["Default"] == "false"
    assert resources["AlertKey"]["Condition"] == "EncryptsAlerts"
    assert resources["AlertTopic"]["Properties"]["KmsMasterKeyId"] == {
        "Fn::If": ["EncryptsAlerts", {"Ref": "AlertKey"}, {"Ref": "AWS::NoValue"}]
    }
    assert (
        publish["Principal"] == key["AlarmsPublish"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    )
    assert publish["Action"] == "sns:Publish"
    assert publish["Condition"]["StringEquals"] == key["AlarmsPublish"]["Condition"]["StringEquals"] == ours
    assert set(key["AlarmsPublish"]["Action"]) == {"kms:GenerateDataKey*", "kms:Decrypt"}
    assert (refuse["Effect"], refuse["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.req("T8")
@pytest.mark.parametrize(("resource", "protocol"), [("AlertsToEmail", "email"), ("AlertsToUrl", "https")])
def test_only_who_is_named_is_subscribed(resource: str, protocol: str) -> None:
    subscription = PLAIN["Resources"][resource]
    parameter = subscription["Properties"]["Endpoint"]["Ref"]

    assert subscription["Properties"]["Protocol"] == protocol
    assert PLAIN["Conditions"][subscription["Condition"]] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]
    }
    assert PLAIN["Parameters"][parameter]["Default"] == ""


@pytest.mark.req("T8")
def test_all_schedules_are_in_the_group_that_is_watched() -> None:
    schedules = [r for r in PLAIN["Resources"].values() if r["Type"] == "AWS::Scheduler::Schedule"]

    assert len(schedules) == 5
    assert {json.dumps(s["Properties"]["GroupName"]) for s in schedules} == {'{"Ref": "Schedules"}'}
