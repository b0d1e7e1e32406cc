"""The lane's rest on the whole stack: the functions themselves turn the event source mapping, under their own policies."""

import json
import time
from functools import partial

import pytest

from infra.local.simulators.notion import Demo
from infra.local.stack import LocalStack
from infra.operate import target
from infra.operate.__main__ import main
from tests.stack.test_stack import eventually, vendors

pytestmark = pytest.mark.stack


def mapping(stack: LocalStack) -> str:
    found = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return str(found[0]["State"])


def token_of(stack: LocalStack) -> str:
    secret = stack.client("secretsmanager").get_secret_value(SecretId=stack.resource("NotionSecret"))
    return str(json.loads(secret["SecretString"])["token"])


def look(stack: LocalStack) -> str:
    answer = stack.client("lambda").invoke(FunctionName=stack.resource("Triage"), Payload=b"{}")
    return str(json.loads(answer["Payload"].read())["look"])


def invocations(stack: LocalStack) -> int:
    return sum(line.startswith("END ") for line in stack.logs("processor"))


def let_the_probe_be_due(stack: LocalStack) -> None:
    """The first probe comes a minute after the pause; a test has no minute."""
    table = stack.table("StateTable")
    item = table.get_item(Key={"pk": "MEMORY#PAUSE", "sk": "MEMORY"})["Item"]
    document = {**json.loads(item["document"]), "next_probe_at": "2026-01-01T00:00:00+00:00"}
    table.put_item(Item={**item, "document": json.dumps(document)})


@pytest.mark.req("T5", "P4", "O3")
def test_a_wrong_token_stops_the_event_source_and_a_right_one_lets_it_go_on(
    stack: LocalStack, demo: Demo
) -> None:
    notion, slack = vendors(stack)
    token, page = token_of(stack), demo.tasks["Ship the newsletter"]
    assert look(stack) in ("running", "enabled")
    notion.revoke_token(token)
    try:
        notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)
        eventually(lambda: mapping(stack) == "Disabled", 30)
        before, invoked = len(notion.requests(path=page)), invocations(stack)
        assert look(stack) == "resting"
        eventually(lambda: invocations(stack) > invoked)  # for what can be done without Notion
        time.sleep(1)
        assert len(notion.requests(path=page)) == before
        let_the_probe_be_due(stack)
        assert look(stack) == "still down"
    finally:
        notion.add_token(token)
    let_the_probe_be_due(stack)

    assert look(stack) == "resumed"

    assert mapping(stack) == "Enabled"
    # The message was hidden for the minute that AWS may take to stop delivering.
    eventually(lambda: [c for c in notion.comments(page) if "Ann" in c["text"]], 90)
    eventually(lambda: [m for m in slack.messages("#tasks") if "newsletter" in m["text"]])
    assert look(stack) == "running"


@pytest.mark.req("T5", "O4")
def test_an_operator_pauses_and_resumes_the_lane_of_the_local_stack(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))  # another stack may run too
    assert main(["lane", "pause", "--reason", "a drill"]) == 0
    assert mapping(stack) == "Disabled"
    assert main(["lane", "resume"]) == 0
    assert mapping(stack) == "Enabled"
    assert main(["lane", "status"]) == 0
    assert "the lane runs" in capsys.readouterr().out
