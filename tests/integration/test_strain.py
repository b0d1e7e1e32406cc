"""What one bad page, a full minute, a spent budget or a late lane may not do to everything else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.simulators.notion import api_data, faults
from steward.clients.notion import NotionClient
from steward.errors import CallFailed, Failure
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from tests.integration.aws import ROOT
from tests.integration.stand import Stand, standing

pytestmark = pytest.mark.req("P1", "P5", "P6")


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def minutes(stand: Stand, count: int, each: Callable[[], object] = lambda: None) -> list[str]:
    """Let minutes pass, with the triage's look and the scheduler's tick in each; what the triage saw."""
    looks = []
    for _ in range(count):
        stand.clock.sleep(60)
        each()
        stand.settle()
        looks.append(stand.look())
        stand.work()
    return looks


# One page is poison


def test_a_page_that_always_answers_500_does_not_pause_the_lane_again_and_again(stand: Stand) -> None:
    poison, *_ = stand.known_tasks(2)
    stand.notion.add_fault(faults.answer(500), match={"path": f"/v1/pages/{poison}"}, times="forever")
    stand.assign(poison, stand.demo.ann)
    stand.send(poison)
    stand.work()
    minutes(stand, 60)

    assert stand.functions.updates.count(False) <= 2


def test_a_comment_that_notion_never_takes_does_not_hold_the_rest_of_the_outbox(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, *pages = stand.known_tasks(4)
    original = NotionClient.create_comment

    def create_comment(client: NotionClient, page_id: str, *args: Any) -> Any:
        if page_id == poison:
            raise CallFailed(
                Failure.UNAVAILABLE, "notion", "notion.create_comment", status=500, maybe_done=True
            )
        return original(client, page_id, *args)

    def comments(client: NotionClient, page_id: str) -> Any:
        if page_id == poison:
            raise CallFailed(Failure.UNAVAILABLE, "notion", "notion.comments", status=500)
        return listed(client, page_id)

    listed = NotionClient.comments
    monkeypatch.setattr(NotionClient, "create_comment", create_comment)
    monkeypatch.setattr(NotionClient, "comments", comments)
    stand.assign(poison, stand.demo.ann)
    stand.clock.sleep(600)
    stand.sweep()
    for page in pages:  # an hour late, so that their messages wait for a tick
        stand.assign(page, stand.demo.ann)
        late = stand.payload(page)
        stand.clock.sleep(3600)
        stand.send(page, id=late["id"], timestamp=late["timestamp"])
        stand.work()
    for _ in range(30):
        stand.clock.sleep(60)
        stand.settle()
        stand.work()
        stand.look()

    assert len([n for n in stand.notices() if "Task 0" not in n]) == 3


@pytest.mark.parametrize("status", [500, 400])
def test_a_page_that_can_not_be_read_does_not_keep_the_sweep_from_the_others(
    stand: Stand, counted: dict[str, list[float]], status: int
) -> None:
    first, second, third = stand.known_tasks(3)
    stand.notion.add_fault(faults.answer(status), match={"path": f"/v1/pages/{first}"}, times="forever")
    for page in (first, second, third):
        stand.notion.trash(page)
    stand.clock.sleep(600)
    counted.clear()
    for _ in range(4):
        stand.sweep()
        stand.clock.sleep(900)

    assert sum(counted["ChangesLost"]) == 2


# The sweep


def test_a_page_whose_creation_was_lost_is_announced_although_it_was_edited_in_the_next_minute(
    stand: Stand,
) -> None:
    stand.known_tasks(1)
    stand.sweep()  # at 12:20, up to 12:14
    stand.clock.sleep(600 - 390)
    new = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    stand.clock.sleep(60)
    stand.notion.edit(new, properties={"Status": "Done"}, by=stand.demo.ben, silent=True)
    stand.clock.sleep(330)  # ten minutes after the last sweep: its horizon is the minute of the edit
    stand.sweep()
    stand.clock.sleep(900)
    stand.sweep()

    assert len(stand.comments(new)) == 1


def test_a_first_sweep_that_was_interrupted_announces_nothing_from_before_steward(stand: Stand) -> None:
    old = []
    for number in range(150):
        properties = {"Name": f"Old {number}", "Assignee": [stand.demo.ann]}
        old.append(stand.notion.add_page(stand.demo.data_source_id, properties))
        stand.clock.sleep(300)
    stand.clock.sleep(3600)
    stand.tick("sweep")
    record = stand.receive()
    assert record is not None
    stand.app.handle({"Records": [record]}, lambda: 9_000)  # time for one call
    stand.acknowledge(record)
    stand.work()

    assert sum(len(stand.comments(page)) for page in old) == 0


def test_presence_takes_no_new_page_for_an_old_one_when_the_minute_changes_in_the_middle_of_a_sweep(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.known_tasks(1)
    new = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    stand.clock.sleep(6 * 60 + 50)  # the horizon is the minute of the page, ten seconds later it is past it
    original = NotionClient.query

    def query(client: NotionClient, *args: Any, **kwargs: Any) -> Any:
        answer = original(client, *args, **kwargs)
        stand.clock.sleep(15)
        return answer

    monkeypatch.setattr(NotionClient, "query", query)
    stand.sweep()
    stand.clock.sleep(900)
    stand.sweep()

    assert len(stand.comments(new)) == 1


def test_a_row_that_was_indexed_late_is_news_within_the_overlap(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.known_tasks(1)
    new = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    original, hidden = NotionClient.query, {new}

    def query(client: NotionClient, *args: Any, **kwargs: Any) -> Any:
        answer = original(client, *args, **kwargs)
        rows = [row for row in answer.body["results"] if row["id"] not in hidden]
        return type(answer)({**answer.body, "results": rows}, answer.observed_at, answer.request_id)

    monkeypatch.setattr(NotionClient, "query", query)
    stand.clock.sleep(7 * 60 + 5)
    stand.sweep()
    hidden.clear()
    stand.clock.sleep(900)
    stand.sweep()

    assert len(stand.comments(new)) == 1


def test_a_sweep_after_notions_clock_went_back_ends(stand: Stand) -> None:
    stand.known_tasks(2)
    stand.sweep()
    before = len(stand.notion.requests())
    stand.notion.set_clock_offset(-120)
    stand.tick("sweep")
    for _ in range(30):
        stand.step()

    assert len(stand.notion.requests()) - before <= 4


def test_lost_changes_are_counted_although_the_budget_ends_in_the_middle(
    counted: dict[str, list[float]],
) -> None:
    with standing(quick=True, REQUESTS_PER_MINUTE="30") as stand:
        pages = stand.known_tasks(60)
        for page in pages:
            stand.assign(page, stand.demo.ann)
        stand.clock.sleep(600)
        counted.clear()
        for _ in range(6):
            stand.sweep()
            stand.clock.sleep(900)
            minutes(stand, 5)
        rows = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]).scan()["Items"]

        assert all(len(stand.comments(page)) == 1 for page in pages)
        assert {row["entity"] for row in rows if row.get("type") == "sweep"} == set(pages)
        assert sum(counted["ChangesLost"]) == 60


def test_more_rows_in_three_minutes_than_a_query_gives_do_not_keep_the_sweep_where_it_is(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = stand.known_tasks(60)
    monkeypatch.setattr(api_data, "QUERY_RESULT_LIMIT", 20)  # stands for the 10,000
    for page in pages:
        stand.notion.edit(page, properties={"Status": "Done"}, by=stand.demo.ben, silent=True)
    stand.clock.sleep(600)
    stand.assign(pages[0], stand.demo.ann)
    stand.clock.sleep(900)
    before = len(stand.notion.requests())
    stand.sweep()

    assert len(stand.comments(pages[0])) == 1
    assert len(stand.notion.requests()) - before < 20


def many_sources(stand: Stand, tmp: Path, count: int) -> list[str]:
    sources = [
        stand.notion.add_data_source(
            f"Source {n}", {"Name": "title", "Assignee": {"type": "people", "id": "XGe%40"}}
        )
        for n in range(count)
    ]
    text = (ROOT / "functions" / "steward.toml").read_text()
    for number, source in enumerate(sources):
        text += (
            f'\n[[data_source]]\nname = "S{number}"\nid = "{source}"\n'
            'properties = { assignee = "Assignee" }\n[[data_source.automation]]\nkind = "assignment"\n'
        )
    rules = tmp / "rules.toml"
    rules.write_text(text)
    stand.environ["RULES_FILE"] = str(rules)
    stand.restart()
    return sources


def test_every_source_is_swept_although_all_of_them_together_cost_more_than_one_minute_allows(
    tmp_path: Path,
) -> None:
    with standing(quick=True, REQUESTS_PER_MINUTE="40") as stand:
        sources = many_sources(stand, tmp_path, 5)
        stand.notion.set_page_cap(1)  # ten rows stand for the thousand that a sweep's ten calls list
        pages = {s: [stand.notion.add_page(s, {"Name": f"{s} {n}"}) for n in range(130)] for s in sources}
        stand.clock.sleep(86400 * 2)
        for _ in range(2):  # until each was looked at once
            stand.sweep()
            stand.clock.sleep(900)
        last = pages[sources[-1]][0]
        stand.assign(last, stand.demo.ann)
        for _ in range(8):  # two hours
            stand.clock.sleep(900)
            stand.sweep()

        assert len(stand.comments(last)) == 1


def test_the_rest_of_a_minute_is_compared_when_a_sweep_had_no_time_for_all_of_it(stand: Stand) -> None:
    stand.clock.sleep(86400 * 3)
    pages = [stand.notion.add_page(stand.demo.data_source_id, {"Name": f"Task {n}"}) for n in range(250)]
    stand.clock.sleep(86400 * 3)

    def hasty_sweep() -> None:
        stand.tick("sweep")
        record = stand.receive()
        assert record is not None
        stand.app.handle({"Records": [record]}, lambda: 9_000)
        stand.acknowledge(record)

    for _ in range(20):
        hasty_sweep()
        stand.clock.sleep(900)
    items = stand.dynamodb.Table(stand.environ["STATE_TABLE"]).scan()["Items"]
    seen = {i["pk"].removeprefix("PAGE#") for i in items if i["sk"] == "SNAPSHOT"}

    assert set(pages) <= seen


# Observing by query


def test_what_a_row_from_before_the_event_but_of_its_minute_hid_is_found_by_the_sweep(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = stand.known_tasks(20)
    stand.clock.sleep(-stand.clock.time() % 60 + 5)
    for page in pages:
        stand.notion.edit(page, properties={"Status": "Done"}, by=stand.demo.ben, silent=True)
    shown = {page: dict(stand.notion.page(page)) for page in pages}
    stand.clock.sleep(10)
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    original = NotionClient.query

    def query(client: NotionClient, *args: Any, **kwargs: Any) -> Any:
        answer = original(client, *args, **kwargs)
        rows = [shown.get(row["id"], row) for row in answer.body["results"]]
        return type(answer)({**answer.body, "results": rows}, answer.observed_at, answer.request_id)

    with monkeypatch.context() as stale:
        stale.setattr(NotionClient, "query", query)
        stand.clock.sleep(5)
        stand.work()

    assert sum(len(stand.comments(page)) for page in pages) == 0
    stand.clock.sleep(600)
    stand.sweep()
    assert [len(stand.comments(page)) for page in pages] == [1] * 20


def test_a_query_that_stopped_is_gone_on_with_although_its_comments_took_minutes() -> None:
    with standing(quick=True, REQUESTS_PER_MINUTE="12") as stand:
        pages = stand.known_tasks(120)
        stand.notion.set_page_cap(40)
        for page in pages:
            stand.assign(page, stand.demo.ann)
            stand.send(page)
        stand.clock.sleep(20)
        before = len(stand.notion.requests())
        while (record := stand.receive()) is not None:  # time for one chunk in each invocation
            if not stand.app.handle({"Records": [record]}, lambda: 11_500)["batchItemFailures"]:
                stand.acknowledge(record)
        paths = [r["path"] for r in stand.notion.requests()[before:]]

        assert sum(path.startswith("/v1/pages/") for path in paths) <= 8


# The lane's switch


@pytest.mark.parametrize("code", ["ResourceInUseException", "ResourceConflictException"])
def test_an_event_source_that_can_not_be_disabled_sends_no_event_to_the_dead_letters(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    page, *_ = stand.known_tasks(1)

    original = stand.functions.update_event_source_mapping
    began = stand.clock.time()

    def refuse(**asked: Any) -> None:
        if stand.clock.time() - began > 60:  # AWS is done with what it was at
            original(**asked)
            return
        answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(answer, "UpdateEventSourceMapping")

    monkeypatch.setattr(stand.functions, "update_event_source_mapping", refuse)
    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.assign(page, stand.demo.ann)
    stand.send(page)
    for _ in range(40):
        stand.step()

    assert stand.dead_letters() == []


def test_what_an_operator_pauses_while_the_vendor_is_away_stays_paused(stand: Stand) -> None:
    source = EventSource(stand.functions, stand.environ["LANE_QUEUE_ARN"], "processor")
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)
    switch = LaneSwitch(memory, source, stand.clock.now)
    switch.pause(Cause.VENDOR, "503")
    switch.pause(Cause.OPERATOR, "migration")
    minutes(stand, 5)

    assert not stand.functions.enabled


# Digests and ticks


def test_a_digest_of_a_lane_that_is_no_more_is_sent_all_the_same() -> None:
    with standing(quick=True, LANES="3") as stand:
        pages = stand.known_tasks(40)
        stand.slack.add_fault({"kind": "answer", "status": 503}, times="forever")
        for page in pages:
            stand.assign(page, stand.demo.ann)
            stand.send(page)
        stand.clock.sleep(20)
        stand.work()
        minutes(stand, 3)
        stand.slack.clear_faults()
        stand.environ["LANES"] = "1"
        stand.restart()
        stand.clock.sleep(3600)
        minutes(stand, 10)

        assert len(stand.notices()) == 40


def test_titles_without_end_do_not_keep_others_from_being_told() -> None:
    with standing() as stand:
        titles = ["漢" * 40_000] * 5 + ["Short"]
        pages = [stand.notion.add_page(stand.demo.data_source_id, {"Name": t}) for t in titles]
        stand.clock.sleep(600)
        stand.sweep()
        stand.clock.sleep(600)
        for page in pages:
            stand.assign(page, stand.demo.ann)
        stand.clock.sleep(600)
        stand.sweep()
        for _ in range(5):
            stand.clock.sleep(60)
            stand.settle()
            stand.work()

        assert len(stand.notices()) == 6


def test_messages_are_gathered_and_sent_while_the_lane_is_behind_by_more_than_a_ticks_age() -> None:
    with standing(quick=True, REQUESTS_PER_MINUTE="10") as stand:
        pages = stand.known_tasks(170)
        fresh = iter(pages)
        for minute in range(12):  # five minutes behind, and then every minute brings what a minute can work
            for _ in range(50 if minute == 0 else 10):
                page = next(fresh)
                stand.assign(page, stand.demo.ann)
                stand.send(page)
            until = stand.clock.time() + 60
            stand.settle()
            while stand.clock.time() < until:
                if stand.step() is None:
                    stand.clock.sleep(1)

        assert sum(len(stand.comments(page)) for page in pages) > 75
        assert len(stand.notices()) > 50
