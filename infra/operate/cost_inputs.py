"""Where the figures of ``cost`` come from: list prices, measured usage, and what the template makes."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from infra.local.transform import read
from infra.operate.cost_model import Price, Stack, Usage
from infra.operate.deployed import parameters, resources

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TEMPLATE = ROOT / "template.yaml"
SAMCONFIG = ROOT / "samconfig.toml"

_COUNTED = {
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::KMS::Key": "keys",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::CloudWatch::CompositeAlarm": "composites",
    "AWS::CloudWatch::Dashboard": "dashboards",
}

_STARTS = {"provisioned": "lambda_provisioned_gb_second", "snapstart": "lambda_snapshot_gb_second"}
"""Ingest's start → the price of what then is kept all the time."""


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


def stack(given: Mapping[str, str] | None = None) -> Stack:
    """What a deployment with such parameters makes, with the template's defaults for all others.

    Raises:
        infra.local.transform.TemplateError: the template can't be read.
        infra.operate.deployed.ParameterError: it has no such parameter.
    """
    document = read(TEMPLATE)
    chosen = parameters(document, given or {})
    made = list(resources(TEMPLATE, chosen))
    counts = dict.fromkeys(_COUNTED.values(), 0)
    for _, resource in made:
        name = _COUNTED.get(resource["Type"])
        if name is not None:
            # An alarm on an expression is paid for by the metrics that the expression takes.
            listened = [one for one in resource["Properties"].get("Metrics", ()) if "MetricStat" in one]
            counts[name] += max(len(listened), 1)
    shared = document["Globals"]["Function"].get("MemorySize", 128)
    memory = {
        logical_id.lower(): int(resource["Properties"].get("MemorySize", shared))
        for logical_id, resource in made
        if resource["Type"] == "AWS::Serverless::Function"
    }
    start = _STARTS.get(chosen["IngestStart"])
    return Stack(
        memory=memory,
        architecture=chosen["Architecture"],
        traced=chosen["Tracing"] == "Active",
        sweep_minutes=int(chosen["SweepMinutes"]),
        journal_days=int(chosen["JournalDays"]),
        lanes=int(chosen["Lanes"]),
        kept={f"{start}_{chosen['Architecture']}": memory["ingest"]} if start else {},
        **counts,
    )
