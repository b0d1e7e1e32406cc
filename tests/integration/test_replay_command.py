"""``events`` and ``replay`` on the whole of Steward in one process (O4, hard question 7)."""

import argparse
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.operate import events, explain, replay, replay_dry_run, target
from infra.operate.__main__ import main
from infra.operate.spans import since
from tests.integration.here import Here
from tests.integration.stand import Stand, standing


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with standing(quick=True) as made:
        here = Here(made)
        others = {"sqs": made.sqs, "secretsmanager": made.secrets}
        monkeypatch.setattr(here, "client", others.__getitem__)
        monkeypatch.setattr(target, "find", lambda *_: here)
        for command in (events, replay):
            monkeypatch.setattr(command, "utc_now", made.clock.now)
        monkeypatch.setattr(replay_dry_run, "sleep", made.clock.sleep)
        assert explain is not None
        yield made


@pytest.fixture
def told(stand: Stand) -> tuple[str, str]:
    """A page whose assignment to Ann was told, and the event of it."""
    page = stand.known_tasks(1)[0]
    stand.assign(page, stand.demo.ann)
    stand.clock.sleep(60)
    event = stand.send(page)["id"]
    stand.work()
    stand.gather()
    assert stand.told(page) == [stand.demo.ann]
    return page, event


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def everything(stand: Stand) -> list[Any]:
    """All rows of both tables, but for the request budget's, which a look spends of."""
    rows = [
        row
        for table in ("STATE_TABLE", "JOURNAL_TABLE")
        for row in stand.dynamodb.Table(stand.environ[table]).scan()["Items"]
        if "BUDGET" not in row["pk"]
    ]
    return sorted(rows, key=lambda row: (row["pk"], row["sk"]))


@pytest.mark.req("O4", "P3")
def test_a_replay_of_an_event_tells_nobody_twice_and_spends_one_call(
    stand: Stand, told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page, event = told
    before, messages = len(stand.notion.requests()), stand.messages()

    assert printed(capsys, "replay", event)["replayed"] == [{"event_id": event, "entity": page}]
    stand.work()
    stand.gather()

    assert stand.told(page) == [stand.demo.ann]
    assert stand.messages() == messages
    assert len(stand.notion.requests()) == before + 1
    found = printed(capsys, "explain", event)
    assert found["replays"]["times"] == 1
    assert found["replays"]["why"] == "nothing to tell"
    assert found["decision"] == "observed"


@pytest.mark.req("O4", "P6")
def test_a_replay_tells_what_no_webhook_brought_and_explain_knows_it(
    stand: Stand, told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page, event = told
    stand.assign(page, stand.demo.chloe)

    assert main(["replay", event]) == 0
    stand.work()
    stand.gather()
    assert stand.told(page) == [stand.demo.ann, stand.demo.chloe]

    assert main(["replay", event]) == 0  # within SQS's five minutes: another deduplication id
    stand.work()
    stand.gather()
    assert stand.told(page) == [stand.demo.ann, stand.demo.chloe]
    found = printed(capsys, "explain", event)
    assert found["replays"]["times"] == 2
    assert [e["person"] for e in found["effects"] if e["kind"] == "notion.comment"] == [
        stand.demo.ann,
        stand.demo.chloe,
    ]
    assert {e["status"] for e in found["effects"]} == {"done"}


@pytest.mark.req("O4", "P3")
def test_a_replay_that_dies_between_telling_and_its_end_tells_once(
    stand: Stand, told: tuple[str, str]
) -> None:
    page, event = told
    stand.assign(page, stand.demo.chloe)
    assert main(["replay", event]) == 0
    stand.notion.add_fault(faults.answer(503), match={"method": "POST", "path": "/v1/comments"})
    stand.work()
    stand.restart()
    for _ in range(3):
        stand.clock.sleep(120)
        stand.settle()
        stand.work()
    assert stand.told(page) == [stand.demo.ann, stand.demo.chloe]


@pytest.mark.req("O4")
def test_a_page_is_replayed_by_its_address_also_when_it_was_never_seen(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    page = stand.add_tasks(1)[0]
    stand.assign(page, stand.demo.ann)

    found = printed(capsys, "replay", "--page", f"https://www.notion.so/Task-{page.replace('-', '')}")
    stand.work()

    assert found["replayed"][0]["entity"] == page
    assert stand.snapshot(page)["version"] == 1
    assert stand.told(page) == []  # what was there before is no news


@pytest.mark.req("O4")
def test_every_page_since_is_replayed_once_and_what_is_parked_is_left_to_its_dead_letter(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = stand.known_tasks(3)
    stand.clock.sleep(86_400)
    for page in [*pages, pages[0]]:
        stand.send(page)
    stand.work()
    stand.notion.add_fault(
        faults.answer(400, code="validation_error"), match={"method": "GET", "path": f"/v1/pages/{pages[2]}"}
    )
    stand.clock.sleep(60)
    parked = stand.send(pages[2])["id"]
    stand.work()
    calls = len(stand.notion.requests())

    found = printed(capsys, "replay", "--since", "2h")
    assert sorted(r["entity"] for r in found["replayed"]) == sorted(pages)
    assert (found["events"], found["parked"], found["complete"]) == (4, [parked], True)
    stand.work()
    assert len(stand.notion.requests()) == calls + 3

    refused = printed(capsys, "replay", parked, status=1)
    assert "parked" in refused["error"]
    assert "dlq redrive" in refused["do"]
    assert "does not know" in printed(capsys, "replay", "nobody's", status=1)["error"]


@pytest.mark.req("O4")
def test_a_dry_run_writes_nothing_and_says_what_the_replay_then_does(
    stand: Stand, told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page, event = told
    stand.assign(page, stand.demo.chloe)
    before = everything(stand)

    blind = printed(capsys, "replay", event, "--dry-run", "--no-observe")
    assert blind["pages"][0]["observed"] is None
    assert blind["not_read"] is None
    seen = printed(capsys, "replay", event, "--dry-run")["pages"][0]["observed"]
    assert main(["replay", event, "--dry-run", "--observe"]) == 0
    assert "differs     assignees: Ann" in capsys.readouterr().out

    assert everything(stand) == before
    assert stand.step() is None
    assert stand.told(page) == [stand.demo.ann]
    assert {(e["kind"], e["person"]) for e in seen["would_plan"]} == {
        ("notion.comment", "Chloé"),
        ("slack.message", "Chloé"),
    }
    assert main(["replay", event]) == 0
    stand.work()
    stand.gather()
    assert stand.told(page) == [stand.demo.ann, stand.demo.chloe]


@pytest.mark.req("O4")
def test_observing_without_a_dry_run_is_refused(
    told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--dry-run" in printed(capsys, "replay", told[1], "--observe", status=2)["error"]


@pytest.mark.req("O4", "P4")
def test_a_dry_run_waits_for_the_probes_budget_and_says_so(
    stand: Stand, told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    stand.environ |= {"REQUESTS_PER_MINUTE": "180", "PROBES_PER_MINUTE": "12"}
    began, said = stand.clock.now(), ""
    for _ in range(4):
        assert main(["replay", told[1], "--dry-run"]) == 0
        said += capsys.readouterr().err

    assert "the request budget of this minute is spent; goes on in " in said
    assert timedelta(seconds=1) <= stand.clock.now() - began < timedelta(minutes=5)


@pytest.mark.req("O4", "P5")
def test_what_a_dry_run_could_not_read_is_said_and_what_is_owed_is_told_all_the_same(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    for page in (pages := stand.known_tasks(2)):
        stand.send(page)
    stand.work()
    stand.notion.add_fault(faults.answer(503), match={"method": "GET"}, times="forever")
    calls = len(stand.notion.requests())

    found = printed(capsys, "replay", "--since", "2h", "--dry-run", status=1)
    assert sorted(page["entity"] for page in found["pages"]) == sorted(pages)
    assert [page["observed"] for page in found["pages"]] == [None, None]
    assert "Notion can't be asked" in found["not_read"]["why"]
    assert "--no-observe" in found["not_read"]["do"]
    once = len(stand.notion.requests()) - calls
    assert main(["replay", "--since", "2h", "--dry-run"]) == 1
    out, err = capsys.readouterr()
    assert "not read, so nobody knows what differs from that" in out
    assert err.startswith("replay: 2 not read: Notion can't be asked")
    assert len(stand.notion.requests()) == calls + 2 * once  # the second page is not asked for in vain


@pytest.mark.req("O4")
def test_without_the_stacks_rules_file_a_dry_run_says_what_is_owed(
    stand: Stand, told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    stand.environ["RULES_FILE"] = "nowhere.toml"

    found = printed(capsys, "replay", told[1], "--dry-run", status=1)
    assert found["pages"][0]["observed"] is None
    assert "nowhere.toml: can't be read" in found["not_read"]["why"]
    assert found["not_read"]["do"].endswith("--rules FILE")
    refused = printed(capsys, "replay", told[1], "--dry-run", "--observe", status=2)
    assert refused["do"].endswith("--rules FILE")


@pytest.mark.req("O4", "P8")
def test_events_are_listed_newest_first_and_filtered(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = stand.known_tasks(2)
    sent = []
    for page in [*pages, pages[0]]:
        stand.clock.sleep(60)
        sent.append(stand.send(page)["id"])
        stand.work()
    stand.clock.sleep(60)
    ignored = stand.send(pages[1], type="page.content_updated")["id"]
    stand.work()

    def ids(*arguments: str) -> list[str]:
        return [event["id"] for event in printed(capsys, "events", *arguments)["events"]]

    assert ids("--limit", "3") == [ignored, sent[2], sent[1]]
    assert ids("--outcome", "ignored") == [ignored]
    assert ids("--page", pages[0].replace("-", ""), "--since", "1h") == [sent[2], sent[0]]
    stand.clock.sleep(60)
    assert printed(capsys, "events", "--since", "10s", status=1)["events"] == []
    assert main(["events", "--limit", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["finished", "took", "outcome", "decision", "type", "page", "effects", "id"]
    assert lines[2].startswith("2 min")
    assert "Task 0" in lines[2]
    assert main(["events", "--page", "nothing"]) == 2
    assert main(["replay", "--page", "nothing"]) == 2


@pytest.mark.req("O4")
def test_no_day_is_asked_for_that_the_journal_can_not_have(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.send(stand.known_tasks(1)[0])
    stand.work()
    here: Any = Here(stand)
    now = stand.clock.now()

    first = events.kept_since(argparse.Namespace(since=since("9999w")), here, now)

    assert first == now - timedelta(days=90)
    assert len(printed(capsys, "events", "--since", "0001-01-01")["events"]) == 1
    for command in ("events", "replay"):  # a time that has not come
        assert printed(capsys, command, "--since", "9999-12-31", status=1)["complete"] is True


@pytest.mark.req("O4")
def test_a_filter_looks_through_so_many_rows_and_says_when_that_was_not_all(stand: Stand) -> None:
    page = stand.known_tasks(1)[0]
    for _ in range(3):
        stand.send(page)
    stand.work()
    table, looked = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]), events.Looked()
    now = stand.clock.now()
    found = list(events.rows(table, now - timedelta(days=1), now, looked, page=page, most=1))
    assert found
    assert looked.cut
