"""What an application changes in a row appears in the row's page, once, and never goes back and forth."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.integration.mirror.side_by_side import SideBySide, side_by_side


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path) -> Iterator[SideBySide]:
    with side_by_side(mirror_dsn, tmp_path) as made:
        yield made


@pytest.mark.req("A8")
def test_what_an_application_changes_in_a_row_appears_in_its_page(sides: SideBySide) -> None:
    page = sides.linked()
    before = sides.calls()
    sides.change(page, name="Ship the report", status="doing", priority="High", due=date(2026, 12, 24))
    sides.minutes(1)

    assert sides.shows(page) == {
        "name": "Ship the report",
        "status": "In progress",
        "priority": "High",
        "due": "2026-12-24",
    }
    assert sides.calls() - before == 2  # the page is read and written
    (told,) = sides.audited("project.pushed")
    assert told["details"]["before"]["status"] == "todo"
    assert told["details"]["after"]["status"] == "doing"


@pytest.mark.req("A8", "P7")
def test_what_was_written_and_what_was_only_touched_costs_no_call(sides: SideBySide) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    sides.minutes(1)
    before = sides.calls()
    sides.change(page, status="doing")
    sides.minutes(70)

    assert sides.calls() == before
    assert sides.writes() == 1
