"""A vendor's status page: Statuspage v2's ``summary.json`` or ``status.json``.

The first address whose document can be read wins. A page for people, a redirect, an error, silence, or a word that nobody
knows is *unknown*: it is neither an outage nor its absence. Redirects are not followed: an old address that leads to HTML
would be taken for an answer.

Source: Statuspage's API v2 (``indicator``: none, minor, major, critical, and maintenance; ``incidents`` of a summary are
the unresolved ones). Every part but the indicator may be missing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from steward.errors import CallFailed
from triage.findings import Finding, Probe, Verdict
from triage.probes.once import once, raw_code

_BAD = ("maintenance", "minor", "major", "critical")
"""Words for trouble, the least first."""

_OVER = ("resolved", "postmortem", "completed")


@dataclass(frozen=True, slots=True)
class PageIncident:
    """An incident that is not over, as the vendor tells of it.

    Attributes:
        name: its title.
        status: e.g. ``investigating``, or "".
        impact: e.g. ``major``, or "".
        update: the latest update's text, or "".
        updated_at: when that was, as the page writes it, or "".
    """

    name: str
    status: str
    impact: str
    update: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class StatusPage:
    """A status document.

    Attributes:
        indicator: the vendor's word for how it is.
        description: the same for people.
        incidents: those that are not over.
        troubled: components that do not operate normally.
    """

    indicator: str
    description: str
    incidents: tuple[PageIncident, ...]
    troubled: tuple[str, ...]


def read(content: bytes) -> StatusPage | None:
    """Read a document, or None when it is no status document."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    status = _mapping(_mapping(document).get("status"))
    indicator = status.get("indicator")
    if not isinstance(indicator, str) or not indicator:
        return None
    found = [_incident(raw) for raw in _rows(document.get("incidents"))]
    troubled = [
        _text(c.get("name"))
        for c in _rows(document.get("components"))
        if c.get("status") not in (None, "operational") and not c.get("group")
    ]
    return StatusPage(
        indicator,
        _text(status.get("description")),
        tuple(incident for incident in found if incident.status not in _OVER),
        tuple(troubled),
    )


def finding_of(vendor: str, page: StatusPage, at: datetime, seconds: float) -> Finding:
    """What a status document says."""
    impacts = [i.impact for i in page.incidents if i.impact in _BAD]
    # The indicator may lag behind an incident that was just written, so the worst word counts.
    words = [*impacts, *([page.indicator] if page.indicator in _BAD else [])]
    code = max(words, key=_BAD.index) if words else page.indicator
    if page.indicator not in ("none", *_BAD):
        verdict, code = Verdict.UNKNOWN, page.indicator
    else:
        verdict = Verdict.BAD if words else Verdict.GOOD
    parts = [f"{code}: {page.description}" if page.description else code]
    parts += [_told(incident) for incident in page.incidents[:3]]
    if page.troubled:
        parts.append(f"not operational: {', '.join(page.troubled[:5])}")
    return Finding(
        vendor,
        Probe.STATUS_PAGE,
        verdict,
        at,
        _short("; ".join(parts), 600),
        status=200,
        code=code,
        seconds=seconds,
        numbers={"incidents": len(page.incidents), "components": len(page.troubled)},
    )


def look(
    vendor: str,
    addresses: Sequence[str],
    *,
    session: Callable[[], requests.Session],
    seconds: float,
    now: Callable[[], datetime],
    clock: Callable[[], float],
) -> Finding:
    """Look at a vendor's status page.

    Args:
        vendor: its name.
        addresses: of the documents, the best first.
        session: makes an HTTP session.
        seconds: for all addresses together; each has what is left, shared out.
        now: our clock.
        clock: monotonic seconds.
    """
    began, troubles = clock(), list[str]()
    failure: CallFailed | None = None
    status: int | None = None
    with session() as http:
        for number, address in enumerate(addresses):
            left = (began + seconds - clock()) / (len(addresses) - number)
            transport, start = once(http, vendor, left, clock), clock()
            host = urlsplit(address).hostname or "the address"
            try:
                answer = transport.send(
                    f"{vendor}.status page", "GET", address, headers={"Accept": "application/json"}
                )
            except CallFailed as error:
                failure = failure or error
                troubles.append(f"{host}: {raw_code(error) or error.failure}")
                continue
            page = read(answer.content) if answer.status == 200 else None
            if page is not None:
                return finding_of(vendor, page, now(), clock() - start)
            status = status or answer.status
            troubles.append(f"{host}: {_no_document(answer.status)}")
    return Finding(
        vendor,
        Probe.STATUS_PAGE,
        Verdict.UNKNOWN,
        now(),
        f"says nothing ({'; '.join(troubles) or 'no address'})",
        failure=failure.failure if failure else None,
        status=status,
        code=raw_code(failure) if failure else None,
        seconds=clock() - began,
    )


def _no_document(status: int) -> str:
    if 300 <= status < 400:
        return f"a redirect ({status}), which is not followed"
    return "no status document" if status == 200 else f"status {status}"


def _incident(raw: Mapping[str, Any]) -> PageIncident:
    updates = sorted(_rows(raw.get("incident_updates")), key=_moment, reverse=True)
    latest = updates[0] if updates else {}
    return PageIncident(
        _text(raw.get("name")) or "an incident without a name",
        _text(raw.get("status")),
        _text(raw.get("impact")),
        _text(latest.get("body")),
        _moment(latest) or _text(raw.get("updated_at")),
    )


def _moment(update: Mapping[str, Any]) -> str:
    return _text(update.get("display_at")) or _text(update.get("created_at"))


def _told(incident: PageIncident) -> str:
    head = f"“{_short(incident.name, 100)}” {incident.status}".rstrip()
    when = f" at {incident.updated_at}" if incident.updated_at else ""
    return f"{head}{when}" + (f": {_short(incident.update, 160)}" if incident.update else "")


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
