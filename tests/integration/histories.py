"""Random histories, and the world in which they happen: Steward on a stand, and a log of what came of them.

The log has what Steward took for true, each time that it committed it, and what people were told, in the order in which
both happened. Tellings are read from the simulated Notion and Slack, never from Steward's own books.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from steward.effects import Effect
from steward.snapshots import Snapshot
from steward.state import State
from tests.integration.history_steps import PAGES, STATUSES, Step
from tests.integration.stand import Death, Stand
from tests.integration.tellings import ASSIGNEE, DUE, STATUS, Cause, Entry, Facts, Reader, Seen, Worked

MOST_STEPS = 60
"""In which the lane has to come to rest."""


class World:
    """A stand to which a history happens. Use it ``with watched(stand)``."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.log: list[Entry] = []
        self.people = [stand.demo.ann, stand.demo.ben, stand.demo.chloe, stand.demo.eve]
        self.reader = Reader(stand)
        for task in stand.demo.tasks.values():
            stand.notion.delete_forever(task)
        self.cause = Cause("sweep", None, None, frozenset())
        self._names = {ASSIGNEE: "Assignee", STATUS: "Status", DUE: "Due"}
        self._held: list[dict[str, Any]] = []
        self._writes = 0
        self._dies_in: int | None = None
        self.pages = [self._add(n) for n in range(PAGES)]

    def _add(self, number: int, *people: str) -> str:
        names = self._names
        values = {"Name": f"Task {number}", names[STATUS]: STATUSES[0], names[ASSIGNEE]: list(people)}
        return self.stand.notion.add_page(self.stand.demo.data_source_id, values, by=self.stand.demo.ben)

    def begin(self) -> None:
        """Let Steward see what is there before anything happens."""
        self.stand.clock.sleep(600)
        self._tick("sweep")
        self.stand.clock.sleep(600)
        self._tick("sweep")

    def play(self, history: list[Step]) -> None:
        """Let a history happen."""
        for operation, number, value, fate, pause in history:
            self.stand.clock.sleep(pause)
            getattr(self, f"_do_{operation}")(number, value, fate)

    def finish(self) -> None:
        """Deliver what is left, and let all of it be found and told."""
        self._dies_in = None
        while self._held:
            self._deliver(self._held.pop())
        self._work()
        self.rest()
        self.morning()
        self.rest()

    def rest(self) -> None:
        """Twice as long as Steward needs to find and tell everything, when nobody does anything."""
        for _ in range(2):
            self.stand.clock.sleep(900)
            self._tick("sweep")
            for _ in range(3):
                self.stand.clock.sleep(240)
                self._tick("settle")

    def morning(self) -> None:
        """Let it be nine o'clock on the next working day."""
        now = self.stand.clock.now()
        days = (now + timedelta(days=n) for n in range(1, 4))
        at = next(day for day in days if day.weekday() < 5).replace(hour=9, minute=0, second=0, microsecond=0)
        self.stand.clock.sleep((at - now).total_seconds())
        self._tick("remind")

    def truth(self, page: str) -> Facts:
        """A page as it is in Notion."""
        return Facts.of_page(self.stand.notion.page(page))

    # What people do.

    def _do_assign(self, number: int, value: Any, fate: str) -> None:
        self._edit(number, ASSIGNEE, [self.people[n] for n in value], fate)

    def _do_status(self, number: int, value: Any, fate: str) -> None:
        self._edit(number, STATUS, value, fate)

    def _do_due(self, number: int, value: Any, fate: str) -> None:
        self._edit(number, DUE, value, fate)

    def _do_title(self, number: int, value: Any, fate: str) -> None:
        self._edit(number, "title", f"{value} {number}", fate)

    def _edit(self, number: int, prop: str, value: object, fate: str) -> None:
        page = self._page(number)
        if self.truth(page).there:
            name = self._names.get(prop, "Name")
            self.stand.notion.edit(page, properties={name: value}, by=self.stand.demo.ben, silent=True)
            self._tell(page, fate, "page.properties_updated", [prop])

    def _do_trash(self, number: int, _: Any, fate: str) -> None:
        page = self._page(number)
        there = self.truth(page).there
        (self.stand.notion.trash if there else self.stand.notion.restore)(page, by=self.stand.demo.ben)
        self._tell(page, fate, "page.deleted" if there else "page.undeleted")

    def _do_create(self, _: int, value: Any, fate: str) -> None:
        if len(self.pages) < 2 * PAGES:
            self.pages.append(self._add(len(self.pages), *(self.people[n] for n in value)))
            self._tell(self.pages[-1], fate, "page.created")

    def _do_rename(self, _: int, value: str, fate: str) -> None:
        prop = next(p for p, name in self._names.items() if name.startswith(value))
        new = value if self._names[prop] != value else f"{value} (new)"
        self.stand.notion.update_schema(self.stand.demo.data_source_id, rename={self._names[prop]: new})
        self._names[prop] = new

    def _page(self, number: int) -> str:
        return self.pages[number] if number < PAGES else self.pages[-1]

    # What Notion, the scheduler and AWS do.

    def _tell(self, page: str, fate: str, kind: str, props: list[str] | None = None, **changes: Any) -> None:
        data = {"parent": self.stand.payload(page)["data"]["parent"]}
        payload = self.stand.payload(
            page, type=kind, data=data | {"updated_properties": props or []}, **changes
        )
        if fate in ("now", "twice"):
            self._deliver(payload)
        if fate in ("twice", "later"):
            self._held.append({**payload, "attempt_number": 2})

    def _deliver(self, payload: dict[str, Any]) -> None:
        assert self.stand.deliver(json.dumps(payload).encode()) == 200

    def _do_deliver(self, number: int, _value: Any, _fate: str) -> None:
        if self._held:
            self._deliver(self._held.pop(number % len(self._held)))

    def _do_tick(self, _: int, value: str, _fate: str) -> None:
        self._tick(value)

    def _do_morning(self, _: int, _value: Any, _fate: str) -> None:
        self.morning()

    def _do_restart(self, _: int, _value: Any, _fate: str) -> None:
        self.stand.restart()

    def _do_die(self, number: int, _value: Any, _fate: str) -> None:
        self._dies_in = number

    def _do_work(self, number: int, _value: Any, _fate: str) -> None:
        self._work(number or MOST_STEPS)

    def _tick(self, kind: str) -> None:
        self.stand.tick(kind)
        self._work()

    def _work(self, steps: int = MOST_STEPS) -> None:
        for _ in range(steps):
            record = self.stand.receive()
            if record is None:
                return
            self.cause = Cause.of(record)
            done = self.stand.invoke(record)
            self.collect()
            self.log.append(Worked(self.cause, done, self._trashed()))
            self._tell_of_our_writes()
        assert steps < MOST_STEPS, "the lane does not come to rest"

    def _tell_of_our_writes(self) -> None:
        """Notion sends an event of what our own bot wrote, too."""
        patches = self.stand.notion.requests(method="PATCH")
        for request in patches[self._writes :]:
            bot = [{"id": self.stand.notion.bot_id, "type": "bot"}]
            self._tell(
                request["path"].rpartition("/")[2], "now", "page.properties_updated", [ASSIGNEE], authors=bot
            )
        self._writes = len(patches)

    def collect(self) -> None:
        """Log what was told since."""
        self.log += self.reader.news()

    def committed(self, snapshot: Snapshot) -> None:
        """Log what was committed."""
        self.log.append(
            Seen(
                snapshot.page_id,
                Facts.of_snapshot(snapshot),
                self.truth(snapshot.page_id),
                self.cause,
                self.stand.clock.now(),
            )
        )

    def _trashed(self) -> frozenset[str]:
        return frozenset(page for page in self.pages if not self.truth(page).there)

    def may_die(self) -> None:
        """Die if it is time to."""
        if self._dies_in is not None:
            self._dies_in -= 1
            if not self._dies_in:
                self._dies_in = None
                raise Death


@contextmanager
def watched(stand: Stand) -> Iterator[World]:
    """A world whose log is kept, and in which an environment may die before and after every write to the State table."""
    world = World(stand)
    commit, advance, fold = State.commit, State.advance, State.fold

    def committing(state: State, previous: Snapshot | None, snapshot: Snapshot, *rest: Any) -> None:
        world.may_die()
        world.collect()
        commit(state, previous, snapshot, *rest)
        if snapshot.page_id in world.pages:
            world.committed(snapshot)
        world.may_die()

    def advancing(state: State, seen: Effect, becomes: Effect) -> Effect:
        world.may_die()
        moved = advance(state, seen, becomes)
        world.may_die()
        return moved

    def folding(state: State, digest: Effect, effects: Sequence[Effect]) -> None:
        world.may_die()
        fold(state, digest, effects)
        world.may_die()

    with (
        patch.object(State, "commit", committing),
        patch.object(State, "advance", advancing),
        patch.object(State, "fold", folding),
    ):
        yield world
