"""Where the figures of ``cost`` come from: list prices, measured usage, and what the template makes."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.local.transform import read
from infra.operate.cost_model import Price, Stack, Usage

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TEMPLATE = ROOT / "template.yaml"

_COUNTED = {
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::KMS::Key": "keys",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::CloudWatch::CompositeAlarm": "composites",
    "AWS::CloudWatch::Dashboard": "dashboards",
}


def prices(path: Path = HERE / "prices.toml") -> tuple[Mapping[str, Price], str, str]:
    """Prices by name, the region that they are of, and the day."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {name: Price(**each) for name, each in document["price"].items()}
    return found, str(document["region"]), str(document["as_of"])


def usage(path: Path = HERE / "usage.toml") -> Usage:
    """What was measured, and what is assumed."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    one: dict[str, dict[str, float]] = {}
    metrics: dict[str, list[str]] = {}
    for kind, each in document["one"].items():
        metrics[kind] = each.pop("metrics")
        one[kind] = each
    return Usage(one, metrics, document["assumed"])


def stack(template: Path = TEMPLATE) -> Stack:
    """What a deployment with the template's defaults makes: nothing that stands under a condition.

    Raises:
        infra.local.transform.TemplateError: the template can't be read.
    """
    document = read(template)
    counts = dict.fromkeys(_COUNTED.values(), 0)
    for resource in _resources(document, template.parent):
        name = _COUNTED.get(resource["Type"])
        if name is not None:
            # An alarm on an expression is paid for by the metrics that the expression takes.
            listened = [one for one in resource["Properties"].get("Metrics", ()) if "MetricStat" in one]
            counts[name] += max(len(listened), 1)
    shared, defaults = document["Globals"]["Function"], document["Parameters"]
    functions = {
        logical_id.lower(): int(resource["Properties"].get("MemorySize", shared.get("MemorySize", 128)))
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function" and "Condition" not in resource
    }
    return Stack(
        memory=functions,
        architecture=str(defaults["Architecture"]["Default"]),
        traced=shared.get("Tracing") == "Active",
        sweep_minutes=int(defaults["SweepMinutes"]["Default"]),
        journal_days=int(defaults["JournalDays"]["Default"]),
        **counts,
    )


def _resources(document: Mapping[str, Any], folder: Path) -> Iterator[Mapping[str, Any]]:
    """The resources of a template and of those that it nests."""
    for resource in document["Resources"].values():
        if "Condition" in resource:
            continue
        yield resource
        if resource["Type"] == "AWS::CloudFormation::Stack":
            nested = folder / str(resource["Properties"]["TemplateURL"])
            yield from _resources(read(nested), folder)
