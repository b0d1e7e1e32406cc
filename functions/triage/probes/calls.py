"""How our own work went in the last minutes, from the Journal: success by vendor, kinds of failure, and our own bugs. Pure.

The Journal has what is finished. An event that waits for its vendor is not, so an outage shows here as silence and on the
lane as a backlog: nothing finished is *unknown*, never *good*.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from steward.errors import Failure
from triage.findings import Finding, Probe, Verdict

ENOUGH = 0.95
"""The share of calls that has to succeed."""

US = "steward"
"""The vendor of findings about ourselves."""

_VENDOR_OF = {"notion": "notion", "slack": "slack", "email": "email"}
_FAILURE = re.compile(r"\b(" + "|".join(sorted(map(str, Failure), key=len, reverse=True)) + r")\b")
_STATUS = re.compile(r"\bstatus (\d{3})\b")
_NOT_BUGS = ("CallFailed", "Undecodable", "StateConflict")


def calls_of(rows: Iterable[Mapping[str, Any]], at: datetime, minutes: int) -> tuple[Finding, ...]:
    """How the calls to each vendor ended; one finding a vendor, Notion's also when there were none.

    Args:
        rows: of the journal, of the last minutes.
        at: when, by our clock.
        minutes: how many.
    """
    good: Counter[str] = Counter()
    failed: dict[str, Counter[str]] = {"notion": Counter()}
    statuses: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        # What an event needed of Notion went well, or else it would wait or be parked.
        good["notion"] += 1 if int(row.get("calls") or 0) > 0 and row.get("decision") != "parked" else 0
        parked = str(row.get("exception") or "")
        if parked.startswith("CallFailed/"):
            kind = parked.partition("/")[2]
            failed["notion"][kind] += 1
            statuses[kind].update(_status(row.get("why")))
        for effect in row.get("effects") or ():
            vendor = _VENDOR_OF.get(str(effect.get("kind", "")).partition(".")[0])
            if vendor is None:
                continue
            if effect.get("status") == "done":
                good[vendor] += 1
            elif kind := _kind(effect):
                failed.setdefault(vendor, Counter())[kind] += 1
                statuses[kind].update(_status(effect.get("reason")))
    vendors = sorted({*good, *failed})
    return tuple(_calls(v, good[v], failed.get(v, Counter()), statuses, at, minutes) for v in vendors)


def bugs_of(rows: Iterable[Mapping[str, Any]], at: datetime, minutes: int) -> Finding:
    """What was parked for an exception of our own."""
    names = [str(row["exception"]) for row in rows if row.get("exception")]
    bugs = Counter(name for name in names if name.partition("/")[0] not in _NOT_BUGS)
    if not bugs:
        return Finding(
            US, Probe.BUGS, Verdict.GOOD, at, f"no event was parked for a bug in {minutes} minutes"
        )
    name, _ = bugs.most_common(1)[0]
    says = f"{bugs.total()} parked for an exception of ours in {minutes} minutes: {', '.join(sorted(bugs))}"
    return Finding(US, Probe.BUGS, Verdict.BAD, at, says, code=name, numbers={"bugs": bugs.total()})


def _kind(effect: Mapping[str, Any]) -> str | None:
    """The kind of failure that an effect ended or waits with, or None when none is told."""
    if effect.get("status") not in ("failed", "planned", "skipped"):
        return None
    found = _FAILURE.search(str(effect.get("reason") or ""))
    return found[0] if found else None


def _status(text: object) -> list[int]:
    """The HTTP status that a failure's line tells of, see ``CallFailed``."""
    found = _STATUS.search(str(text or ""))
    return [int(found[1])] if found else []


def _calls(
    vendor: str,
    good: int,
    failed: Counter[str],
    statuses: Mapping[str, Counter[int]],
    at: datetime,
    minutes: int,
) -> Finding:
    total = good + failed.total()
    if not total:
        says = f"nothing that needed {vendor} was finished in {minutes} minutes"
        return Finding(vendor, Probe.CALLS, Verdict.UNKNOWN, at, says, numbers={"calls": 0, "failed": 0})
    numbers: dict[str, float] = {"calls": total, "failed": failed.total()}
    numbers |= {f"failed_{kind}": count for kind, count in failed.items()}
    says = f"{good} of {total} succeeded in {minutes} minutes"
    if not failed:
        return Finding(vendor, Probe.CALLS, Verdict.GOOD, at, says, numbers=numbers)
    kind, _ = failed.most_common(1)[0]
    says += "; failed: " + ", ".join(f"{count} {name}" for name, count in failed.most_common())
    verdict = Verdict.GOOD if good / total > ENOUGH else Verdict.BAD
    known = Failure(kind) if kind in set(map(str, Failure)) else None
    told = statuses.get(kind)
    status = told.most_common(1)[0][0] if told else None
    return Finding(
        vendor, Probe.CALLS, verdict, at, says, failure=known, status=status, code=kind, numbers=numbers
    )
