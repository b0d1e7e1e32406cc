"""What an incident's own rows say, as lines of a draft; each cites its row. Pure.

Whoever did something is "a person", and the row knows who: names of people are for the row alone.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from steward.incidents.incident import Incident, Moment, Step
from triage.post_mortem.facts import key, moments
from triage.post_mortem.markdown import NOT_KNOWN, lasting, table, told, when
from triage.post_mortem.queries import requests_in
from triage.post_mortem.references import References
from triage.post_mortem.rows import Cited

FIRST_LINES, LAST_LINES = 60, 40
"""Lines of the timeline that are shown of a longer one."""

MOST_EVIDENCE = 10

OURSELVES = "steward"

_EXPECTED = (
    Step.FIRST_FINDING,
    Step.ALARM,
    Step.ACKNOWLEDGED,
    Step.IDENTIFIED,
    Step.MITIGATION,
    Step.RESTORED,
)
"""What a timeline should have."""

_EVIDENCE = (Step.FIRST_FINDING, Step.ALARM, Step.IDENTIFIED)

_LASTING = (Step.OPENED, Step.ACKNOWLEDGED, Step.IDENTIFIED, Step.MITIGATION, Step.RESTORED, Step.RESOLVED)

_LAST_COUNTS = (Step.RESTORED, Step.RESOLVED)
"""Of what may happen again when an incident is reopened, the last one counts."""


def begin(incident: Incident) -> tuple[datetime, Cited] | None:
    """When it was first seen, and the row; None when no row says so."""
    found = [m for s in (Step.FIRST_FINDING, Step.ALARM, Step.OPENED) for m in moments(incident, s)]
    return min(found, key=lambda m: m[0], default=None)


def cause(incident: Incident) -> tuple[Cited, ...]:
    """The row that says what is wrong: the last time that it was identified, else the first words about it."""
    found = moments(incident, Step.IDENTIFIED)[-1:] or moments(incident, Step.OPENED)[:1]
    return tuple(cited for _, cited in found)


def detection(incident: Incident, refs: References) -> str:
    """Which alarm or probe saw it first."""
    seen = [m for m in _in_order(incident) if m.step in (Step.FIRST_FINDING, Step.ALARM)]
    if not seen:
        return NOT_KNOWN
    first = seen[0]
    what = "an alarm" if first.step is Step.ALARM else "a probe"
    return f"{what}, at {when(first.at)}: {said(incident, first.says)} {refs.row(key(first.key))}"


def duration(incident: Incident, refs: References) -> str:
    """From the first finding to restored, or else to resolved."""
    begins = begin(incident)
    end = (moments(incident, Step.RESTORED) or moments(incident, Step.RESOLVED))[-1:]
    if begins is None or not end:
        return NOT_KNOWN
    seconds = max((end[0][0] - begins[0]).total_seconds(), 0)
    cites = refs.rows((begins[1], end[0][1]))
    return f"{lasting(seconds)}, from {when(begins[0])} to {when(end[0][0])} {cites}"


def timeline(incident: Incident, refs: References) -> list[str]:
    """The table of everything that happened, with what is missing at its end."""
    every = _in_order(incident)
    lines = [
        (when(m.at), str(m.step), _who(m), said(incident, m.says), refs.row(key(m.key)))
        for m in _shown(every)
    ]
    hidden = every[FIRST_LINES:-LAST_LINES] if len(lines) < len(every) else []
    if hidden:
        cites = refs.rows((key(hidden[0].key), key(hidden[-1].key)))
        lines.insert(FIRST_LINES, ("", "", "", f"{len(hidden)} more, from the first to the last of", cites))
    missing = [s for s in _EXPECTED if not moments(incident, s)]
    lines += [(NOT_KNOWN, str(step), "", "", "") for step in missing]
    return table(("time", "step", "by", "what", "row"), lines)


def after(incident: Incident, refs: References) -> list[str]:
    """How long each step took to come."""
    lines, begins = [], begin(incident)
    for step in _LASTING:
        found = moments(incident, step)
        text = NOT_KNOWN
        if begins is not None and found:
            at, cited = found[-1 if step in _LAST_COUNTS else 0]
            seconds = max((at - begins[0]).total_seconds(), 0)
            text = f"{lasting(seconds)} {refs.rows((begins[1], cited))}"
        lines.append((str(step), text))
    return table(("from the first finding or alarm to", "took"), lines)


def evidence(incident: Incident, refs: References) -> Iterator[str]:
    """What was seen of the cause."""
    seen = [m for m in _in_order(incident) if m.step in _EVIDENCE]
    for moment in seen[:MOST_EVIDENCE]:
        words = said(incident, moment.says)
        yield f"* {moment.step}, {when(moment.at)}: {words} {refs.row(key(moment.key))}"
    if not seen:
        yield f"* In the timeline: {NOT_KNOWN}."


def requests_named(incident: Incident, refs: References) -> list[str]:
    """Correlation and request ids that the timeline names."""
    by_id: dict[str, list[Cited]] = {}
    for moment in _shown(_in_order(incident)):
        for request_id in requests_in(moment.says):
            by_id.setdefault(request_id, []).append(key(moment.key))
    if not by_id:
        return ["In the timeline: not known; none of its rows names one."]
    return table(("id", "named in the timeline by"), [(told(id_), refs.rows(c)) for id_, c in by_id.items()])


def said(incident: Incident, text: str) -> str:
    """What was said, without the names of those who did something in this incident."""
    names = {m.by for m in incident.timeline if m.step is not Step.ALARM} | {incident.acknowledged_by or ""}
    for name in sorted(names, key=len, reverse=True):
        if name and name.casefold() != OURSELVES:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "a person", text)
    return told(text)


def _in_order(incident: Incident) -> list[Moment]:
    return sorted(incident.timeline, key=lambda m: m.at)


def _shown(lines: Sequence[Moment]) -> Sequence[Moment]:
    if len(lines) <= FIRST_LINES + LAST_LINES:
        return lines
    return [*lines[:FIRST_LINES], *lines[-LAST_LINES:]]


def _who(moment: Moment) -> str:
    if moment.by.casefold() == OURSELVES:
        return "Steward"
    return "an alarm" if moment.step is Step.ALARM else "a person"
