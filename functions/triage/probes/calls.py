"""How our own work went in the last minutes, from the Journal: success by vendor, kinds of failure, and our own bugs. Pure.

The Journal has what is finished. An event that waits for its vendor is not, so an outage shows here as silence and on the
lane as a backlog: nothing finished is *unknown*, never *good*.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


def calls_of(rows: Iterable[Mapping[str, Any]], at: datetime, window: timedelta) -> tuple[Finding, ...]:
    """How the calls to each vendor ended; one finding a vendor, Notion's also when there were none.

    Args:
        rows: of the journal, of the last minutes.
        at: when, by our clock.
        window: how long these are.
    """
    ends = [end for row in rows for end in _ends(row)]
    vendors = sorted({"notion", *(end.vendor for end in ends)})
    return tuple(_calls(v, [end for end in ends if end.vendor == v], at, window) for v in vendors)


def bugs_of(rows: Iterable[Mapping[str, Any]], at: datetime, window: timedelta) -> Finding:
    """What was parked for an exception of our own."""
    names = [str(row["exception"]) for row in rows if row.get("exception")]
    bugs = Counter(name for name in names if name.partition("/")[0] not in _NOT_BUGS)
    if not bugs:
        return Finding(US, Probe.BUGS, Verdict.GOOD, at, f"no event was parked for a bug in {_words(window)}")
    name, _ = bugs.most_common(1)[0]
    says = f"{bugs.total()} parked for an exception of ours in {_words(window)}: {', '.join(sorted(bugs))}"
    return Finding(US, Probe.BUGS, Verdict.BAD, at, says, code=name, numbers={"bugs": bugs.total()})


@dataclass(frozen=True, slots=True)
class _End:
    """How a call ended: ``kind`` is that of its failure, None for a success; ``status`` is None where none is told."""

    vendor: str
    kind: str | None = None
    status: int | None = None


def _ends(row: Mapping[str, Any]) -> Iterator[_End]:
    parked = str(row.get("exception") or "")
    if parked.startswith("CallFailed/"):
        yield _End("notion", parked.partition("/")[2], _status(row.get("why")))
    elif int(row.get("calls") or 0) > 0 and row.get("decision") != "parked":
        yield _End("notion")  # what an event needed went well, or else it would wait or be parked
    for effect in row.get("effects") or ():
        vendor = _VENDOR_OF.get(str(effect.get("kind", "")).partition(".")[0])
        if vendor is not None and effect.get("status") == "done":
            yield _End(vendor)
        elif vendor is not None and effect.get("status") in ("failed", "planned", "skipped"):
            reason = str(effect.get("reason") or "")
            found = _FAILURE.search(reason)
            if found is not None:
                yield _End(vendor, found[0], _status(reason))


def _words(window: timedelta) -> str:
    minutes, seconds = divmod(round(window.total_seconds()), 60)
    return f"{minutes * 60 + seconds} s" if seconds else f"{minutes} minutes"


def _status(text: object) -> int | None:
    """The HTTP status that a failure's line tells of, see ``CallFailed``."""
    found = _STATUS.search(str(text or ""))
    return int(found[1]) if found else None


def _calls(vendor: str, ends: Sequence[_End], at: datetime, window: timedelta) -> Finding:
    total, failed = len(ends), Counter(end.kind for end in ends if end.kind)
    if not total:
        says = f"nothing that needed {vendor} was finished in {_words(window)}"
        return Finding(vendor, Probe.CALLS, Verdict.UNKNOWN, at, says, numbers={"calls": 0, "failed": 0})
    good = total - failed.total()
    numbers: dict[str, float] = {"calls": total, "failed": failed.total()}
    numbers |= {f"failed_{kind}": count for kind, count in failed.items()}
    says = f"{good} of {total} succeeded in {_words(window)}"
    if failed:
        says += "; failed: " + ", ".join(f"{count} {name}" for name, count in failed.most_common())
    if good / total > ENOUGH:
        return Finding(vendor, Probe.CALLS, Verdict.GOOD, at, says, numbers=numbers)
    kind, _ = failed.most_common(1)[0]
    statuses = Counter(end.status for end in ends if end.kind == kind and end.status is not None)
    return Finding(
        vendor,
        Probe.CALLS,
        Verdict.BAD,
        at,
        says,
        failure=Failure(kind) if kind in set(map(str, Failure)) else None,
        status=statuses.most_common(1)[0][0] if statuses else None,
        code=kind,
        numbers=numbers,
    )
