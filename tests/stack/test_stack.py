"""The whole stack, deployed from template.yaml with IAM enforced, functions under the real runtime client."""

import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.aws import REGION
from infra.local.simulators.notion import Demo, NotionAdmin, NotionSimulator, faults, seed_demo
from infra.local.simulators.slack import SlackAdmin, SlackSimulator
from infra.local.stack import LocalStack
from infra.operate.samples import sample_event
from steward.signature import sign
from tests.stack.family import descendants

pytestmark = pytest.mark.stack


def eventually(look: Callable[[], Any], seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "not seen in time"
        time.sleep(0.05)
    return found


def vendors(stack: LocalStack) -> tuple[NotionAdmin, SlackAdmin]:
    assert stack.notion is not None
    assert stack.slack is not None
    return stack.notion, stack.slack


def post(url: str, body: bytes, signature: str) -> tuple[int, Any]:
    headers = {"X-Notion-Signature": signature, "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.mark.req("A1", "I1", "I6", "O1", "P1")
def test_an_edit_in_notion_becomes_one_comment_and_one_message(stack: LocalStack, demo: Demo) -> None:
    notion, slack = vendors(stack)
    page = demo.tasks["Review the contract"]

    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)

    comments = eventually(lambda: notion.comments(page))
    messages = eventually(lambda: [m for m in slack.messages("#tasks") if "Review the contract" in m["text"]])
    assert [c["rich_text"][0]["mention"]["user"]["id"] for c in comments] == [demo.ann]
    assert len(messages) == 1
    assert re.match(r"<@U\w+> is now assigned to <", messages[0]["text"])


@pytest.mark.req("I1", "I2", "I7")
def test_the_door_answers_as_api_gateway_and_ingest_do(stack: LocalStack) -> None:
    hook = f"{stack.url}/webhooks/notion"

    assert post(hook, b"{}", "sha256=" + "0" * 64)[0] == 401
    assert post(f"{stack.url}/nowhere", b"{}", "")[0] == 404
    assert post(f"{stack.url}/health", b"{}", "")[0] == 405  # the console's, not the local AWS's own
    assert post(hook, "é ☕".encode() + b"\xff\x00", sign(b"other", stack.signing_token))[0] == 401
    body = json.dumps({"type": "moon.risen", "note": "Café ☕"}, ensure_ascii=False).encode()
    assert post(hook, body, sign(body, stack.signing_token))[0] == 200
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(hook, timeout=10)
    assert (caught.value.code, caught.value.headers["allow"]) == (405, "POST")
    caught.value.close()


def as_role(stack: LocalStack, role: str, service: str) -> Any:
    arn = f"arn:aws:iam::000000000000:role/{stack.resource(role)}"
    keys = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,
        endpoint_url=stack.client("sts").meta.endpoint_url,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


ITEM = {"pk": {"S": "x"}, "sk": {"S": "x"}}

DENIED: list[tuple[str, str, str, Callable[[LocalStack], dict[str, Any]]]] = [
    ("IngestRole", "secretsmanager", "get_secret_value", lambda s: {"SecretId": s.resource("NotionSecret")}),
    ("IngestRole", "secretsmanager", "get_secret_value", lambda s: {"SecretId": s.resource("SlackSecret")}),
    (
        "IngestRole",
        "secretsmanager",
        "put_secret_value",
        lambda s: {"SecretId": s.resource("SigningSecret"), "SecretString": "{}"},
    ),
    ("IngestRole", "sqs", "receive_message", lambda s: {"QueueUrl": s.resource("LaneQueue")}),
    (
        "IngestRole",
        "sqs",
        "send_message",
        lambda s: {"QueueUrl": s.resource("DeadLetterQueue"), "MessageBody": "x", "MessageGroupId": "x"},
    ),
    (
        "IngestRole",
        "dynamodb",
        "get_item",
        lambda s: {"TableName": s.resource("StateTable"), "Key": {"pk": {"S": "x"}, "sk": {"S": "x"}}},
    ),
    (
        "ProcessorRole",
        "secretsmanager",
        "get_secret_value",
        lambda s: {"SecretId": s.resource("SigningSecret")},
    ),
    (
        "ProcessorRole",
        "secretsmanager",
        "put_secret_value",
        lambda s: {"SecretId": s.resource("NotionSecret"), "SecretString": "{}"},
    ),
    ("ProcessorRole", "sqs", "receive_message", lambda s: {"QueueUrl": s.resource("DeadLetterQueue")}),
    ("ProcessorRole", "sqs", "purge_queue", lambda s: {"QueueUrl": s.resource("LaneQueue")}),
    ("ProcessorRole", "dynamodb", "delete_table", lambda s: {"TableName": s.resource("StateTable")}),
    ("ProcessorRole", "dynamodb", "scan", lambda s: {"TableName": s.resource("JournalTable")}),
    *[
        (
            "ConsoleRole",
            "dynamodb",
            "put_item",
            lambda s, table=table: {"TableName": s.resource(table), "Item": ITEM},
        )
        for table in ("StateTable", "JournalTable")
    ],
    *[
        (
            "ConsoleRole",
            "dynamodb",
            "delete_item",
            lambda s, table=table: {"TableName": s.resource(table), "Key": ITEM},
        )
        for table in ("StateTable", "JournalTable")
    ],
    (
        "ConsoleRole",
        "dynamodb",
        "transact_write_items",
        lambda s: {"TransactItems": [{"Put": {"TableName": s.resource("JournalTable"), "Item": ITEM}}]},
    ),
    ("ConsoleRole", "dynamodb", "scan", lambda s: {"TableName": s.resource("JournalTable")}),
    ("ConsoleRole", "secretsmanager", "get_secret_value", lambda s: {"SecretId": s.resource("NotionSecret")}),
    (
        "ConsoleRole",
        "secretsmanager",
        "get_secret_value",
        lambda s: {"SecretId": s.resource("SigningSecret")},
    ),
    (
        "ConsoleRole",
        "secretsmanager",
        "put_secret_value",
        lambda s: {"SecretId": s.resource("ConsoleSecret"), "SecretString": "{}"},
    ),
    ("ConsoleRole", "sqs", "get_queue_attributes", lambda s: {"QueueUrl": s.resource("LaneQueue")}),
    ("ConsoleRole", "lambda", "invoke", lambda s: {"FunctionName": s.resource("Processor")}),
]


@pytest.mark.req("O3")
@pytest.mark.parametrize(
    ("role", "service", "call", "arguments"), DENIED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_what_a_role_does_not_need_it_may_not_do(
    stack: LocalStack, role: str, service: str, call: str, arguments: Callable[[LocalStack], dict[str, Any]]
) -> None:
    client = as_role(stack, role, service)

    with pytest.raises(ClientError) as caught:
        getattr(client, call)(**arguments(stack))
    assert "denied" in str(caught.value).lower() or "not authorized" in str(caught.value).lower()


@pytest.mark.req("P3")
def test_killing_the_processor_between_the_comment_and_its_record_gives_one_comment(
    stack: LocalStack, demo: Demo
) -> None:
    notion, _ = vendors(stack)
    page = demo.tasks["Write the launch plan"]
    notion.add_fault(faults.hang(), match={"method": "POST", "path": "/v1/comments"})

    notion.edit(page, properties={"Assignee": [demo.chloe]}, by=demo.ben)
    eventually(lambda: notion.comments(page) and notion.hanging())
    workers = [pid for pid, command in descendants(stack.pids()).items() if "processor.handler" in command]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    notion.release_hangs()

    # The message comes back after the visibility time-out; the effect is found started, looked for, and found.
    table = stack.table("JournalTable")
    event = next(
        e for e in notion.events() if e["type"] == "page.properties_updated" and e["entity"]["id"] == page
    )
    key = {"pk": f"EVENT#{event['id']}", "sk": "RECORD"}
    row = eventually(lambda: table.get_item(Key=key).get("Item"), seconds=60)
    assert {e["status"] for e in row["effects"]} == {"done"}
    assert len(notion.comments(page)) == 1
    assert notion.requests(method="GET", path="/v1/comments"), "nobody looked before trying again"


@pytest.mark.req("O1")
def test_stand_ins_of_ones_own_take_the_simulators_place(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(Path("functions/steward.toml").read_text().replace('"#tasks"', '"#team"'))
    token, hook_token = "ntn_" + "theirs" * 4, "secret_" + "theirs" * 5
    with NotionSimulator(tokens=(token,)) as notion, SlackSimulator() as slack:
        slack.seed_demo()
        demo = seed_demo(notion)
        page = demo.tasks["Review the contract"]
        notion.edit(page, properties={"Assignee": [demo.ann]}, silent=True)
        environ = {
            "NOTION_API_URL": notion.url,
            "NOTION_TOKEN": token,
            "NOTION_VERIFICATION_TOKEN": hook_token,
            "SLACK_WEBHOOK_URL": slack.webhook_url,
        }
        with LocalStack(environ=environ, rules=rules) as stack:
            assert (stack.notion, stack.slack) == (None, None)
            body = json.dumps(
                sample_event("page.properties_updated", now=datetime.now(UTC), entity_id=page)
            ).encode()
            assert post(f"{stack.url}/webhooks/notion", body, sign(body, hook_token))[0] == 200
            eventually(lambda: slack.messages("#team"))
        assert len(notion.comments(page)) == 1
        assert len(slack.messages("#team")) == 1


@pytest.mark.req("P1", "P4")
def test_the_scheduler_sends_its_ticks_through_the_lane(stack: LocalStack) -> None:
    scheduler = stack.client("scheduler")
    schedules = scheduler.list_schedules()["Schedules"]
    targets = [
        scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["Target"] for one in schedules
    ]
    ticks = [target for target in targets if "SqsParameters" in target]

    assert [target["SqsParameters"] for target in ticks] == [{"MessageGroupId": "lane-0"}] * 3
    assert sorted(json.loads(target["Input"])["kind"] for target in ticks) == [
        "remind",
        "settle",
        "sweep",
    ]


@pytest.mark.req("O5")
def test_no_token_signature_or_address_is_in_any_log_of_the_run(stack: LocalStack) -> None:
    written = "\n".join([*stack.logs("ingest"), *stack.logs("processor")])

    assert '"decision"' in written
    for secret in (stack.signing_token, "ntn_", "xoxb-", "sha256=", "@example.com"):
        assert secret not in written
