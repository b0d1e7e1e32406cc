"""The operator's commands on the whole stack of this machine."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

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


@pytest.mark.req("O4", "O5")
def test_doctor_finds_no_fault_and_says_what_the_local_aws_can_not_tell(
    stack: LocalStack, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.tasks
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))
    for name in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (found,) = printed(capsys, "doctor", "--json")
    by_state: dict[str, set[str]] = {}
    for line in found["lines"]:
        by_state.setdefault(line["state"], set()).add(line["check"])
    assert "fault" not in by_state, found["lines"]
    assert {"secrets", "notion", "data sources", "schedules", "clocks"} <= by_state["ok"]
    assert {"alarms", "on-call"} <= by_state["not checked"]
    assert stack.signing_token not in json.dumps(found)
