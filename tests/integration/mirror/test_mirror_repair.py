"""``mirror repair`` on the whole of Steward in one process, with a real PostgreSQL."""

from pathlib import Path

import pytest

from infra.local.simulators.notion import faults
from tests.integration.mirror.both_sides import Sides, both_sides, report


@pytest.mark.req("A7")
def test_pages_without_a_row_are_found_and_a_repair_from_notion_makes_their_rows(
    sides: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sides.operate("check", "--json") == 1
    found = report(capsys)
    assert (found["status"], found["sources"][0]["pages_without_row"]) == ("degraded", 4)
    assert found["reason"] == "Tasks: 4 pages without a row"

    assert sides.operate("repair", "--from", "notion", "--json") == 0
    assert report(capsys)["sources"][0]["repaired"] == 4
    row = sides.row(sides.stand.demo.tasks["Write the launch plan"])
    assert (row["name"], row["status"], row["priority"]) == ("Write the launch plan", "active", "High")
    assert (str(row["due_on"]), row["data_source"], row["origin"]) == ("2026-12-01", "Tasks", "notion")
    assert len(sides.audit("project.repaired")) == 4

    assert sides.operate("repair", "--from", "notion", "--json") == 0
    assert report(capsys)["sources"][0]["repaired"] == 0
    assert len(sides.audit("project.repaired")) == 4


@pytest.mark.req("A7", "O4")
def test_a_mismatch_made_by_hand_is_told_with_both_values_and_mended_from_notion(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    page = filled.stand.demo.tasks["Review the contract"]
    filled.sql(
        "UPDATE projects SET name = 'Something else', status = 'closed' WHERE notion_page_id = %s", page
    )

    assert filled.operate("check") == 1
    said = capsys.readouterr().out
    assert "degraded: Tasks: 1 mismatched" in said
    assert f"mismatch: Review the contract [{page}]" in said
    assert 'status: in Notion "open", in the row "closed"' in said
    assert 'name: in Notion "Review the contract", in the row "Something else"' in said

    assert filled.operate("repair", "--from", "notion", "--dry-run") == 1
    assert "would be: row written" in capsys.readouterr().out
    assert filled.row(page)["status"] == "closed"

    assert filled.operate("repair", "--from", "notion") == 0
    assert "(row written)" in capsys.readouterr().out
    assert filled.row(page)["status"] == "open"
    assert filled.audit("project.repaired")[-1] == {
        "page": page,
        "found": "mismatch",
        "believed": "notion",
        "columns": {"status": ["open", "closed"], "name": ["Review the contract", "Something else"]},
    }
    assert filled.operate("check") == 0
    assert "healthy: both sides are in step" in capsys.readouterr().out


@pytest.mark.req("A7")
def test_rows_without_a_page_are_looked_for_before_they_are_marked(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = filled.stand.demo.tasks["Ship the newsletter"]
    never = "00000000-0000-4000-8000-00000000dead"
    filled.stand.notion.trash(gone)
    filled.sql("INSERT INTO projects (id, notion_page_id, name) VALUES ('by hand', %s, 'No page')", never)
    filled.sql("INSERT INTO projects (id, name) VALUES ('without', 'Not linked yet')")

    assert filled.operate("check", "--json") == 1
    found = report(capsys)
    assert found["rows_unlinked"] == 1
    source = found["sources"][0]
    assert (source["pages"], source["rows"], source["rows_without_page"]) == (3, 5, 2)
    assert {d["page_id"] for d in source["differences"]} == {gone, never}

    assert filled.operate("repair", "--from", "postgres", "--json") == 1
    assert {d["repair"] for d in report(capsys)["sources"][0]["differences"]} == {
        "left: no page is made for a row"
    }

    assert filled.operate("repair", "--from", "notion", "--json") == 0
    assert report(capsys)["sources"][0]["repaired"] == 2
    assert filled.row(gone)["trashed_at"] is not None
    filled.stand.notion.restore(gone)
    assert filled.operate("check", "--json") == 1
    assert "trashed_at" in report(capsys)["sources"][0]["differences"][0]["columns"]
    assert filled.operate("repair", "--from", "notion") == 0
    assert filled.row(gone)["trashed_at"] is None


@pytest.mark.req("A8")
def test_a_repair_from_postgres_writes_the_rows_values_to_the_page(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    page = filled.stand.demo.tasks["Review the contract"]
    filled.stand.sweep()  # which remembers every page
    # By hand, and as if both sides had agreed on it: no tick sees that as a change.
    filled.sql(
        "UPDATE projects SET status = 'closed', synced = replace(synced, '\"open\"', '\"closed\"')"
        " WHERE notion_page_id = %s",
        page,
    )
    filled.mirror_tick()
    assert filled.status_in_notion(page) == "Not started"

    assert filled.operate("repair", "--from", "postgres") == 0
    assert "row marked to be written to its page" in capsys.readouterr().out
    filled.mirror_tick()

    assert filled.status_in_notion(page) == "Done"
    assert filled.operate("check") == 0
    assert [found["believed"] for found in filled.audit("project.repaired")][-1] == "postgres"
    assert len(filled.stand.notion.requests(method="PATCH")) == 1


@pytest.mark.req("A8")
def test_a_value_that_no_page_takes_is_left_and_said(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    page = filled.stand.demo.tasks["Review the contract"]
    filled.sql("UPDATE projects SET status = 'nonsense' WHERE notion_page_id = %s", page)

    assert filled.operate("repair", "--from", "postgres") == 1

    assert "left: status: 'nonsense' has no counterpart in Notion" in capsys.readouterr().out
    assert filled.row(page)["origin"] == "notion"


@pytest.mark.req("A8")
def test_where_pages_do_not_follow_their_rows_nothing_is_written_to_them(
    mirror_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with both_sides(mirror_dsn, tmp_path, monkeypatch, both_ways=False) as sides:
        assert sides.operate("repair", "--from", "notion") == 0
        sides.sql("UPDATE projects SET status = 'closed'")
        assert sides.operate("repair", "--from", "postgres") == 1
    assert "the rules write nothing to these pages; set both_ways" in capsys.readouterr().out


@pytest.mark.req("A7")
def test_without_auto_link_a_page_without_a_row_is_no_fault_until_it_is_linked(
    mirror_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with both_sides(mirror_dsn, tmp_path, monkeypatch, auto_link=False) as sides:
        assert sides.operate("repair", "--from", "notion", "--json") == 0
        source = report(capsys)["sources"][0]
        assert (source["pages_without_row"], source["repaired"], source["differences"]) == (4, 0, [])
        assert sides.operate("repair", "--from", "notion", "--link", "--json") == 0
        assert report(capsys)["sources"][0]["repaired"] == 4


@pytest.mark.req("A7")
def test_a_row_whose_page_may_not_be_read_is_left_and_the_others_are_mended(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    unread, gone = (
        filled.stand.demo.tasks["Ship the newsletter"],
        filled.stand.demo.tasks["Review the contract"],
    )
    filled.stand.notion.trash(unread)
    filled.stand.notion.trash(gone)
    filled.stand.notion.add_fault(faults.answer(403), match={"path": f"/pages/{unread}"})

    assert filled.operate("repair", "--from", "notion", "--json") == 1

    source = report(capsys)["sources"][0]
    assert (source["rows_without_page"], source["repaired"]) == (1, 1)
    assert "can't be read" in next(d["repair"] for d in source["differences"] if d["page_id"] == unread)
    assert filled.row(gone)["trashed_at"] is not None
