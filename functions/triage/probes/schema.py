"""Whether the configured data sources are shared, untrashed, and still fit the rules.

One read a data source and run, a few of them in turn where there are many, so that the reserved share suffices. Only
those of the main connection: the others have tokens of their own, and rest by themselves.
"""

from collections.abc import Mapping
from datetime import datetime

from steward.errors import Failure
from steward.pauses import NOT_MADE
from steward.rules import MAIN, DataSource, Rules
from steward.schema import decode_schema
from steward.schema_check import check
from triage.findings import Finding, Probe, Verdict
from triage.probes.asking import Asker, Told
from triage.probes.asks import what_failed
from triage.probes.once import raw_code
from triage.vendors.vendor import Ask

MOST = 3
"""Data sources that are read in one run."""

READ = Ask(
    Probe.SCHEMA,
    "data source",
    "GET",
    "/v1/data_sources/{source}",
    needs="source",
    expects=("id", "properties"),
)


def turn(rules: Rules, now: datetime, most: int = MOST) -> tuple[DataSource, ...]:
    """The main connection's data sources whose turn it is in this minute; all have it within as few minutes as can be."""
    ours = [source for source in rules.data_source if source.connection == MAIN]
    if len(ours) <= most:
        return tuple(ours)
    first = int(now.timestamp() // 60) * most % len(ours)
    return tuple((ours * 2)[first : first + most])


def look(
    asker: Asker,
    rules: Rules,
    source: DataSource,
    asked: str,
    ids: Mapping[str, str],
    seconds: float,
    at: datetime,
) -> tuple[Finding, ...]:
    """Read one data source.

    Args:
        asker: of Notion.
        rules: the whole file.
        source: one of its data sources.
        asked: the id to ask for.
        ids: role → property id, as remembered; a rename breaks nothing then.
        seconds: that it may take.
        at: our clock.
    """
    return findings_of(asker.vendor.name, rules, source, ids, asker.ask(READ, {"source": asked}, seconds), at)


def findings_of(
    vendor: str, rules: Rules, source: DataSource, ids: Mapping[str, str], told: Told, at: datetime
) -> tuple[Finding, ...]:
    """What the answer about a data source shows. Pure."""
    if told.failure is not None or told.answer is None:
        return (_unread(vendor, source, told, at),)
    body = told.answer.body
    if body.get("in_trash") or body.get("archived"):
        says = f"{source.name}: in the trash"
        return (
            Finding(vendor, Probe.SHARED, Verdict.BAD, at, says, status=told.answer.status, code="in_trash"),
        )
    shared = Finding(
        vendor, Probe.SHARED, Verdict.GOOD, at, f"{source.name}: shared", status=200, seconds=told.seconds
    )
    breaks = check(rules, {source.id: decode_schema(body)}, {source.id: ids})
    automations = {rule for one in breaks for rule in one.rules}
    if not breaks:
        return shared, Finding(
            vendor, Probe.SCHEMA, Verdict.GOOD, at, f"{source.name}: fits the rules", status=200
        )
    says = f"{source.name}: {'; '.join(one.text for one in breaks[:3])}"
    schema = Finding(
        vendor,
        Probe.SCHEMA,
        # What no automation uses yet breaks nothing.
        Verdict.BAD if automations else Verdict.GOOD,
        at,
        says,
        status=200,
        code=str(breaks[0].why),
        numbers={"breaks": len(breaks), "automations": len(automations)},
    )
    return shared, schema


def _unread(vendor: str, source: DataSource, told: Told, at: datetime) -> Finding:
    failure = told.failure
    if failure is None:
        return Finding(vendor, Probe.SCHEMA, Verdict.UNKNOWN, at, f"{source.name}: no answer")
    probe, verdict = Probe.SCHEMA, Verdict.UNKNOWN  # trouble of the vendor's says nothing of the schema
    if failure.failure is Failure.NOT_FOUND:
        probe, verdict = Probe.SHARED, Verdict.BAD
    elif failure.failure is Failure.FORBIDDEN:
        probe, verdict = Probe.CAPABILITIES, Verdict.BAD
    return Finding(
        vendor,
        probe,
        verdict,
        at,
        f"{source.name}: {what_failed(failure)}",
        failure=failure.failure,
        status=failure.status,
        code=raw_code(failure),
        correlation_id=failure.request_id,
        seconds=None if failure.failure in NOT_MADE else told.seconds,
    )
