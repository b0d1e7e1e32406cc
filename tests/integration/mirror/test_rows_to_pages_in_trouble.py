"""What happens to a page that follows its row while the database, Notion or Steward itself is in trouble."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from infra.local.simulators.notion import faults
from steward.mirror.changed_rows import ChangedRows
from tests.integration.mirror.side_by_side import SideBySide, side_by_side
from tests.integration.stand import Death

if TYPE_CHECKING:
    from infra.local.postgres import PostgresServer


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path) -> Iterator[SideBySide]:
    with side_by_side(mirror_dsn, tmp_path) as made:
        yield made


@pytest.mark.req("A8")
def test_while_the_database_is_away_the_tick_ends_quietly_and_the_next_one_goes_on(
    sides: SideBySide, postgres: "PostgresServer"
) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    postgres.halt()
    try:
        sides.minutes(2)
        assert sides.stand.dead_letters() == []
        assert sides.stand.functions.enabled
    finally:
        postgres.run()
    sides.minutes(10)

    assert sides.shows(page)["status"] == "In progress"
    assert sides.writes() == 1


@pytest.mark.req("A8")
def test_a_write_is_done_although_the_database_went_away_meanwhile_and_is_told_when_it_is_back(
    sides: SideBySide, postgres: "PostgresServer"
) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    pushed = ChangedRows.pushed

    def away(*arguments: object, **more: object) -> None:
        postgres.halt()
        pushed(*arguments, **more)  # type: ignore[arg-type]  # as they came

    try:
        with patch.object(ChangedRows, "pushed", away):
            sides.stand.tick("mirror")
            sides.stand.work()
    finally:
        postgres.run()
    assert sides.shows(page)["status"] == "In progress"
    assert sides.audited("project.pushed") == []

    sides.minutes(15)
    assert len(sides.audited("project.pushed")) == sides.writes() == 1


@pytest.mark.req("A8", "P3")
@pytest.mark.parametrize("where", ["compare", "pushed"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_an_environment_dies_the_page_is_written_and_audited_once(
    sides: SideBySide, where: str, when: str
) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    original = getattr(ChangedRows, where)

    def dies(*arguments: object, **more: object) -> None:
        if when == "after":
            original(*arguments, **more)
        raise Death(where)

    with patch.object(ChangedRows, where, dies):
        sides.stand.tick("mirror")
        sides.stand.step()
    sides.minutes(5)

    assert sides.shows(page)["status"] == sides.says(page)["status"] == "In progress"
    assert len(sides.audited("project.pushed")) == sides.writes() == 1


@pytest.mark.req("A8", "P4")
@pytest.mark.parametrize("fault", [faults.answer(503), faults.saved(503), faults.reset(after_saving=True)])
def test_trouble_of_notion_delays_a_write_and_never_doubles_what_is_told(
    sides: SideBySide, fault: dict[str, object]
) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    sides.stand.notion.add_fault(fault, match={"method": "PATCH"}, times=1)
    sides.minutes(10)

    assert sides.shows(page)["status"] == "In progress"
    assert len(sides.audited("project.pushed")) == 1
