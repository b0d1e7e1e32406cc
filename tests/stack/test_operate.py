"""The operator's commands on the whole stack of this machine."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests

from infra.local.simulators.notion import Demo, faults
from infra.local.stack import LocalStack
from infra.operate import target
from infra.operate.__main__ import main

pytestmark = pytest.mark.stack


@pytest.mark.req("P4", "P8")
def test_a_dead_letter_is_listed_redriven_and_then_explained(
    stack: LocalStack, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))  # another stack may run too
    notion = stack.notion
    assert notion is not None
    page = demo.tasks["Café menu & prices"]
    refusal = faults.answer(400, code="validation_error")
    notion.add_fault(refusal, match={"method": "GET", "path": f"/v1/pages/{page}"})
    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)

    (letter,) = eventually(lambda: printed(capsys, "dlq", "list")["dead_letters"])
    assert letter["entity"] == page
    assert letter["exception"] == "CallFailed/invalid"
    assert main(["dlq", "redrive", "--id", letter["id"]]) == 0
    eventually(lambda: notion.comments(page))

    def told() -> Any:
        found = printed(capsys, "explain", letter["event_id"])
        return found if found.get("decision") == "observed" else None

    found = eventually(told)
    assert {effect["status"] for effect in found["effects"]} == {"done"}
    assert len(notion.comments(page)) == 1
    assert printed(capsys, "dlq", "list")["dead_letters"] == []


@pytest.mark.req("O4")
def test_an_event_is_listed_replayed_without_telling_twice_and_found_in_the_logs(
    stack: LocalStack, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))
    notion = stack.notion
    assert notion is not None
    page = notion.add_page(demo.data_source_id, {"Name": "Order new chairs"})
    notion.edit(page, properties={"Assignee": [demo.chloe]}, by=demo.ben)
    eventually(lambda: notion.comments(page))
    (event, *_) = eventually(lambda: printed(capsys, "events", "--page", page).get("events"))

    seen = printed(capsys, "replay", event["id"], "--dry-run", "--observe")["pages"][0]
    assert (seen["entity"], seen["observed"]["would_plan"]) == (page, [])
    assert main(["replay", event["id"]]) == 0
    found = eventually(lambda: printed(capsys, "explain", event["id"]).get("replays"))

    assert (found["times"], found["decision"]) == (1, "observed")
    assert len(notion.comments(page)) == 1
    lines = eventually(lambda: printed(capsys, "logs", "--event", event["id"]).get("lines"))
    assert {line["function"] for line in lines} <= {"ingest", "processor"}


@pytest.mark.req("C1", "C2", "C3", "C4", "O4")
@pytest.mark.usefixtures("demo")
def test_the_console_answers_and_the_printed_link_logs_in(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))
    browser = requests.Session()
    stack.client("lambda").invoke(FunctionName=stack.resource("Triage"), Payload=b"{}")
    health = eventually(lambda: _with_notion(browser.get(f"{stack.url}/health", timeout=20)), seconds=90)
    # What other tests of this stack left behind, a dead letter, is told as well, and is no outage.
    assert health["status"] != "down", health["reason"]
    assert health["services"]["notion"]["latency_ms"] > 0  # a real round was made, and a real probe timed
    status = browser.get(f"{stack.url}/status", headers={"accept": "application/json"}, timeout=20)
    assert (status.status_code, status.json()["status"]) == (200, "operational")
    sync = f"{stack.url}/api/admin/sync/health"
    assert browser.get(sync, timeout=20).headers["www-authenticate"] == 'Bearer realm="steward"'
    bearer = {"authorization": f"Bearer {stack.console_token}"}
    assert (
        browser.get(sync, headers=bearer, timeout=20).json()["reason"] == "the two sides were never compared"
    )

    told = printed(capsys, "console")
    assert told["dashboard"] == f"{stack.url}/dashboard"
    assert stack.console_token not in json.dumps(told)
    assert browser.get(told["dashboard"], timeout=20).url == f"{stack.url}/dashboard/login"
    page = browser.get(told["login"], timeout=20)
    assert (page.status_code, page.url) == (200, told["dashboard"])
    assert browser.get(f"{told['dashboard']}/events/none", timeout=20).status_code == 404

    written = "\n".join(stack.logs("console"))
    assert '"route"' in written
    assert not [s for s in (stack.console_token, told["login"].partition("=")[2]) if s in written]
    assert not [line for line in written.splitlines() if '"ERROR"' in line]


def _with_notion(answer: requests.Response) -> Any:
    """What health says once the triage has seen Notion well; nothing before."""
    told = answer.json()
    return told if told["services"]["notion"]["state"] == "up" else None


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def eventually(look: Callable[[], Any], seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "not seen in time"
        time.sleep(0.1)
    return found


@pytest.mark.req("O4", "O5")
def test_doctor_finds_no_fault_and_says_what_the_local_aws_can_not_tell(
    stack: LocalStack, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.tasks
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))
    for name in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    found = printed(capsys, "doctor")
    by_state: dict[str, set[str]] = {}
    for line in found["lines"]:
        by_state.setdefault(line["state"], set()).add(line["check"])
    assert "fault" not in by_state, found["lines"]
    assert {"secrets", "notion", "data sources", "schedules", "clocks"} <= by_state["ok"]
    assert {"alarms", "on-call"} <= by_state["not checked"]
    assert found["unmade"] == []
    assert stack.signing_token not in json.dumps(found)
