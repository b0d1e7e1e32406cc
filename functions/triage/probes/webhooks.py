"""Whether webhooks still come, against the usual rhythm, and against what the sweep finds that none of them brought.

The rhythm is learnt from the Journal: how many webhooks each hour of the week had, in each of the last weeks. Silence is
held against the same hours of *every* week that is known: only when each of them had several, in at least three weeks, is
it unusual. An average would call a bank holiday an outage, and a burst of bulk edits a habit. With less than three weeks
nobody knows what is usual, and nothing is said.

What the Journal can't tell from silence: events that wait on the lane, which are not finished yet. Then nothing is said
either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from steward.documents import iso, moment
from steward.journal import Journal
from steward.memory import Memory
from triage.findings import Finding, Probe, Verdict

DIALECTS = ("official", "event_type", "object", "unknown")
"""Of the Journal's rows those that a webhook brought."""

WEEKS_NEEDED = 3
WEEKS_KEPT = 6

USUAL = 5
"""Webhooks that the hours of a silence must have had in each known week."""

LOST = 3
"""Changes that the sweep found in a silence and no webhook had brought: from then on the rhythm is not needed."""

HOURS_A_LOOK = 24
"""Hours that are learnt in one look: after the first day, one an hour."""

LOOK_BACK = timedelta(days=1)
MOST_ROWS = 300
"""How far back, and over how many rows, the newest webhook is looked for in a silence."""

_HOUR = timedelta(hours=1)
_MEMORY, _LAST = "RHYTHM", "LAST_WEBHOOK"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is usual.

    Attributes:
        until: the first hour that is not learnt yet; None before the first.
        hours: hour of the week (0 is Monday 00:00 UTC) → webhooks in it, by week, the latest last.
    """

    until: datetime | None = None
    hours: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def with_hour(self, hour: datetime, count: int) -> "Rhythm":
        """The same, with one more hour; those before the first webhook ever are no habit, and not kept."""
        if not count and not self.hours:
            return Rhythm(hour + _HOUR)
        slot = hour_of_week(hour)
        kept = (*self.hours.get(slot, ()), count)[-WEEKS_KEPT:]
        return Rhythm(hour + _HOUR, {**self.hours, slot: kept})


def hour_of_week(at: datetime) -> int:
    """0 for Monday 00:00 UTC, 167 for Sunday 23:00 UTC."""
    at = at.astimezone(UTC)
    return at.weekday() * 24 + at.hour


def learn(
    rhythm: Rhythm,
    first: datetime,
    now: datetime,
    count: Callable[[datetime, datetime], int],
    most: int = HOURS_A_LOOK,
) -> Rhythm:
    """Learn the complete hours that are not learnt yet, the oldest first.

    Args:
        rhythm: as known.
        first: when the Journal began, or as far back as it is to be read.
        now: our clock.
        count: how many webhooks were finished between two times.
        most: hours that are learnt at once.
    """
    hour = _floor(max(rhythm.until or first, now - timedelta(weeks=WEEKS_KEPT)))
    for _ in range(most):
        if hour + _HOUR > now:
            break
        rhythm = rhythm.with_hour(hour, count(hour, hour + _HOUR))
        hour += _HOUR
    return rhythm


def usual_in(rhythm: Rhythm, start: datetime, end: datetime) -> int | None:
    """The least that any known week had in the complete hours of a time; None when fewer than three weeks are known."""
    hours: list[Sequence[int]] = []
    hour = _floor(start) + _HOUR
    while hour + _HOUR <= end and len(hours) < 7 * 24:
        hours.append(rhythm.hours.get(hour_of_week(hour), ()))
        hour += _HOUR
    if not hours:
        return 0
    # The hours of the silence itself are learnt, too, as they pass: they are no part of what is usual.
    past = [known[:-1] if _learnt(rhythm, start, n) else known for n, known in enumerate(hours)]
    weeks = min(len(known) for known in past)
    if weeks < WEEKS_NEEDED:
        return None
    return min(sum(known[-week] for known in past) for week in range(1, weeks + 1))


def finding_of(
    rhythm: Rhythm, last: datetime | None, lost: int, now: datetime, *, held: bool, vendor: str = "notion"
) -> Finding:
    """Whether the silence is unusual.

    Args:
        rhythm: what is usual.
        last: when the newest webhook arrived, or None when none is known.
        lost: changes since then that the sweep found and no webhook had brought.
        now: our clock.
        held: the lane holds messages, so that webhooks may have come that the Journal does not know.
        vendor: whose webhooks.
    """
    if last is None:
        return Finding(vendor, Probe.WEBHOOKS, Verdict.UNKNOWN, now, "no webhook is in the journal yet")
    silence = (now - last).total_seconds()
    usual = usual_in(rhythm, last, now)
    verdict, code, more = _judged(silence, usual, lost, held=held)
    numbers = {"silent_seconds": silence, "lost": float(lost)}
    if usual is not None:
        numbers["usual"] = float(usual)
    says = f"no webhook for {silence / 60:.0f} minutes{more}"
    return Finding(vendor, Probe.WEBHOOKS, verdict, now, says, code=code, numbers=numbers)


def _judged(silence: float, usual: int | None, lost: int, *, held: bool) -> tuple[Verdict, str | None, str]:
    """The verdict, its code, and why."""
    if silence < _HOUR.total_seconds() and lost < LOST:
        return Verdict.GOOD, None, ""
    if held:
        return Verdict.UNKNOWN, None, " in the journal, but the lane holds messages that it does not know yet"
    if lost >= LOST:
        return Verdict.BAD, "lost", f", while the sweep found {lost} changes that none had brought"
    if usual is None:
        return Verdict.UNKNOWN, None, "; what is usual at this hour is not known yet"
    if usual >= USUAL:
        return Verdict.BAD, "silent", f"; no week that is known had fewer than {usual} in these hours"
    return Verdict.GOOD, None, ", which is usual"


def remembered(memory: Memory, journal: Journal, keep_days: int, now: datetime) -> Rhythm:
    """The rhythm as it is remembered, with what happened since learnt and remembered."""
    rhythm = _recall(memory)
    first = now - min(timedelta(days=keep_days), timedelta(weeks=WEEKS_KEPT))
    for _ in range(HOURS_A_LOOK):
        # Hour by hour, because a look has little time: of a large journal it would else learn the same day for ever.
        after = learn(rhythm, first, now, lambda start, end: journal.count_between(start, end, DIALECTS), 1)
        if after == rhythm:
            break
        rhythm = after
        hours = {str(slot): list(counts) for slot, counts in rhythm.hours.items()}
        memory.remember(_MEMORY, {"until": iso(rhythm.until), "hours": hours})
    return rhythm


def last_webhook(
    memory: Memory, journal: Journal, recent: Sequence[Mapping[str, Any]], now: datetime
) -> tuple[datetime | None, int]:
    """When the newest webhook arrived, or None when nobody knows, and how many lost changes the sweep found since.

    Args:
        memory: has it where the Journal's newest rows are all the sweep's.
        journal: is asked only in a silence.
        recent: the rows of the last minutes.
        now: our clock.
    """
    last = newest_of(recent)
    if last is not None:
        return last, lost_of(recent, last)
    rows = journal.newest(now - LOOK_BACK, now, limit=MOST_ROWS)
    known = moment(memory.recall(_LAST))
    found = max((t for t in (newest_of(rows), known) if t is not None), default=None)
    if found is None:
        return None, 0
    if found != known:
        memory.remember(_LAST, iso(found))
    return found, lost_of(rows, found)


def newest_of(rows: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the newest of these rows' webhooks arrived."""
    times = [
        moment(row["received_at"])
        for row in rows
        if row.get("dialect") in DIALECTS and row.get("received_at")
    ]
    return max((t for t in times if t is not None), default=None)


def lost_of(rows: Sequence[Mapping[str, Any]], since: datetime) -> int:
    """How many changes the sweep found that happened after a time."""
    sweeps = [moment(row.get("finished_at")) for row in rows if row.get("dialect") == "sweep"]
    return sum(1 for at in sweeps if at is not None and at > since)


def _recall(memory: Memory) -> Rhythm:
    document = memory.recall(_MEMORY)
    if not isinstance(document, dict):
        return Rhythm()
    hours = {int(slot): tuple(map(int, counts)) for slot, counts in document.get("hours", {}).items()}
    return Rhythm(moment(document.get("until")), hours)


def _learnt(rhythm: Rhythm, start: datetime, number: int) -> bool:
    hour = _floor(start) + _HOUR * (number + 1)
    return rhythm.until is not None and hour < rhythm.until


def _floor(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
