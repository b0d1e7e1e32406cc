"""Random edits on both sides, webhooks late, lost, doubled and overtaken, and environments that die: both sides end equal.

It needs what carries a page's change to its row as well as what carries a row's to its page.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.mirror.database import Database
from steward.state import State
from tests.integration.mirror.side_by_side import OPTIONS, SideBySide, side_by_side
from tests.integration.stand import Death

PAGES = 2
VALUES: dict[str, list[Any]] = {
    "name": ["Plan", "Build", "Ship"],
    "status": list(OPTIONS),
    "priority": ["Low", "High", None],
    "due": ["2026-12-01", "2026-12-24", None],
}
PROPERTIES = {"name": "Name", "status": "Status", "priority": "Priority", "due": "Due"}

EDITS = st.sampled_from([(column, value) for column, values in VALUES.items() for value in values])
PLACES = st.integers(0, PAGES - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("page"), PLACES, EDITS, st.sampled_from(["now", "now", "twice", "later", "lost"])),
        st.tuples(st.just("row"), PLACES, EDITS, st.sampled_from(["in time", "in time", "forgets"])),
        st.tuples(st.just("tick"), st.sampled_from(["settle", "mirror", "mirror", "sweep"])),
        st.tuples(st.just("deliver"), st.integers(0, 9)),
        st.tuples(st.just("pass"), st.sampled_from([1, 20, 90, 700])),
        st.tuples(st.just("die"), st.integers(1, 25)),
    ),
    min_size=5,
    max_size=30,
)


class World:
    """What happens to the two sides."""

    def __init__(self, sides: SideBySide) -> None:
        self.sides, self.stand = sides, sides.stand
        self.pages = [sides.linked("Plan", Priority="Low") for _ in range(PAGES)]
        self.edits_of_rows = self.deaths = 0
        self.writes = sides.writes()
        self._held: list[dict[str, Any]] = []
        self._told = len(self.stand.notion.requests(method="PATCH"))
        self._dies_in = 0

    def play(self, steps: list[tuple[Any, ...]]) -> None:
        """Let a history happen."""
        for name, *arguments in steps:
            getattr(self, f"_do_{name}")(*arguments)
            self._work()

    def finish(self) -> None:
        """Let everything arrive, be found and be carried over."""
        self._dies_in = 0
        while self._held:
            self._do_deliver(0)
            self._work()
        for _ in range(2):
            self.stand.clock.sleep(1200)
            self._do_tick("sweep")
            self._work()
            for _ in range(4):
                self._minute()
        self.stand.clock.sleep(3600)
        for _ in range(6):
            self._minute()

    def may_die(self) -> None:
        """Die if it is time to."""
        if self._dies_in:
            self._dies_in -= 1
            if not self._dies_in:
                self.deaths += 1
                raise Death

    def _minute(self) -> None:
        self.stand.clock.sleep(60)
        for tick in ("settle", "mirror"):
            self._do_tick(tick)
            self._work()

    def _do_page(self, number: int, edit: tuple[str, Any], fate: str) -> None:
        page, (column, value) = self.pages[number], edit
        self.sides.edit(page, **{PROPERTIES[column]: value})
        shown = self.stand.notion.page(page)["properties"][PROPERTIES[column]]["id"]
        payload = self.stand.payload(page)
        payload["data"]["updated_properties"] = [shown]
        self._tell(payload, fate)

    def _do_row(self, number: int, edit: tuple[str, Any], how: str) -> None:
        page, (column, value) = self.pages[number], edit
        said: Any = OPTIONS[value] if column == "status" else value
        if column == "due" and value:
            said = date.fromisoformat(value)
        self.edits_of_rows += 1
        if how == "in time":
            self.sides.change(page, at=None, **{column: said})
        else:
            long_ago = self.sides.now - timedelta(days=2)
            statement = f"UPDATE projects SET {column} = %s, updated_at = %s WHERE notion_page_id = %s"  # noqa: S608 - of VALUES
            self.sides.sql(statement, said, long_ago, page)

    def _do_tick(self, kind: str) -> None:
        self.stand.tick(kind)

    def _do_deliver(self, number: int) -> None:
        if self._held:
            self._deliver(self._held.pop(number % len(self._held)))

    def _do_pass(self, seconds: int) -> None:
        self.stand.clock.sleep(seconds)

    def _do_die(self, after: int) -> None:
        self._dies_in = after

    def _tell(self, payload: dict[str, Any], fate: str) -> None:
        if fate in ("now", "twice"):
            self._deliver(payload)
        if fate in ("twice", "later"):
            self._held.append({**payload, "attempt_number": 2})

    def _deliver(self, payload: dict[str, Any]) -> None:
        assert self.stand.deliver(json.dumps(payload).encode()) == 200

    def _work(self) -> None:
        self.stand.work(limit=60)
        patches = self.stand.notion.requests(method="PATCH")
        for request in patches[self._told :]:  # Notion tells of our own writes, too
            bot = [{"id": self.stand.notion.bot_id, "type": "bot"}]
            self._tell(self.stand.payload(request["path"].rpartition("/")[2], authors=bot), "now")
        self._told = len(patches)


@contextmanager
def mortal(world: World) -> Iterator[None]:
    """Environments may die before and after every transaction and every step of an effect."""

    def around(original: Callable[..., Any], ours: Database | None = None) -> Callable[..., Any]:
        def call(first: Any, *arguments: Any, **more: Any) -> Any:
            if first is ours:
                return original(first, *arguments, **more)
            world.may_die()
            result = original(first, *arguments, **more)
            world.may_die()
            return result

        return call

    with (
        patch.object(State, "advance", around(State.advance)),
        patch.object(State, "add", around(State.add)),
        patch.object(State, "commit", around(State.commit)),
        patch.object(Database, "run", around(Database.run, world.sides.database)),
    ):
        yield


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path) -> Iterator[SideBySide]:
    with side_by_side(mirror_dsn, tmp_path) as made:
        yield made


@pytest.mark.req("A7", "A8", "P7")
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_both_sides_end_equal_with_no_more_writes_than_edits(
    sides: SideBySide, steps: list[tuple[Any, ...]]
) -> None:
    world = World(sides)
    with mortal(world):
        world.play(steps)
        world.finish()
    for page in world.pages:
        assert sides.shows(page) == sides.says(page), sides.sql(
            "SELECT action, details FROM audit_logs WHERE resource_id = %s ORDER BY created_at",
            f"row of {page}",
        )
    # Whoever dies between a write and its note looks first, and writes again only what is not there.
    assert sides.writes() - world.writes <= world.edits_of_rows + world.deaths

    writes = sides.writes()
    world.finish()
    assert sides.writes() == writes
    for page in world.pages:
        sides.stand.notion.delete_forever(page)
    sides.sql("DELETE FROM projects")
