"""A model of who has to be told what, kept apart from the code that tells: it knows the rules as README words them.

It reads a log entry by entry. What Steward takes for true makes tellings owed, or makes owed ones untrue; what is told has
to be owed, and is owed no more. Some orders of dying and gathering may be told either way: such a telling is allowed, and
not owed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.integration.tellings import Cause, Entry, Facts, Seen, Told, Worked

LATEST_CLAIM = timedelta(hours=24)
"""Notion's last retry: an event that is older than that before a first sight is no claim about it."""

ROUNDING = timedelta(seconds=4)
"""Two moments so near to each other may be taken in either order."""

Key = tuple[str, str, str, str]
"""Page, where, what, detail: as in ``Told``."""


class Broken(AssertionError):
    """A promise was broken."""


@dataclass
class _Page:
    facts: Facts
    first_seen: datetime
    silent: set[str] = field(default_factory=set)
    creation_silent: bool = False


class Model:
    """Follows a log and raises ``Broken`` where it can't have come from a Steward that keeps its promises.

    Args:
        before: the pages that Steward was shown before anything happened.
        lead: whom an escalation names.
    """

    def __init__(self, before: Iterable[str], lead: str) -> None:
        self._before = set(before)
        self._lead = lead
        self._pages: dict[str, _Page] = {}
        self._owed: dict[Key, bool] = {}
        self._new: set[Key] = set()
        self._dropped: set[Key] = set()
        self._lapsed: dict[Key, bool] = {}
        self._reminded = Counter[tuple[str, ...]]()
        self._shaken = False

    def follow(self, log: Iterable[Entry]) -> None:
        """Follow a log."""
        for entry in log:
            match entry:
                case Seen():
                    self._see(entry)
                case Told():
                    self._tell(entry)
                case Worked():
                    self._end(entry)

    def facts(self, page: str) -> Facts | None:
        """What Steward takes a page for."""
        return self._pages[page].facts if page in self._pages else None

    def never_told(self) -> list[Key]:
        """What is owed and was not told."""
        return [key for key, must in self._owed.items() if must]

    def never_reminded(self, day: date) -> Iterator[tuple[str, str]]:
        """Pages and people whom the run of a day, a working day, had to remind and did not."""
        for page_id, page in self._pages.items():
            due = date.fromisoformat(page.facts.due) if page.facts.due else None
            if due is None or not page.facts.there or page.facts.status == "Done":
                continue
            first_late = due + timedelta(days=1)
            while first_late.weekday() > 4:
                first_late += timedelta(days=1)
            what = "ahead" if due == day + timedelta(days=1) else "overdue" if first_late == day else None
            for person in (page.facts.people or ()) if what else ():
                told = [
                    self._reminded[(page_id, where, what or "", person, str(due))]
                    for where in ("page", "#tasks")
                ]
                if told != [1, 1]:
                    yield page_id, person

    def _see(self, seen: Seen) -> None:
        page, after = self._pages.get(seen.page), seen.facts
        before = page.facts if page else None
        if before != after and not _agree(after, seen.truth):
            raise Broken(f"taken for true and is not: {seen}")
        if page is None:
            page = self._pages[seen.page] = _Page(after, seen.now)
            self._meet(seen, page)
        else:
            self._late_claim(seen, page)
            self._found_late(seen, page)
        page.facts = after
        if not after.there:
            self._go(seen.page, before, page)
            return
        if before is not None and not before.there:
            self._come_back(seen.page, after)
        self._people(seen, before, page)
        if before is not None and None not in (before.status, after.status) and before.status != after.status:
            self._status(seen.page, f"{before.status} {after.status}", str(after.status))

    def _meet(self, seen: Seen, page: _Page) -> None:
        found_new = seen.cause.kind == "sweep" and seen.page not in self._before
        page.creation_silent = seen.facts.there
        if seen.facts.there and (seen.cause.kind == "page.created" or found_new):
            self._create(seen.page, page, must=True)

    def _create(self, page_id: str, page: _Page, *, must: bool) -> None:
        page.creation_silent = page.creation_silent and not must
        self._owe(page_id, "#tasks", "created", must=must)
        self._owe(page_id, "page", "welcome", must=must)
        self._owe(page_id, "page", "write", must=must)

    def _late_claim(self, seen: Seen, page: _Page) -> None:
        """An event that tells of a time before the first sight has told what was kept silent about then."""
        if seen.cause.page != seen.page or not seen.facts.there:
            return
        must = _is_before(seen.cause, page)
        if must is None:
            return
        if seen.cause.claims:
            for person in sorted(page.silent & (seen.facts.people or frozenset())):
                self._assigned(seen.page, person, must=must)
            page.silent -= page.silent if must else set()
        if seen.cause.kind == "page.created" and page.creation_silent:
            self._create(seen.page, page, must=must)

    def _found_late(self, seen: Seen, page: _Page) -> None:
        """The sweep tells of the creation of a page of which only later events had told."""
        if seen.cause.kind != "sweep" or seen.page in self._before or not page.creation_silent:
            return
        if seen.facts.there:
            for person in sorted(page.silent & (seen.facts.people or frozenset())):
                self._assigned(seen.page, person, must=True)
            page.silent.clear()
            self._create(seen.page, page, must=True)

    def _people(self, seen: Seen, before: Facts | None, page: _Page) -> None:
        now = seen.facts.people or frozenset()
        if before is None or before.people is None:
            claimed = seen.cause.page == seen.page and seen.cause.claims
            if claimed or (before is None and seen.cause.kind == "sweep" and seen.page not in self._before):
                for person in now:
                    self._assigned(seen.page, person, must=True)
            else:
                page.silent = set(now)
                page.first_seen = seen.now
            return
        for person in now - before.people:
            self._cancel((seen.page, "#tasks", "removed", person))
            self._assigned(seen.page, person, must=True)
        for person in before.people - now:
            self._removed(seen.page, person)
            page.silent.discard(person)

    def _assigned(self, page_id: str, person: str, *, must: bool) -> None:
        for where in ("page", "#tasks"):
            self._owe(page_id, where, "assigned", person, must=must)

    def _removed(self, page_id: str, person: str) -> None:
        self._cancel((page_id, "page", "assigned", person))
        message = (page_id, "#tasks", "assigned", person)
        waited = self._cancel(message)
        sure = not self._shaken and message not in self._dropped
        if not waited or not sure:
            self._owe(page_id, "#tasks", "removed", person, must=not waited and sure)

    def _status(self, page_id: str, step: str, became: str) -> None:
        for key in [k for k in self._owed if k[0] == page_id and k[2] in ("status", "escalation")]:
            if not key[3].endswith(became):
                self._cancel(key)
        self._owe(page_id, "#tasks", "status", step)
        if became == "Blocked":
            self._owe(page_id, "page", "status", step)
            self._owe(page_id, "#team", "escalation", f"{self._lead} {step}")

    def _go(self, page_id: str, before: Facts | None, page: _Page) -> None:
        page.silent, page.creation_silent = set(), False
        if before is not None and not before.there:
            return
        said_nothing = (page_id, "#tasks", "created", "") in self._owed
        for key in [k for k in self._owed if k[0] == page_id]:
            self._lapsed[key] = self._owed[key]
            self._cancel(key)
            self._dropped.add(key)
        if before is not None and (not said_nothing or self._shaken):
            self._owe(page_id, "#tasks", "deleted", must=not said_nothing and not self._shaken)

    def _come_back(self, page_id: str, facts: Facts) -> None:
        said_nothing = self._cancel((page_id, "#tasks", "deleted", ""))
        for key in [k for k in self._lapsed if k[0] == page_id]:
            must = self._lapsed.pop(key) and not self._shaken
            if _is_true(key, facts):
                self._owe(*key, must=must)
                said_nothing = said_nothing or key[2] in ("created", "back")
        if not said_nothing or self._shaken:
            self._owe(page_id, "#tasks", "back", must=not said_nothing and not self._shaken)

    def _owe(self, page_id: str, where: str, what: str, detail: str = "", *, must: bool = True) -> None:
        key = (page_id, where, what, detail)
        self._owed[key] = self._owed.get(key, False) or must
        self._dropped.discard(key)
        self._new.add(key)

    def _cancel(self, key: Key) -> bool:
        self._new.discard(key)
        return self._owed.pop(key, None) is not None

    def _tell(self, told: Told) -> None:
        if told.what in ("ahead", "today", "overdue"):
            self._remind(told)
        elif not self._cancel((told.page, told.where, told.what, told.detail)):
            raise Broken(f"told twice, or not true: {told}")

    def _remind(self, told: Told) -> None:
        facts = self._pages[told.page].facts
        person, _, when = told.detail.partition(" ")
        due = date.fromisoformat(facts.due) if facts.due else None
        true = facts.there and facts.status != "Done" and person in (facts.people or ())
        if not true or due is None or f"{due:%a} {due.day} {due:%b}" not in when:
            raise Broken(f"reminded of what is not so: {told}, {facts}")
        key = (told.page, told.where, told.what, person, str(due))
        self._reminded[key] += 1
        if self._reminded[key] > 1:
            raise Broken(f"reminded twice: {told}")

    def _end(self, worked: Worked) -> None:
        for key in self._owed:
            if key[0] in worked.trashed and key[1] == "page":
                self._owed[key] = (
                    False  # Notion takes nothing for what is in the trash, whether we know it or not
                )
        if not worked.done:
            self._shaken = True
            return
        page_id, page = worked.cause.page, self._pages.get(worked.cause.page or "")
        late = [k for k in self._new if k[0] == page_id and k[1] == "page" and self._owed.get(k)]
        self._new.clear()
        if late:
            raise Broken(f"not done by the event that showed it: {late}")
        if page is not None and worked.cause.claims and page.silent and _is_before(worked.cause, page):
            raise Broken(f"kept silent about, although an event said that it was news: {worked}")


def _is_true(key: Key, facts: Facts) -> bool:
    _, _, what, detail = key
    if what in ("assigned", "removed"):
        return (detail in (facts.people or ())) is (what == "assigned")
    if what in ("status", "escalation"):
        return detail.endswith(str(facts.status))
    return what != "deleted"


def _agree(facts: Facts, truth: Facts) -> bool:
    return facts == truth if facts.there and truth.there else facts.there == truth.there


def _is_before(cause: Cause, page: _Page) -> bool | None:
    """Whether an event tells of a time before a page's first sight; False when that can't be told, None when not."""
    if cause.at is None or not page.first_seen - LATEST_CLAIM <= cause.at <= page.first_seen + ROUNDING:
        return None
    return cause.at <= page.first_seen - ROUNDING
