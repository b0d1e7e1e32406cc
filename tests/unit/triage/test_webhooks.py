"""Silence against the usual rhythm: unusual only where every known week had something, and unknown where few are known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from steward.journal import Journal
from steward.memory import Memory
from triage.findings import Finding, Verdict
from triage.probes import webhooks
from triage.probes.webhooks import Rhythm, finding_of, learn, usual_in

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


def office(hour: datetime) -> int:
    """Ten an hour from nine to five on weekdays."""
    return 10 if hour.weekday() < 5 and 9 <= hour.hour < 17 else 0


def learnt(until: datetime, weeks: int, count: Callable[[datetime], int] = office) -> Rhythm:
    rhythm, first = Rhythm(), until - timedelta(weeks=weeks)
    for _ in range(weeks * 7 + 1):
        rhythm = learn(rhythm, first, until, lambda start, _: count(start))
    assert rhythm.until == until.replace(minute=0)
    return rhythm


def found(now: datetime, silent: timedelta, rhythm: Rhythm, *, lost: int = 0, held: bool = False) -> Finding:
    return finding_of(rhythm, now - silent, lost, now, held=held)


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("now", "silent", "weeks", "verdict"),
    [
        (NOON, timedelta(minutes=20), 4, Verdict.GOOD),
        (NOON, timedelta(minutes=20), 0, Verdict.GOOD),
        (NOON, 2.5 * HOUR, 4, Verdict.BAD),
        (NOON, 2.5 * HOUR, 2, Verdict.UNKNOWN),
        (NOON, 2.5 * HOUR, 0, Verdict.UNKNOWN),
        (NOON.replace(hour=3), 8 * HOUR, 4, Verdict.GOOD),
        (NOON + timedelta(days=1), 5 * HOUR, 4, Verdict.GOOD),
        (NOON.replace(hour=10), 17 * HOUR, 4, Verdict.BAD),
    ],
    ids=[
        "a moment at noon",
        "a moment, and nothing is known",
        "noon on a weekday",
        "two weeks are too few",
        "nothing is known",
        "the night",
        "the weekend",
        "the night and an hour of work",
    ],
)
def test_silence_is_held_against_the_same_hours_of_every_week(
    now: datetime, silent: timedelta, weeks: int, verdict: Verdict
) -> None:
    before = now - silent
    rhythm = learnt(before.replace(minute=0), weeks) if weeks else Rhythm()

    assert found(now, silent, rhythm).verdict is verdict


@pytest.mark.req("T1")
def test_one_quiet_week_among_busy_ones_makes_silence_usual() -> None:
    holiday = (NOON - timedelta(weeks=2)).date()
    rhythm = learnt(NOON - 3 * HOUR, 5, lambda hour: 0 if hour.date() == holiday else office(hour))

    assert found(NOON, 2.5 * HOUR, rhythm).verdict is Verdict.GOOD


@pytest.mark.req("T1")
def test_the_silence_itself_is_learnt_and_does_not_make_itself_usual() -> None:
    rhythm = learnt(NOON - 4 * HOUR, 4)
    for hour in range(4):
        rhythm = rhythm.with_hour(NOON - (4 - hour) * HOUR, 0)

    assert found(NOON, 3.5 * HOUR, rhythm).verdict is Verdict.BAD


@pytest.mark.req("T1")
def test_what_the_sweep_found_and_no_webhook_brought_needs_no_rhythm() -> None:
    one = found(NOON, timedelta(minutes=30), Rhythm(), lost=3)

    assert (one.verdict, one.code, one.numbers["lost"]) == (Verdict.BAD, "lost", 3)
    assert found(NOON, timedelta(minutes=30), Rhythm(), lost=2).verdict is Verdict.GOOD


@pytest.mark.req("T1")
def test_while_the_lane_holds_something_nobody_knows_what_came() -> None:
    assert found(NOON, 2.5 * HOUR, learnt(NOON - 3 * HOUR, 4), held=True).verdict is Verdict.UNKNOWN
    assert found(NOON, 2.5 * HOUR, Rhythm(), lost=9, held=True).verdict is Verdict.UNKNOWN


@pytest.mark.req("T1")
def test_before_the_first_webhook_nothing_is_said() -> None:
    assert finding_of(Rhythm(), None, 0, NOON, held=False).verdict is Verdict.UNKNOWN


def test_hours_before_the_first_webhook_ever_are_no_habit() -> None:
    began = NOON - timedelta(weeks=3)
    rhythm = learnt(NOON, 6, lambda hour: office(hour) if hour >= began else 0)

    assert {len(counts) for counts in rhythm.hours.values()} == {3}
    assert usual_in(rhythm, NOON - 3 * HOUR, NOON) is None  # of these, one is the silence's own


def test_a_look_learns_a_day_at_most_and_never_an_hour_that_is_not_over() -> None:
    asked: list[datetime] = []

    def count(start: datetime, end: datetime) -> int:
        assert end - start == HOUR
        asked.append(start)
        return 1

    rhythm = learn(Rhythm(), NOON - timedelta(days=3), NOON + timedelta(minutes=30), count)
    assert (len(asked), asked[0]) == (24, NOON - timedelta(days=3))
    for _ in range(5):
        rhythm = learn(rhythm, NOON, NOON + timedelta(minutes=30), count)
    assert (asked[-1], rhythm.until) == (NOON - HOUR, NOON)


def test_more_than_six_weeks_are_not_kept() -> None:
    rhythm = learnt(NOON, 9, lambda _: 1)

    assert {len(counts) for counts in rhythm.hours.values()} == {6}


class Kept:
    """A memory that is a dictionary."""

    def __init__(self) -> None:
        self.documents: dict[str, object] = {}

    def recall(self, name: str) -> object:
        return self.documents.get(name)

    def remember(self, name: str, document: object) -> None:
        self.documents[name] = document


class Rows:
    """A journal whose newest rows are these, and whose every hour had one webhook."""

    def __init__(self, *rows: dict[str, str]) -> None:
        self.rows = list(rows)

    def newest(self, start: datetime, end: datetime, limit: int) -> list[dict[str, str]]:
        return self.rows[:limit]

    def count_between(self, start: datetime, end: datetime, dialects: object) -> int:
        return 1


def test_the_rhythm_is_remembered_and_goes_on() -> None:
    memory = Kept()
    first = webhooks.remembered(cast("Memory", memory), cast("Journal", Rows()), 90, NOON)
    later = webhooks.remembered(cast("Memory", memory), cast("Journal", Rows()), 90, NOON)

    assert first.until == NOON - timedelta(weeks=6) + timedelta(days=1)
    assert later.until == NOON - timedelta(weeks=6) + timedelta(days=2)


def test_a_look_that_ends_half_way_through_a_large_journal_has_learnt_what_it_counted() -> None:
    class Large(Rows):
        left = 5

        def count_between(self, start: datetime, end: datetime, dialects: object) -> int:
            self.left -= 1
            if self.left < 0:
                raise TimeoutError
            return 1

    memory = Kept()
    for _ in range(2):
        with pytest.raises(TimeoutError):
            webhooks.remembered(cast("Memory", memory), cast("Journal", Large()), 90, NOON)

    rhythm = webhooks.remembered(cast("Memory", memory), cast("Journal", Rows()), 90, NOON)
    assert rhythm.until == NOON - timedelta(weeks=6) + timedelta(hours=5 + 5 + 24)
    assert sum(len(counts) for counts in rhythm.hours.values()) == 5 + 5 + 24


def came(at: datetime, dialect: str = "official") -> dict[str, str]:
    return {"dialect": dialect, "received_at": at.isoformat(), "finished_at": at.isoformat()}


def test_the_last_webhook_is_remembered_beyond_what_is_read_of_the_journal() -> None:
    memory, at = cast("Memory", Kept()), NOON - 2 * HOUR
    journal = Rows(came(NOON - HOUR, "sweep"), came(at), came(at - HOUR))

    assert webhooks.last_webhook(memory, cast("Journal", journal), [], NOON) == (at, 1)
    assert webhooks.last_webhook(memory, cast("Journal", Rows()), [], NOON) == (at, 0)
    assert webhooks.last_webhook(memory, cast("Journal", Rows()), [came(NOON)], NOON) == (NOON, 0)
