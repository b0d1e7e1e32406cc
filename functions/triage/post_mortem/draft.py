"""The draft of a post-mortem in Markdown. Pure.

Every number and every line of the timeline cites the rows of the journal that it comes from; what no row says is *not
known*. People are counted and never named, and neither are pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.documents import iso
from steward.incidents.incident import Incident, Step
from triage.post_mortem import impact, timeline
from triage.post_mortem.actions import BY_CLASS, UNACKNOWLEDGED, Action, Owner, left_undone
from triage.post_mortem.facts import Facts, moments
from triage.post_mortem.markdown import NOT_KNOWN, day, table, told, when
from triage.post_mortem.references import References
from triage.post_mortem.rows import Cited

MOST_BYTES = 350_000
"""Of a draft: a DynamoDB item holds 400 KB."""


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
    begins = timeline.begin(incident)
    wrong = f"{timeline.said(incident, incident.says)} {refs.rows(timeline.cause(incident))}".rstrip()
    yield f"# Post-mortem: {title}, {incident.cls}, {day(begins[0] if begins else incident.opened_at)}"
    yield ""
    yield "A draft, made from the journal. J with a number is a row of it, Q a query that finds all rows of a number."
    yield "Both are at the end."
    yield ""
    yield from table(("incident", told(incident.id)), _head(incident, refs))
    if facts.cut_at is not None:
        yield ""
        yield f"**The journal has more events of this time than were read. They were read up to {when(facts.cut_at)}."
        yield f"Every number is *at least*** {refs.all(facts.events)}."
    yield from _section("Summary")
    yield f"* {title}, {incident.cls}: {wrong}"
    yield f"* Lasted: {timeline.duration(incident, refs)}."
    yield from impact.summary(facts, refs)
    yield from _section("Timeline (UTC)")
    yield from timeline.timeline(incident, refs)
    yield ""
    yield from timeline.after(incident, refs)
    yield from _section("Root cause")
    yield f"{incident.cls}: {wrong}"
    yield ""
    yield from timeline.evidence(incident, refs)
    yield ""
    yield from impact.causes(facts, refs)
    yield from _section("Impact")
    yield from impact.impact(facts, refs)
    yield from _section("Correlation and request ids")
    yield from timeline.requests_named(incident, refs)
    yield ""
    yield from impact.requests(facts, refs)
    yield from _section("Action items")
    yield from _actions(incident, facts, refs)
    yield from _section("Appendix: rows that are cited")
    yield from refs.list_rows()
    yield from _section("Appendix: queries")
    yield f"Each is asked of the events that were finished from {iso(facts.first)} to {iso(facts.last)}, and of how their"
    yield f"effects ended until {iso(facts.until)}."
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
        f"{incident.stage} {refs.rows(c for _, c in _ended(incident))}".rstrip(),
    )
    yield "lasted", timeline.duration(incident, refs)
    yield "detected by", timeline.detection(incident, refs)


def _actions(incident: Incident, facts: Facts, refs: References) -> list[str]:
    because = refs.rows(timeline.cause(incident)) or "what is wrong"
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
    ended = _ended(incident)
    if not ended:
        return NOT_KNOWN
    return f"{day(ended[0][0] + timedelta(days=action.days))} {refs.row(ended[0][1])}"


def _ended(incident: Incident) -> list[tuple[datetime, Cited]]:
    """The last time that it was resolved, or else closed; none when no row says so."""
    return (moments(incident, Step.RESOLVED) or moments(incident, Step.CLOSED))[-1:]
