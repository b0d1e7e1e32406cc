"""The impact of an incident in numbers, as lines of a draft; each number with the rows that it comes from. Pure."""

from collections.abc import Iterator

from triage.post_mortem.facts import BY_KIND, MOST_IDS, Facts, Found, Ranked
from triage.post_mortem.markdown import NOT_KNOWN, lasting, table, told, when
from triage.post_mortem.queries import DELAYED, LATE, LATE_REMINDER, Query, Selection
from triage.post_mortem.references import References

MOST_CAUSES = 10


def summary(facts: Facts, refs: References) -> Iterator[str]:
    """The impact in sentences."""
    half = f", half of them by up to {_rank(facts.p50, facts, refs)}" if facts.p50 else ""
    most = f", 99 of 100 by up to {_rank(facts.p99, facts, refs)}" if facts.p99 else ""
    yield f"* Events delayed: {_number(facts.delayed, refs)}{half}{most}."
    yield f"* Notices late: {_number(facts.late, refs)}, people whom they are for: {facts.people} {refs.query(facts.late)}."
    yield f"* Webhooks missed and healed by the sweep: {_number(facts.missed, refs)}."
    yield f"* Data loss: {data_loss(facts, refs)}."


def data_loss(facts: Facts, refs: References) -> str:
    """What was not done, or that nothing was left undone."""
    failed, skipped, still_open = (
        facts.operations[Query(s)] for s in (Selection.FAILED, Selection.SKIPPED, Selection.OPEN)
    )
    verdict = "none"
    if facts.parked.count + failed.count + skipped.count:
        verdict = "not everything was done"
    elif facts.cut_at is not None or (still_open.count and facts.endings_cut_at is not None):
        verdict = NOT_KNOWN
    elif still_open.count:
        verdict = "none known"
    return (
        f"{verdict}; events among the dead letters: {_number(facts.parked, refs)}, "
        f"operations refused for good: {_number(failed, refs)}, "
        f"operations of which nobody can tell: {_number(skipped, refs)}, "
        f"operations still open: {_number(still_open, refs)}"
    )


def impact(facts: Facts, refs: References) -> Iterator[str]:
    """The section of the numbers."""
    yield f"An event counts as *delayed* when it was finished more than {DELAYED} s after it was received: without trouble it"
    yield "takes a few seconds, and whatever an incident holds is hidden for a minute at least."
    yield f"A notice counts as *late* when people were told more than {LATE} s after that ({LATE_REMINDER // 60} min for a reminder), or are not"
    yield "told yet and so much time is over; a digest takes two minutes without trouble."
    yield f"What was still open when its event was finished counts as it ended, and as open where it had not by {when(facts.until)} {refs.query(facts.events)}."
    if facts.endings_cut_at is not None:
        yield f"**The journal has more ends than were read; after {when(facts.endings_cut_at)} what counts as open may have ended** {refs.query(facts.events)}."
    yield ""
    rows: list[tuple[str, str]] = [
        ("Events finished in the time that was read", _number(facts.events, refs)),
        ("Events delayed", _number(facts.delayed, refs)),
        ("Delay of these, p50", _rank(facts.p50, facts, refs)),
        ("Delay of these, p99", _rank(facts.p99, facts, refs)),
        ("Delay of these, longest", _rank(facts.longest, facts, refs)),
        ("Notices late", _number(facts.late, refs)),
        ("People whom these are for", f"{facts.people} {refs.query(facts.late)}"),
        ("Webhooks missed, healed by the sweep", _number(facts.missed, refs)),
        ("Vendor calls spent on these events", f"{facts.calls} {refs.query(facts.events)}"),
        ("Data loss", data_loss(facts, refs)),
    ]
    yield from table(("what", "number, and where it is from"), rows)
    yield ""
    yield "### Operations by kind"
    yield ""
    yield from _operations(facts, refs)


def causes(facts: Facts, refs: References) -> Iterator[str]:
    """What the journal says went wrong, counted."""
    if not facts.causes:
        yield f"What events and operations failed with: {NOT_KNOWN}; no row that was read names it {refs.query(facts.events)}."
        return
    rows = [(told(c.query.detail), _number(c, refs)) for c in facts.causes[:MOST_CAUSES]]
    yield from table(("events and operations that failed or wait with", "how many"), rows)
    more = facts.causes[MOST_CAUSES:]
    if more:
        yield ""
        yield f"And {len(more)} more causes {refs.query(facts.events)}."


def requests(facts: Facts, refs: References) -> Iterator[str]:
    """Ids for the vendor's support, from the journal's rows."""
    if not facts.requests:
        yield f"In the rows of the events: {NOT_KNOWN}; none of them names one {refs.query(facts.events)}."
        return
    rows = [(told(r.query.detail), _number(r, refs)) for r in facts.requests[:MOST_IDS]]
    yield from table(("id", "named by how many events and operations"), rows)
    more = facts.requests[MOST_IDS:]
    if more:
        yield ""
        yield f"And {len(more)} more ids {refs.query(facts.events)}."


def _operations(facts: Facts, refs: References) -> Iterator[str]:
    if not facts.kinds:
        yield f"No operation is in these rows {refs.query(facts.events)}."
        return
    rows = [
        (
            told(kind) if kind else NOT_KNOWN,
            *(_number(facts.operations[Query(s, kind)], refs) for s in BY_KIND),
        )
        for kind in facts.kinds
    ]
    yield from table(("kind", "late", "failed", "retried", "skipped, unsure", "still open"), rows)


def _number(found: Found, refs: References) -> str:
    return f"{found.count} {refs.all(found)}"


def _rank(ranked: Ranked | None, facts: Facts, refs: References) -> str:
    if ranked is None:
        return f"{NOT_KNOWN}: no event was delayed {refs.query(facts.delayed)}"
    return f"{lasting(ranked.seconds)} {refs.row(ranked.cited)} {refs.query(facts.delayed)}"
