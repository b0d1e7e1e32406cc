"""Random histories, and the world in which they happen: Steward on a stand, and a log of what came of them.

The log has what Steward took for true, each time that it committed it, and what people were told, in the order in which
both happened. Tellings are read from the simulated Notion and Slack, never from Steward's own books.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from steward.effects import Effect
from steward.snapshots import Snapshot
from steward.state import State
from tests.integration.rules_file import TASKS, automation
from tests.integration.stand import Death, Stand
from tests.integration.tellings import ASSIGNEE, DUE, STATUS, Cause, Entry, Facts, Reader, Seen, Worked

STATUSES = ("Not started", "In progress", "Blocked", "Done")
DAYS = (None, "2026-11-19", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26")
"""Friday, 20 November is when a history begins."""

PAGES, PEOPLE = 3, 4
MOST_STEPS = 60

_page = st.integers(0, PAGES)  # one more than there are in the beginning: the newest
_people = st.lists(st.integers(0, PEOPLE - 1), max_size=2, unique=True)
_fate = st.sampled_from(["now", "now", "twice", "later", "later", "lost"])
_pause = st.sampled_from([0, 0, 1, 5, 40, 400, 4000])

STEPS = st.one_of(
    st.tuples(st.just("assign"), _page, _people, _fate, _pause),
    st.tuples(st.just("assign"), _page, _people, _fate, _pause),
    st.tuples(st.just("status"), _page, st.sampled_from(STATUSES), _fate, _pause),
    st.tuples(st.just("due"), _page, st.sampled_from(DAYS), _fate, _pause),
    st.tuples(st.just("title"), _page, st.sampled_from(["Bug", "Paint"]), _fate, _pause),
    st.tuples(st.just("trash"), _page, st.none(), _fate, _pause),
    st.tuples(st.just("create"), st.just(0), _people, _fate, _pause),
    st.tuples(st.just("rename"), st.just(0), st.sampled_from(["Assignee", "Status", "Due"]), _fate, _pause),
    st.tuples(st.just("deliver"), st.integers(0, 9), st.none(), st.just("now"), _pause),
    st.tuples(st.just("work"), st.integers(0, 3), st.none(), st.just("now"), _pause),
    st.tuples(st.just("work"), st.just(0), st.none(), st.just("now"), _pause),
    st.tuples(
        st.just("tick"),
        st.just(0),
        st.sampled_from(["settle", "settle", "sweep", "remind"]),
        st.just("now"),
        _pause,
    ),
    st.tuples(st.just("morning"), st.just(0), st.none(), st.just("now"), _pause),
    st.tuples(st.just("restart"), st.just(0), st.none(), st.just("now"), _pause),
    st.tuples(st.just("die"), st.integers(1, 9), st.none(), st.just("now"), _pause),
)
"""Operation, its number, its value, what becomes of its webhook, and the seconds that pass before it."""

HISTORIES = st.lists(STEPS, min_size=4, max_size=30)
Step = tuple[str, int, Any, str, int]


def rules(folder: Path) -> str:
    """The path of a rules file with every kind of automation."""
    text = TASKS.replace("notices = 50", "notices = 2").replace("}\n", ', due = "Due" }\n').replace(" ,", ",")
    kinds = (
        automation("assignment", "removed = true"),
        automation("status"),
        automation(
            "status",
            'name = "blocked"\nto = ["Blocked"]\nslack = false\ncomment = true\n'
            'escalate = { to = "ben@example.com", slack_channel = "#team", direct = false }',
        ),
        automation("lifecycle", 'on = ["created", "deleted", "undeleted"]'),
        automation(
            "on_creation",
            'assign = { round_robin = ["ann@example.com", "ben@example.com"] }\n'
            'categorise = [{ set = { priority = "High" } }]\nwelcome = [{ text = "Welcome." }]',
        ),
        automation("deadline", "overdue = { assignee = 1, lead = 0, channel = 0 }"),
    )
    path = folder / "steward.toml"
    path.write_text(text + "\n".join(kinds))
    return str(path)


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
        values = {"Name": f"Task {number}", "Status": "Not started", self._names[ASSIGNEE]: list(people)}
        values[self._names[STATUS]] = values.pop("Status")
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
        for payload in [*self._held]:
            self._deliver(payload)
        self._held.clear()
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
        day = now + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        at = day.replace(hour=9, minute=0, second=0, microsecond=0)
        self.stand.clock.sleep((at - now).total_seconds())
        self._tick("remind")

    def truth(self, page: str) -> Facts:
        """A page as it is in Notion."""
        return Facts.of_page(self.stand.notion.page(page))

    def rows(self) -> dict[str, dict[str, Any]]:
        """What Steward remembers of pages and digests: by key, what changes of it."""
        schema = (f"PAGE#{self.stand.demo.data_source_id}", "SNAPSHOT")  # looked at by the hour
        items = self.stand.dynamodb.Table(self.stand.environ["STATE_TABLE"]).scan()["Items"]
        return {
            f"{i['pk']} {i['sk']}": {"status": i.get("status"), "version": i.get("version")}
            for i in items
            if i["pk"].startswith("PAGE#") and (i["pk"], i["sk"]) != schema
        }

    def writes(self) -> int:
        """How many times Steward wrote to anybody."""
        notion = [
            r for r in self.stand.notion.requests() if r["method"] != "GET" and "/query" not in r["path"]
        ]
        return len(notion) + sum(len(self.stand.messages(channel)) for channel in ("#tasks", "#team"))

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
        if self.stand.notion.page(page)["in_trash"]:
            return
        name = self._names.get(prop, "Name")
        self.stand.notion.edit(page, properties={name: value}, by=self.stand.demo.ben, silent=True)
        self._tell(page, fate, "page.properties_updated", [prop])

    def _do_trash(self, number: int, _: Any, fate: str) -> None:
        page = self._page(number)
        there = not self.stand.notion.page(page)["in_trash"]
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
            self.log.append(Worked(self.cause, done, self.stand.clock.now()))
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
                self._now(),
            )
        )

    def _now(self) -> datetime:
        return self.stand.clock.now()

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
