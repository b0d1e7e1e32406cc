"""``mirror check`` on the whole of Steward in one process, with a real PostgreSQL."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from infra.local.simulators.notion import api_data, faults
from infra.operate.__main__ import main
from steward.envelope import Comparison, encode_comparison
from steward.lane import FIRST, Lane
from tests.integration.mirror.both_sides import Sides, report


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
