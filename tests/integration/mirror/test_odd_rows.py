"""Rows as applications write them that know little of the mirror: each is followed or left, and none keeps others from it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from processor.mirroring import MOST_ROWS
from steward.mirror.audit import AuditLog
from steward.mirror.changed_rows import ChangedRows
from steward.mirror.database import Database
from steward.mirror.mapping import canonical
from steward.mirror.migrate import migrate
from steward.mirror.projects import Projects
from steward.mirror.rows import Row, Watermark
from steward.rules import MirrorRule
from steward.snapshots import Snapshot
from steward.state import State
from tests.integration.mirror.side_by_side import SideBySide, side_by_side


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path) -> Iterator[SideBySide]:
    with side_by_side(mirror_dsn, tmp_path) as made:
        yield made


@pytest.mark.req("A8")
@pytest.mark.parametrize("spelt", [str.upper, lambda page: page.replace("-", "")])
def test_a_row_that_writes_its_page_id_in_another_way_is_linked_all_the_same(
    sides: SideBySide, spelt: Callable[[str], str]
) -> None:
    page = sides.page("Plan")
    sides.link(spelt(page), name="Renamed", status="todo")
    sides.minutes(1)

    assert sides.shows(page)["name"] == "Renamed"
    assert sides.row(page)["priority"] == "Low"


@pytest.mark.req("A8")
def test_of_two_rows_that_mean_one_page_the_second_is_left_and_said(sides: SideBySide) -> None:
    page = sides.linked("Plan")
    sides.link(page.upper(), name="Another")
    sides.minutes(2)

    assert sides.shows(page)["name"] == "Plan"
    (left,) = sides.audited("project.skipped")
    assert (left["resource_id"], "another row" in left["details"]["why"]) == (f"row of {page.upper()}", True)


@pytest.mark.req("A8")
@pytest.mark.parametrize("odd", ["x" * 3000, "", " ", "../users/me"])
def test_a_row_whose_page_id_is_none_keeps_no_other_row_from_being_followed(
    sides: SideBySide, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, asked = State.snapshots, list[str]()

    def noted(state: State, page_ids: Sequence[str]) -> dict[str, Snapshot]:
        asked.extend(page_ids)
        return read(state, page_ids)

    monkeypatch.setattr(State, "snapshots", noted)
    page = sides.linked("Plan")
    sides.link(odd, name="odd")
    sides.change(page, name="Renamed")
    sides.minutes(1)

    assert sides.shows(page)["name"] == "Renamed"
    assert (
        max(map(len, asked)) < 2048
    )  # bytes of a key, beyond which DynamoDB refuses every other key with it


@pytest.mark.req("A8")
@pytest.mark.parametrize("synced", ["{", '{"due": "soon", "name": 3}'])
def test_a_row_whose_base_somebody_spoiled_is_followed_and_so_are_the_others(
    sides: SideBySide, synced: str
) -> None:
    page, other = sides.linked("Plan"), sides.linked("Other")
    sides.change(other, name="Renamed, too", synced=synced)
    sides.change(page, name="Renamed")
    sides.minutes(1)

    assert (sides.shows(page)["name"], sides.shows(other)["name"]) == ("Renamed", "Renamed, too")


@pytest.mark.req("A8", "P7")
def test_many_rows_dated_in_the_future_are_not_read_again_and_again(
    sides: SideBySide, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sides.linked("Plan")
    sides.sql(
        "INSERT INTO projects (id, updated_at) SELECT 'f' || n, %s FROM generate_series(1, 1200) AS n",
        sides.now + timedelta(days=1),
    )
    read, times = ChangedRows.since, list[int]()

    def counted(rows: ChangedRows, mark: Watermark | None, limit: int) -> tuple[list[Row], datetime]:
        times.append(limit)
        return read(rows, mark, limit)

    monkeypatch.setattr(ChangedRows, "since", counted)
    sides.change(page, name="Renamed")
    sides.minutes(1)

    assert sides.shows(page)["name"] == "Renamed"
    assert sum(times) == MOST_ROWS


@pytest.mark.req("A8")
@pytest.mark.parametrize("how", ["RENAME COLUMN priority TO old", "DROP COLUMN priority"])
def test_a_column_that_somebody_takes_away_empties_no_page(sides: SideBySide, how: str) -> None:
    page = sides.linked("Plan")
    sides.sql(f"ALTER TABLE projects {how}")
    sides.change(page, name="Renamed")
    sides.minutes(4)

    assert (sides.shows(page)["name"], sides.shows(page)["priority"]) == ("Renamed", "Low")
    assert sides.row(page)["priority"] == "Low"


@pytest.mark.req("A8")
def test_a_conflict_of_a_column_named_row_is_told_beside_what_else_the_row_took_over(
    database: Database,
) -> None:
    rule = MirrorRule.model_validate(
        {"kind": "mirror", "columns": [{"name": "row", "role": "row", "type": "text"}]}
    )
    migrate(database, {"row": "text"})
    ids = map(str, range(9))
    projects, audit = Projects({"row": "text"}, lambda: next(ids)), AuditLog(lambda: next(ids))
    base = canonical({"name": "Plan", "status": None, "row": "1"})
    there = Row(notion_page_id="p", name="Plan", values={"row": "2"}, synced=base)
    database.run("test", lambda transaction: projects.put(transaction, there))
    shown = {"name": "Renamed", "status": None, "row": "3"}
    ChangedRows(database, projects, audit).compare("e", "p", shown, rule, None, wait=False)

    told = database.run("test", lambda t: t.rows("SELECT action FROM audit_logs WHERE effect_id LIKE 'e.%%'"))
    assert sorted(row["action"] for row in told) == ["project.conflict", "project.updated"]
