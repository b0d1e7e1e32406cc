"""What the CloudWatch dashboard promises: it shows what is emitted, by the names that it has, and the alarms on top."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.operate.cost_inputs import usage
from infra.template import transformed
from tests.infra.emitted import EMITTED

ROOT = Path(__file__).parents[2]
NESTED: dict[str, Any] = yaml_parse((ROOT / "infra" / "dashboard.yaml").read_text())
ALARMS: dict[str, Any] = yaml_parse((ROOT / "infra" / "alarms.yaml").read_text())
PLAIN: dict[str, Any] = json.loads(transformed())
PROPERTIES: dict[str, Any] = NESTED["Resources"]["Dashboard"]["Properties"]
SOURCE: str = PROPERTIES["DashboardBody"]["Fn::Sub"]

VALUES = {name: f"the-{name}" for name in NESTED["Parameters"]} | {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "000000000000",
}
OURS = f"Steward/{VALUES['Stack']}"

METRICS_OF_A_FREE_DASHBOARD = 50
"""Amazon CloudWatch pricing, free tier: three dashboards of up to so many metrics each."""

OF_AWS = {
    # Amazon SQS developer guide, "Available CloudWatch metrics"
    "AWS/SQS": {
        "dimension": "QueueName",
        "values": {"LaneQueueName", "DeadLetterQueueName"},
        "metrics": {
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesVisible",
            "NumberOfMessagesDeleted",
            "NumberOfMessagesSent",
        },
    },
    # AWS Lambda developer guide, "Types of metrics for Lambda functions"
    "AWS/Lambda": {
        "dimension": "FunctionName",
        "values": {"Ingest", "Processor", "Triage", "Console"},
        "metrics": {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"},
    },
    # API Gateway developer guide, "Monitor CloudWatch metrics for HTTP APIs": not the names of REST APIs
    "AWS/ApiGateway": {
        "dimension": "ApiId",
        "values": {"ApiId"},
        "metrics": {"4xx", "5xx", "Count", "IntegrationLatency", "Latency"},
    },
    # Amazon DynamoDB developer guide, "DynamoDB metrics and dimensions": those by TableName alone
    "AWS/DynamoDB": {
        "dimension": "TableName",
        "values": {"StateTable", "JournalTable"},
        "metrics": {
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        },
    },
    # EventBridge Scheduler user guide, "Monitoring with CloudWatch"
    "AWS/Scheduler": {
        "dimension": "ScheduleGroup",
        "values": {"ScheduleGroup"},
        "metrics": {"InvocationAttemptCount", "InvocationDroppedCount", "TargetErrorCount"},
    },
}


def substituted(text: str) -> str:
    """What Fn::Sub makes of a text; an unknown name is a KeyError."""
    return re.sub(r"\$\{([\w:]+)\}", lambda m: VALUES[m[1]], text)


BODY: dict[str, Any] = json.loads(substituted(SOURCE))
WIDGETS: list[dict[str, Any]] = BODY["widgets"]
LINES: list[list[Any]] = [m for w in WIDGETS for m in w["properties"].get("metrics", [])]
PLAIN_LINES = [line for line in LINES if isinstance(line[0], str)]
SEARCHES = [line[0]["expression"] for line in LINES if isinstance(line[0], dict)]


def dimensions(line: list[Any]) -> dict[str, str]:
    rest = [part for part in line[2:] if isinstance(part, str)]
    return dict(zip(rest[::2], rest[1::2], strict=True))


def searched(expression: str) -> tuple[str, set[str], frozenset[str]]:
    """Namespace, metrics and dimensions of a search."""
    found = re.fullmatch(r"""SEARCH\('\{"([^"]+)",([a-z,]+)\} (.+)', '(Sum|Maximum)', 300\)""", expression)
    assert found is not None, expression
    terms = re.fullmatch(r"""MetricName="\w+"|\(MetricName="\w+"( OR MetricName="\w+")+\)""", found[3])
    assert terms is not None, expression
    return found[1], set(re.findall(r'"(\w+)"', found[3])), frozenset(found[2].split(","))


@pytest.mark.req("C5")
@pytest.mark.parametrize("line", [x for x in PLAIN_LINES if not x[0].startswith("AWS/")], ids=lambda x: x[1])
def test_a_line_of_our_own_shows_what_a_function_emits(line: list[Any]) -> None:
    named = dimensions(line)
    service = named.pop("service")

    assert line[0] == OURS
    assert (service, line[1], frozenset(named)) in EMITTED


@pytest.mark.req("C5")
@pytest.mark.parametrize("expression", SEARCHES)
def test_a_search_looks_for_what_a_function_emits(expression: str) -> None:
    namespace, metrics, named = searched(expression)

    assert namespace == OURS
    assert "service" in named
    assert {(metric, named - {"service"}) for metric in metrics} <= {(m, d) for _, m, d in EMITTED}


@pytest.mark.req("C5")
@pytest.mark.parametrize("line", [x for x in PLAIN_LINES if x[0].startswith("AWS/")], ids=lambda x: x[1])
def test_a_line_of_aws_has_its_names(line: list[Any]) -> None:
    known: dict[str, Any] = OF_AWS[line[0]]
    ((dimension, value),) = dimensions(line).items()

    assert line[1] in known["metrics"]
    assert dimension == known["dimension"]
    assert value in {VALUES[name] for name in known["values"]}


@pytest.mark.req("C5")
def test_everything_that_is_counted_is_shown_somewhere() -> None:
    """Whoever counts something new says where on-call sees it."""
    shown = {line[1] for line in PLAIN_LINES if line[0] == OURS}.union(*(searched(x)[1] for x in SEARCHES))

    assert {metric for _, metric, _ in EMITTED} - shown == set()


@pytest.mark.req("C5", "T8")
def test_the_alarms_are_on_top_all_of_them() -> None:
    first = next(w for w in WIDGETS if w["type"] != "text")
    named = [arn.rpartition(f":alarm:{VALUES['Stack']}-")[2] for arn in first["properties"]["alarms"]]
    there = [a["Properties"]["AlarmName"]["Fn::Sub"] for a in ALARMS["Resources"].values()]

    assert first["type"] == "alarm"
    assert first["y"] == min(w["y"] for w in WIDGETS if w["type"] != "text")
    assert sorted(named) == sorted(name.removeprefix("${Stack}-") for name in there)
    assert all(
        arn.startswith("arn:aws:cloudwatch:eu-west-1:000000000000:alarm:")
        for arn in first["properties"]["alarms"]
    )


@pytest.mark.req("C5")
def test_on_call_reads_from_what_is_wrong_to_what_failed() -> None:
    order = [
        "Arrivals",
        "Lane: depth",
        "Decisions",
        "Answers",
        "Sweep",
        "Functions: errors",
        "Tables: throttled",
    ]
    places = {w["properties"].get("title", ""): (w["y"], w["x"]) for w in WIDGETS}
    found = [next(place for title, place in places.items() if title.startswith(one)) for one in order]

    assert found == sorted(found)


@pytest.mark.req("C5")
def test_no_widget_covers_another_or_leaves_the_grid() -> None:
    cells = [
        (x, y)
        for w in WIDGETS
        for x in range(w["x"], w["x"] + w["width"])
        for y in range(w["y"], w["y"] + w["height"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.mark.req("C5")
def test_the_dashboard_keeps_cloudwatchs_limits() -> None:
    """500 metrics a widget and 2,500 a dashboard; a search counts as the hundred that it may find."""
    assert len(PLAIN_LINES) + 100 * len(SEARCHES) <= 2500
    assert all(len(w["properties"].get("metrics", [])) <= 500 for w in WIDGETS)
    assert len(WIDGETS) <= 500
    assert len(WIDGETS[1]["properties"]["alarms"]) <= 100


@pytest.mark.req("C5", "O6")
def test_a_usual_month_keeps_it_within_the_fifty_metrics_of_a_dashboard_that_can_be_free() -> None:
    """By name, and as searches find them: what the usage of a month with events counts into."""
    by_name = {(line[0], line[1], *sorted(dimensions(line).items())) for line in PLAIN_LINES}
    counted = {metric for metrics in usage().metrics.values() for metric in metrics}
    found = {m for m in counted if any(m.partition("{")[0] in searched(x)[1] for x in SEARCHES)}

    assert len(by_name) + len(found) <= METRICS_OF_A_FREE_DASHBOARD


@pytest.mark.req("C5", "O2")
def test_the_region_is_whatever_region_the_stack_is_in() -> None:
    assert {w["properties"]["region"] for w in WIDGETS if w["type"] == "metric"} == {"eu-west-1"}
    assert not re.search(r"[a-z]{2}-[a-z]+-\d", SOURCE)
    assert PROPERTIES["DashboardName"] == {"Fn::Sub": "${Stack}-${AWS::Region}"}


@pytest.mark.req("C5")
def test_ids_are_unique_within_a_widget() -> None:
    for widget in WIDGETS:
        ids = [line[-1]["id"] for line in widget["properties"].get("metrics", []) if "id" in line[-1]]
        assert len(ids) == len(set(ids))


@pytest.mark.req("C5")
def test_the_nested_stack_gets_every_parameter_that_it_has_and_uses_and_no_other() -> None:
    nested = PLAIN["Resources"]["Dashboard"]["Properties"]

    assert (ROOT / nested["TemplateURL"]).samefile(ROOT / "infra" / "dashboard.yaml")
    assert set(nested["Parameters"]) == set(NESTED["Parameters"])
    assert set(NESTED["Parameters"]) <= set(re.findall(r"\$\{(\w+)\}", SOURCE))
    assert PLAIN["Outputs"]["CloudWatchDashboardUrl"]["Condition"] == "HasDashboard"
    assert PLAIN["Resources"]["Dashboard"]["Condition"] == "HasDashboard"
    assert PLAIN["Parameters"]["CloudWatchDashboard"]["Default"] == "true"
