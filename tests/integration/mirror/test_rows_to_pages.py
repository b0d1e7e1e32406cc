"""What an application changes in a row appears in the row's page, once, and never goes back and forth."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from processor.mirroring import MOST_PAGES
from tests.integration.mirror.side_by_side import MIRROR, SideBySide, side_by_side

SAME_NAMES = 'columns = [{ name = "priority", role = "priority", type = "text" }]'


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


@pytest.mark.req("A8", "P7")
def test_the_event_of_our_own_write_changes_nothing(sides: SideBySide) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    sides.minutes(1)
    bot = {"id": sides.stand.notion.bot_id, "type": "bot"}
    sides.stand.send(page, authors=[bot])
    sides.stand.work()
    sides.minutes(3)

    assert (sides.writes(), sides.says(page)["status"]) == (1, "In progress")


@pytest.mark.req("A8")
def test_a_row_that_is_made_for_a_page_fills_what_the_page_leaves_empty_and_takes_the_rest(
    sides: SideBySide,
) -> None:
    page = sides.page(Due="2026-12-01", Priority=None)
    sides.link(page, priority="High")
    sides.minutes(1)

    expected = {"name": "Write the report", "status": "Not started", "priority": "High", "due": "2026-12-01"}
    assert sides.shows(page) == sides.says(page) == expected
    assert sides.writes() == 1


@pytest.mark.req("A8")
@pytest.mark.parametrize("newer", ["row", "page"])
def test_both_changed_and_the_newer_one_wins_and_both_values_are_in_the_audit_log(
    sides: SideBySide, newer: str
) -> None:
    page = sides.linked()
    sides.stand.clock.sleep(300)
    sides.edit(page, Status="Done", Priority="Medium")
    at = sides.now + timedelta(minutes=3 if newer == "row" else -3)
    sides.change(page, at=at, status="doing")
    sides.minutes(5)  # the page's own event might come, and does not

    status = "In progress" if newer == "row" else "Done"
    assert sides.shows(page)["status"] == sides.says(page)["status"] == status
    assert sides.shows(page)["priority"] == sides.says(page)["priority"] == "Medium"
    (conflict,) = sides.audited("project.conflict")
    told = {name: conflict["details"][name] for name in ("column", "page", "row", "kept")}
    assert told == {"column": "status", "page": "done", "row": "doing", "kept": newer}
    assert sides.writes() == (1 if newer == "row" else 0)


@pytest.mark.req("A8")
def test_both_changed_to_the_same_and_nothing_is_written(sides: SideBySide) -> None:
    page = sides.linked()
    sides.edit(page, Status="Done")
    sides.change(page, status="done")
    sides.minutes(5)

    assert sides.writes() == 0
    assert sides.audited("project.conflict") == []
    before = sides.calls()
    sides.minutes(70)
    assert sides.calls() == before


@pytest.mark.req("A8")
@pytest.mark.parametrize("status", ["lost", None])
def test_a_status_that_no_page_takes_is_told_once_and_the_rest_of_the_row_is_written(
    sides: SideBySide, status: str | None
) -> None:
    page = sides.linked()
    sides.change(page, status=status, priority="High")
    sides.minutes(70)

    assert (sides.shows(page)["status"], sides.shows(page)["priority"]) == ("Not started", "High")
    (told,) = sides.audited("project.refused")
    assert (told["details"]["column"], told["details"]["value"]) == ("status", status)
    assert sides.writes() == 1


@pytest.mark.req("A8")
def test_a_status_that_notion_refuses_is_told_once_and_not_tried_again(
    mirror_dsn: str, tmp_path: Path
) -> None:
    with side_by_side(mirror_dsn, tmp_path, SAME_NAMES) as sides:
        page = sides.page()
        sides.link(page, name="Write the report", status="Not started", priority="Low")
        sides.minutes(1)
        sides.change(page, status="Vanished", priority="High")
        sides.minutes(5)
        tried = len(sides.stand.notion.requests(method="PATCH"))
        sides.minutes(70)

        assert sides.shows(page)["priority"] == "High"
        (told,) = sides.audited("project.refused")
        assert (told["details"]["column"], told["details"]["value"]) == ("status", "Vanished")
        assert len(sides.stand.notion.requests(method="PATCH")) == tried == 3  # both, then each of them

        sides.change(page, status="Done")
        sides.minutes(1)
        assert sides.shows(page)["status"] == "Done"


@pytest.mark.req("A8")
def test_rows_without_a_page_and_rows_of_pages_that_are_gone_are_told_once_and_make_none(
    sides: SideBySide,
) -> None:
    gone = sides.linked()
    sides.stand.notion.trash(gone, by=sides.stand.demo.ben)
    sides.stand.send(gone, type="page.deleted")
    sides.stand.work()
    sides.link(None, name="Nobody's", status="doing")
    sides.change(gone, status="doing")
    before = sides.calls()
    sides.minutes(70)

    assert sides.calls() == before
    assert sorted(told["details"]["why"] for told in sides.audited("project.skipped")) == [
        "it names no page, and rows make none",
        "its page is gone",
    ]


@pytest.mark.req("A8")
def test_whoever_forgets_updated_at_is_found_within_an_hour(sides: SideBySide) -> None:
    page = sides.linked()
    sides.minutes(3)
    long_ago = sides.now - timedelta(days=2)
    sides.sql("UPDATE projects SET status = 'doing', updated_at = %s", long_ago)
    sides.minutes(3)
    assert sides.shows(page)["status"] == "Not started"

    sides.minutes(60)
    assert sides.shows(page)["status"] == "In progress"


@pytest.mark.req("A8")
def test_a_transaction_that_began_before_the_last_look_and_committed_after_it_is_seen(
    sides: SideBySide,
) -> None:
    late, other = sides.linked("Late"), sides.linked("Other")
    began = sides.now
    sides.stand.clock.sleep(30)
    sides.change(other, status="doing")
    sides.minutes(1)
    sides.change(late, at=began, status="doing")
    sides.minutes(1)

    assert sides.shows(late)["status"] == "In progress"


@pytest.mark.req("A8", "P2")
def test_many_rows_are_written_a_few_at_a_time_with_two_calls_each(sides: SideBySide) -> None:
    pages = sides.stand.known_tasks(2 * MOST_PAGES + 5)
    for page in pages:
        sides.link(page, name=sides.shows(page)["name"])
    sides.minutes(1)
    before, writes = sides.calls(), sides.writes()
    sides.sql("UPDATE projects SET priority = 'High', updated_at = %s", sides.now)
    sides.stand.tick("mirror")
    sides.stand.step()
    assert sides.writes() - writes == MOST_PAGES
    sides.stand.work()

    assert [sides.shows(page)["priority"] for page in pages] == ["High"] * len(pages)
    assert sides.calls() - before == 2 * len(pages)


@pytest.mark.req("A8", "P2")
def test_events_go_first(sides: SideBySide) -> None:
    page = sides.linked()
    sides.change(page, status="doing")
    sides.stand.tick("mirror")
    for _ in range(11):
        sides.stand.send(page)
    sides.stand.step()
    assert sides.writes() == 0

    sides.stand.work()
    sides.minutes(1)
    assert sides.writes() == 1


@pytest.mark.req("A8")
def test_a_mirror_that_works_one_way_leaves_pages_alone(mirror_dsn: str, tmp_path: Path) -> None:
    with side_by_side(mirror_dsn, tmp_path, MIRROR + "both_ways = false") as sides:
        page = sides.page()
        sides.link(page, name="Another", status="doing")
        before = sides.calls()
        sides.minutes(70)

        assert sides.calls() == before


@pytest.mark.req("A8", "P7")
def test_notions_own_spelling_of_a_value_comes_back_into_the_row_and_rests(
    mirror_dsn: str, tmp_path: Path
) -> None:
    columns = 'columns = [{ name = "priority", role = "tags", type = "text" }]'
    with side_by_side(mirror_dsn, tmp_path, columns) as sides:
        page = sides.page()
        sides.link(page, name="Write the report", status="Not started")
        sides.minutes(1)
        sides.change(page, name="", priority="beta,alpha")
        sides.minutes(5)

        assert sides.row(page)["priority"] == "alpha, beta"
        assert (sides.shows(page)["name"], sides.writes()) == ("", 1)
