"""The draft of a post-mortem in Markdown. Pure.

Every number and every line of the timeline cites the rows of the journal that it comes from; what no row says is *not
known*. People are counted and never named, pages neither; whoever did something is "a person", and the row knows who.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.incidents.incident import Incident, Moment, Step
from triage.post_mortem.actions import BY_CLASS, UNACKNOWLEDGED, Action, Owner, left_undone
from triage.post_mortem.facts import Facts, key, moments
from triage.post_mortem.impact import causes, impact, requests, summary
from triage.post_mortem.markdown import NOT_KNOWN, lasting, table, told, when
from triage.post_mortem.queries import requests_in
from triage.post_mortem.references import References
from triage.post_mortem.rows import Cited

MOST_BYTES = 350_000
"""Of a draft: a DynamoDB item holds 400 KB."""

FIRST_LINES, LAST_LINES = 60, 40
"""Lines of the timeline that are shown of a longer one."""

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

_LASTING = (Step.OPENED, Step.ACKNOWLEDGED, Step.IDENTIFIED, Step.MITIGATION, Step.RESTORED, Step.RESOLVED)

_LAST_COUNTS = (Step.RESTORED, Step.RESOLVED)
"""Of what may happen again when an incident is reopened, the last one counts."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft.

    Attributes:
        text: Markdown.
        queries: the names of its queries: ``Q1`` is the first.
    """

    text: str
    queries: tuple[str, ...]


def draft(incident: Incident, facts: Facts, title: str, most_bytes: int = MOST_BYTES) -> Draft:
    """Write the draft.

    Args:
        incident: the incident, with its timeline.
        facts: what the journal says of its time.
        title: the vendor's name for people.
        most_bytes: when it is longer, fewer rows of each query are named.
    """
    for few in (3, 1, 0):
        refs = References(few)
        text = "\n".join(_lines(incident, facts, told(title), refs)) + "\n"
        if len(text.encode()) <= most_bytes:
            break
    return Draft(text, refs.queries)


def _lines(incident: Incident, facts: Facts, title: str, refs: References) -> Iterator[str]:
    begins = _begin(incident)
    day = f"{begins[0]:%Y-%m-%d}" if begins else f"{incident.opened_at:%Y-%m-%d}"
    yield f"# Post-mortem: {title}, {incident.cls}, {day}"
    yield ""
    yield "A draft, made from the journal. J with a number is a row of it, Q a query that finds all rows of a number."
    yield "Both are at the end."
    yield ""
    yield from table(("incident", told(incident.id)), _head(incident, refs))
    if facts.cut_at is not None:
        yield ""
        yield f"**The journal has more events of this time than were read. They were read up to {when(facts.cut_at)}; every number is *at least*** {refs.query(facts.events)}."
    yield from _section("Summary")
    yield f"* {title}, {incident.cls}: {_said(incident, incident.says)} {refs.rows(_cause(incident))}".rstrip()
    yield f"* Lasted: {_duration(incident, refs)}."
    yield from summary(facts, refs)
    yield from _section("Timeline (UTC)")
    yield from _timeline(incident, refs)
    yield ""
    yield from table(("from the first finding or alarm", "after"), _after(incident, refs))
    yield from _section("Root cause")
    yield f"{incident.cls}: {_said(incident, incident.says)} {refs.rows(_cause(incident))}".rstrip()
    yield ""
    yield from causes(facts, refs)
    yield from _section("Impact")
    yield from impact(facts, refs)
    yield from _section("Correlation and request ids")
    yield from _named_in_timeline(incident, refs)
    yield from requests(facts, refs)
    yield from _section("Action items")
    yield from _actions(incident, facts, refs)
    yield from _section("Appendix: rows that are cited")
    yield from refs.list_rows()
    yield from _section("Appendix: queries")
    yield f"Each is asked of the events that were finished from {facts.first.isoformat()} to {facts.last.isoformat()}."
    yield f"To list all that one finds: python -m infra.operate post-mortem {told(incident.id)} --rows Q1"
    yield ""
    yield from refs.list_queries()


def _section(name: str) -> Iterator[str]:
    yield from ("", f"## {name}", "")


def _head(incident: Incident, refs: References) -> Iterator[tuple[str, str]]:
    severity = moments(incident, Step.SEVERITY)[-1:] or moments(incident, Step.OPENED)[:1]
    yield "severity", f"{incident.severity.name} {refs.rows(c for _, c in severity)}".rstrip()
    yield (
        "stage",
        f"{incident.stage} {refs.rows(c for _, c in moments(incident, Step.RESOLVED)[-1:])}".rstrip(),
    )
    yield "lasted", _duration(incident, refs)
    yield "detected by", _detection(incident, refs)


def _detection(incident: Incident, refs: References) -> str:
    seen = [m for m in _in_order(incident) if m.step in (Step.FIRST_FINDING, Step.ALARM)]
    if not seen:
        return NOT_KNOWN
    first = seen[0]
    what = "an alarm" if first.step is Step.ALARM else "a probe"
    return f"{what}, at {when(first.at)}: {_said(incident, first.says)} {refs.row(key(first.key))}"


def _duration(incident: Incident, refs: References) -> str:
    begin = _begin(incident)
    end = (moments(incident, Step.RESTORED) or moments(incident, Step.RESOLVED))[-1:]
    if begin is None or not end:
        return NOT_KNOWN
    seconds = (end[0][0] - begin[0]).total_seconds()
    cites = refs.rows((begin[1], end[0][1]))
    return f"{lasting(seconds)}, from {when(begin[0])} to {when(end[0][0])} {cites}"


def _timeline(incident: Incident, refs: References) -> list[str]:
    lines = [
        (when(m.at), str(m.step), _who(m), _said(incident, m.says), refs.row(key(m.key)))
        for m in _shown(_in_order(incident))
    ]
    hidden = len(incident.timeline) - len(lines)
    if hidden > 0:
        lines.insert(
            FIRST_LINES, ("", "", "", f"{hidden} more, in the rows of the incident", "as the others")
        )
    missing = [s for s in _EXPECTED if not moments(incident, s)]
    lines += [(NOT_KNOWN, str(step), "", "", "") for step in missing]
    return table(("time", "step", "by", "what", "row"), lines)


def _shown(lines: Sequence[Moment]) -> Sequence[Moment]:
    if len(lines) <= FIRST_LINES + LAST_LINES:
        return lines
    return [*lines[:FIRST_LINES], *lines[-LAST_LINES:]]


def _after(incident: Incident, refs: References) -> Iterator[tuple[str, str]]:
    begin = _begin(incident)
    for step in _LASTING:
        found = moments(incident, step)
        if begin is None or not found:
            yield str(step), NOT_KNOWN
            continue
        at, cited = found[-1 if step in _LAST_COUNTS else 0]
        yield str(step), f"{lasting(max((at - begin[0]).total_seconds(), 0))} {refs.rows((begin[1], cited))}"


def _named_in_timeline(incident: Incident, refs: References) -> Iterator[str]:
    by_id: dict[str, list[Cited]] = {}
    for moment in _shown(_in_order(incident)):
        for request_id in requests_in(moment.says):
            by_id.setdefault(request_id, []).append(key(moment.key))
    if by_id:
        yield from table(
            ("id", "named in the timeline by"), [(told(i), refs.rows(c)) for i, c in by_id.items()]
        )
        yield ""


def _actions(incident: Incident, facts: Facts, refs: References) -> list[str]:
    because = refs.rows(_cause(incident))
    wanted = [(action, because) for action in BY_CLASS.get(incident.cls, ())]
    wanted += [(action, f"{found.count} {refs.query(found)}") for action, found in left_undone(facts)]
    if not moments(incident, Step.ACKNOWLEDGED):
        wanted.append((UNACKNOWLEDGED, "no row says that somebody did"))
    return table(
        ("priority", "action", "owner", "due", "because"),
        [
            (f"P{a.priority}", a.what, _owner(a, incident, refs), _due(a, incident, refs), why)
            for a, why in sorted(wanted, key=lambda one: one[0].priority)
        ],
    )


def _owner(action: Action, incident: Incident, refs: References) -> str:
    acknowledged = moments(incident, Step.ACKNOWLEDGED)[:1]
    if action.owner is not Owner.ON_CALL or not acknowledged:
        return str(action.owner)
    return f"{action.owner}, who acknowledged {refs.row(acknowledged[0][1])}"


def _due(action: Action, incident: Incident, refs: References) -> str:
    """So many days after the last resolution that the timeline has."""
    resolved = moments(incident, Step.RESOLVED)[-1:]
    if not resolved:
        return NOT_KNOWN
    return f"{resolved[0][0] + timedelta(days=action.days):%Y-%m-%d} {refs.row(resolved[0][1])}"


def _begin(incident: Incident) -> tuple[datetime, Cited] | None:
    found = [m for s in (Step.FIRST_FINDING, Step.ALARM, Step.OPENED) for m in moments(incident, s)]
    return min(found, key=lambda m: m[0], default=None)


def _cause(incident: Incident) -> tuple[Cited, ...]:
    """The rows that say what is wrong: the last time that it was identified, else the first words about it."""
    found = moments(incident, Step.IDENTIFIED)[-1:] or moments(incident, Step.OPENED)[:1]
    return tuple(cited for _, cited in found)


def _in_order(incident: Incident) -> list[Moment]:
    return sorted(incident.timeline, key=lambda m: m.at)


def _who(moment: Moment) -> str:
    return "Steward" if moment.by.casefold() == OURSELVES else "a person"


def _said(incident: Incident, text: str) -> str:
    """What was said, without the names of those who did something in this incident."""
    names = {m.by for m in incident.timeline} | {incident.acknowledged_by or ""}
    for name in sorted(names, key=len, reverse=True):
        if name and name.casefold() != OURSELVES:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "a person", text)
    return told(text)
