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

    (letter,) = eventually(lambda: printed(capsys, "dlq", "list", "--json"))
    assert letter["entity"] == page
    assert letter["exception"] == "CallFailed/invalid"
    assert main(["dlq", "redrive", "--id", letter["id"]]) == 0
    eventually(lambda: notion.comments(page))

    def told() -> Any:
        (found,) = printed(capsys, "explain", letter["event_id"], "--json") or [{}]
        return found if found.get("decision") == "observed" else None

    found = eventually(told)
    assert {effect["status"] for effect in found["effects"]} == {"done"}
    assert len(notion.comments(page)) == 1
    assert printed(capsys, "dlq", "list", "--json") == []


@pytest.mark.req("C1", "C2", "C3", "C4", "O4")
def test_the_console_answers_and_the_printed_link_logs_in(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))
    browser = requests.Session()
    health = eventually(lambda: _whole(browser.get(f"{stack.url}/health", timeout=20)), seconds=90)
    assert health["status"] == "healthy"
    assert health["services"]["notion"]["latency_ms"] > 0  # a real round was made, and a real probe timed
    status = browser.get(f"{stack.url}/status", headers={"accept": "application/json"}, timeout=20)
    assert (status.status_code, status.json()["status"]) == (200, "operational")
    sync = f"{stack.url}/api/admin/sync/health"
    assert browser.get(sync, timeout=20).headers["www-authenticate"] == 'Bearer realm="steward"'
    bearer = {"authorization": f"Bearer {stack.console_token}"}
    assert (
        browser.get(sync, headers=bearer, timeout=20).json()["reason"] == "the two sides were never compared"
    )

    (told,) = printed(capsys, "console", "--json")
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


def _whole(answer: requests.Response) -> Any:
    """What health says after the first round of the triage; nothing before."""
    told = answer.json()
    return told if told["checked_at"] else None


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Any]:
    capsys.readouterr()
    main(list(arguments))
    text, decoder, found = capsys.readouterr().out.strip(), json.JSONDecoder(), []
    while text:
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:].strip()
    return found


def eventually(look: Callable[[], Any], seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "not seen in time"
        time.sleep(0.1)
    return found
