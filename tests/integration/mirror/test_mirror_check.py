"""``mirror check`` and ``mirror repair`` on the whole of Steward in one process, with a real PostgreSQL."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from infra.local.simulators.notion import api_data, faults
from infra.operate.__main__ import main
from steward.envelope import Comparison, encode_comparison
from steward.lane import FIRST, Lane
from tests.integration.mirror.both_sides import Sides, both_sides


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    with both_sides(mirror_dsn, tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def filled(sides: Sides, capsys: pytest.CaptureFixture[str]) -> Sides:
    """With a row for each of the demo's four tasks."""
    assert sides.operate("repair", "--from", "notion") == 0
    capsys.readouterr()
    return sides


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


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


@pytest.mark.req("A7")
def test_what_was_changed_a_moment_ago_is_on_its_way_and_no_mismatch(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    page = filled.stand.demo.tasks["Review the contract"]
    filled.sql("UPDATE projects SET updated_at = '2020-01-01'")
    filled.stand.notion.edit(page, properties={"Status": "Done"}, silent=True)

    assert main(["mirror", "check", "--json"]) == 0
    assert report(capsys)["sources"][0]["settling"] == 1
    filled.stand.clock.sleep(700)
    assert main(["mirror", "check", "--json"]) == 1
    assert report(capsys)["sources"][0]["mismatches"] == 1


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


@pytest.mark.req("A7", "P2")
def test_a_database_that_is_away_is_what_the_report_says_and_holds_nothing(
    sides: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = {"SecretId": sides.stand.environ["MIRROR_SECRET_ID"]}
    sides.stand.secrets.put_secret_value(
        **secret, SecretString=json.dumps({"dsn": "postgresql://a:s3cret@127.0.0.1:9/b"})
    )
    page = sides.stand.demo.tasks["Review the contract"]

    assert sides.operate("check") == 3

    said = capsys.readouterr().out
    assert "broken: postgres" in said
    assert "s3cret" not in said
    sides.stand.send(page)
    assert sides.stand.step() is True
    assert sides.stand.dead_letters() == []


@pytest.mark.req("A7", "P4")
@pytest.mark.parametrize(
    "fault", [faults.answer(503), faults.answer(429, retry_after=30)], ids=["503", "429"]
)
def test_trouble_of_notion_that_passes_holds_it_and_then_it_goes_on_where_it_was(
    sides: Sides, fault: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    sides.stand.add_tasks(300)
    sides.stand.clock.sleep(3600)
    sides.stand.notion.add_fault(fault, match={"path": "/query"}, times=2)

    assert sides.operate("repair", "--from", "notion", "--json") == 0

    source = report(capsys)["sources"][0]
    assert (source["pages"], source["repaired"]) == (304, 304)


@pytest.mark.req("A7")
def test_a_data_source_that_notion_does_not_show_is_broken_and_its_rows_are_not_lost(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.stand.notion.add_fault(faults.answer(404), match={"path": "/query"})

    assert filled.operate("check", "--json") == 3

    source = report(capsys)["sources"][0]
    assert source["status"] == "broken"
    assert "notion.query: not_found" in source["reason"]
    assert source["rows_without_page"] == 0


@pytest.mark.req("A7")
def test_the_last_report_is_shown_without_a_call_and_grows_old(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = len(filled.stand.notion.requests())
    assert filled.operate("check", "--last", "--json") == 0
    assert report(capsys)["status"] == "healthy"
    filled.stand.clock.sleep(3 * 24 * 3600)
    assert filled.operate("check", "--last", "--json") == 1
    assert "last compared" in report(capsys)["reason"]
    assert len(filled.stand.notion.requests()) == calls


@pytest.mark.req("A7")
def test_the_sweep_orders_a_comparison_once_a_day(filled: Sides, capsys: pytest.CaptureFixture[str]) -> None:
    run = _last(filled, capsys)
    filled.stand.sweep()
    assert _last(filled, capsys) == run
    filled.stand.clock.sleep(25 * 3600)
    filled.stand.sweep()
    assert _last(filled, capsys) != run


def _last(sides: Sides, capsys: pytest.CaptureFixture[str]) -> str:
    sides.operate("check", "--last", "--json")
    return str(report(capsys)["run"])


@pytest.mark.req("A7", "P2")
def test_a_query_shows_only_the_properties_that_rows_have(
    filled: Sides, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.stand.add_tasks(1200)
    before = len(filled.stand.notion.requests(path="/query"))

    assert filled.operate("check", "--json") == 3  # 1200 pages without a row

    asked = filled.stand.notion.requests(path="/query")[before:]
    assert len(asked) == report(capsys)["calls"] == 13
    assert all(len(parse_qs(request["query"])["filter_properties"]) == 4 for request in asked)


@pytest.mark.req("A7", "P2")
def test_events_are_worked_between_its_parts(sides: Sides) -> None:
    page = sides.stand.add_tasks(1200)[0]
    lane = Lane(sides.stand.sqs, sides.stand.environ["LANE_QUEUE_URL"])
    lane.republish(encode_comparison(Comparison("run")), FIRST, "order")
    event = sides.stand.send(page)["id"]

    sides.stand.step()
    sides.stand.step()

    assert len(sides.stand.notion.requests(path="/query")) == 5
    assert sides.stand.journal(event)


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


@pytest.mark.req("A7")
def test_a_list_that_is_longer_than_a_query_gives_is_compared_whole_and_no_page_twice(
    sides: Sides, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sides.stand.add_tasks(100)
        sides.stand.clock.sleep(60)
    sides.stand.clock.sleep(3600)
    monkeypatch.setattr(api_data, "QUERY_RESULT_LIMIT", 200)

    assert sides.operate("repair", "--from", "notion", "--json") == 0

    source = report(capsys)["sources"][0]
    assert (source["pages"], source["repaired"], source["trouble"]) == (304, 304, None)
