"""A5: a deadline is reminded of once a person, task and due date: ahead of it, and up a ladder while it is overdue.

The assignees are told by comment and message, the lead in the same ways, the channel by a message. Planned by a run of the
rule's time of day, see ``processor.remind``, not by a change of the page; each reminder is known by the due day, the rung
and the person, so that a date that moves is a new one.

While Notion can't be asked, the run looks at what is remembered: it says how old that is, and plans no comments.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from processor.automations.change import Draft
from processor.automations.filters import ASSIGNEE, fits, fitting
from processor.automations.people import listed, named, ways_to
from steward.claims import among, assigned, due_on, hold, lives_in, outside
from steward.due import due_day
from steward.effects import Kind
from steward.ladder import Ladder, Rung
from steward.pages import Person
from steward.rules import DataSource, DeadlineRule, Rules
from steward.snapshots import Snapshot
from steward.words import PageLink, Part, Text, Words

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One run of one rule.

    Attributes:
        rules: the whole file.
        source: the data source.
        ladder: the rule, in the calendar of its data source.
        day: the day whose run it is.
        now: our clock.
        remembered: Notion can't be asked.
    """

    rules: Rules
    source: DataSource
    ladder: Ladder
    day: date
    now: datetime
    remembered: bool = False

    @property
    def rule(self) -> DeadlineRule:
        """The rule."""
        return self.ladder.rule


@dataclass(frozen=True, slots=True)
class Reminder:
    """One person, or a channel, reminded of one due date: told in all of these ways, or in none.

    Attributes:
        key: what it is known by, the same for all its drafts.
        drafts: the ways.
    """

    key: str
    drafts: tuple[Draft, ...]


def occasions(rules: Rules, now: datetime, *, remembered: bool = False) -> Iterator[Occasion]:
    """The runs whose time has come, of every rule at most the last one.

    Args:
        rules: the whole file.
        now: our clock.
        remembered: Notion can't be asked.
    """
    for source in rules.data_source:
        for rule in source.of_kind(DeadlineRule):
            ladder = Ladder.of(rule, rules.calendar_for(source))
            day = ladder.run_at(now)
            if day is not None:
                yield Occasion(rules, source, ladder, day, now, remembered)


def reminders(page: Snapshot, occasion: Occasion) -> Iterator[Reminder]:
    """Everybody who has to be reminded of a page, whether they have been already or not."""
    rule, ladder = occasion.rule, occasion.ladder
    due = due_day(page.values.get("due"), ladder.calendar.zone)
    if due is None or not fits(page, rule.where):
        return
    claims = (
        lives_in(occasion.source.id),
        due_on(due, ladder.calendar.zone),
        *((outside("status", rule.done),) if rule.done else ()),
        *_fitting(page, rule),
    )
    if not hold(claims, page):
        return
    for rung in ladder.reached(due, occasion.day):
        notice = _Notice(page, occasion, due, rung, claims)
        yield from (r for r in notice.reminders() if r.drafts)


def _fitting(page: Snapshot, rule: DeadlineRule) -> Iterator[str]:
    """That the page goes on being one that the rule means: another value that it also means cancels nothing."""
    for role, names in rule.where.items():
        if role == ASSIGNEE:
            yield from fitting(page, {role: names})
        else:
            yield among(role, names)


@dataclass(frozen=True, slots=True)
class _Notice:
    page: Snapshot
    occasion: Occasion
    due: date
    rung: Rung
    claims: tuple[str, ...]

    def reminders(self) -> Iterator[Reminder]:
        people = self.page.assignees or ()
        match self.rung:
            case Rung.LEAD:
                lead = self.occasion.rules.lead_for(self.occasion.source)
                if lead is not None:
                    yield self._to(named(lead), self.claims, self._whose(people))
            case Rung.CHANNEL:
                yield self._to_channel(people)
            case _:
                for person in people:
                    yield self._to(person, (*self.claims, assigned(person.id)), ())

    def _to(self, person: Person, claims: tuple[str, ...], whose: Words) -> Reminder:
        rule, key = self.occasion.rule, self._key(person.id)

        def draft(kind: Kind, words: Words, channel: str = "") -> Draft:
            return Draft(kind, key, words, claims, person, channel, rule.urgent, not_before=self.occasion.now)

        drafts: list[Draft] = []
        if rule.comment and not self.occasion.remembered and "@" not in person.id:
            # Without the others: to name them would be to call them here. An address can't be mentioned.
            drafts.append(draft(Kind.COMMENT, (person, Text(f", this task {self._when()}."))))
        about = (self._link(), Text(f" {self._when()}"), *whose, *self._as_of())
        if rule.slack:
            drafts.append(draft(Kind.MESSAGE, (*self._known([person]), Text(": "), *about), self._channel()))
        for kind in ways_to(person, rule):
            instead = self._channel() if kind is Kind.DIRECT and not rule.slack else ""
            drafts.append(draft(kind, about, instead))
        return Reminder(key, tuple(drafts))

    def _to_channel(self, people: Sequence[Person]) -> Reminder:
        rule, key = self.occasion.rule, self._key("")
        words = (self._link(), Text(f" {self._when()}"), *self._whose(people), *self._as_of())
        channel, now = rule.overdue.slack_channel or self._channel(), self.occasion.now
        draft = Draft(Kind.MESSAGE, key, words, self.claims, None, channel, rule.urgent, not_before=now)
        return Reminder(key, (draft,) if rule.slack else ())

    def _key(self, person_id: str) -> str:
        return f"{self.due.isoformat()}/{self.rung}/{person_id}"

    def _channel(self) -> str:
        return self.occasion.rules.channel_for(self.occasion.source, self.occasion.rule)

    def _link(self) -> PageLink:
        return PageLink(self.page.title, self.page.url)

    def _when(self) -> str:
        return when(self.due, self.occasion.ladder.calendar.today(self.occasion.now))

    def _whose(self, people: Sequence[Person]) -> Words:
        if not people:
            return (Text("; nobody is assigned"),)
        return (Text("; assigned to "), *self._known(listed(people)))

    def _known(self, parts: Iterable[Part]) -> Words:
        """People; while Notion can't be asked, who is known by name is not looked up."""
        if not self.occasion.remembered:
            return tuple(parts)
        return tuple(
            Text(p.name, strong=True) if isinstance(p, Person) and p.name is not None else p for p in parts
        )

    def _as_of(self) -> Words:
        if not self.occasion.remembered:
            return ()
        seen = self.page.observed_at
        age = "when Steward last looked" if seen is None else f"{ago(self.occasion.now - seen)} ago"
        return (Text(f" (as of {age}, because Notion can't be asked)"),)


def when(due: date, today: date) -> str:
    """``is due tomorrow (Fri 27 Nov)``, ``was due on Mon 23 Nov, 3 days ago``; the year only where it is another."""
    day = f"{_DAYS[due.weekday()]} {due.day} {_MONTHS[due.month - 1]}"
    shown = day if due.year == today.year else f"{day} {due.year}"
    match (due - today).days:
        case 0:
            return f"is due today ({shown})"
        case 1:
            return f"is due tomorrow ({shown})"
        case -1:
            return f"was due yesterday ({shown})"
        case days if days > 0:
            return f"is due in {days} days ({shown})"
        case days:
            return f"was due on {shown}, {-days} days ago"


def ago(age: timedelta) -> str:
    """``5 min``, ``3 h``, ``2 days``: rounded down, at least a minute."""
    minutes = max(int(age.total_seconds()) // 60, 1)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
