"""Every function under exactly the role that the template gives it: the whole scenario works, and nothing else does.

The local AWS enforces IAM. Its functions get the credentials of their own role; a test takes the same role and tries.
What follows from the template alone is worked out in ``tests/infra/test_policies.py``; that the roles there are the
template's, in ``test_roles.py``.
"""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.aws import REGION
from infra.local.simulators.notion import Demo
from infra.local.stack import LocalStack
from infra.operate.samples import sample_event
from steward.signature import sign
from tests.stack.test_stack import eventually, post, vendors

pytestmark = pytest.mark.stack

FUNCTIONS = ("Ingest", "Processor", "Triage", "Console")
KEY = {"pk": {"S": "x"}, "sk": {"S": "x"}}

Arguments = Callable[[LocalStack], dict[str, Any]]


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


def secret(name: str) -> Arguments:
    return lambda stack: {"SecretId": stack.resource(name)}


def new_secret(name: str) -> Arguments:
    return lambda stack: {"SecretId": stack.resource(name), "SecretString": "{}"}


def moved(name: str) -> Arguments:
    return lambda stack: {"SecretId": stack.resource(name), "VersionStage": "AWSCURRENT"}


def queue(name: str, **more: Any) -> Arguments:
    return lambda stack: {"QueueUrl": stack.resource(name), **more}


def table(name: str, **more: Any) -> Arguments:
    return lambda stack: {"TableName": stack.resource(name), **more}


def function(name: str, **more: Any) -> Arguments:
    return lambda stack: {"FunctionName": stack.resource(name), **more}


def topic(stack: LocalStack) -> dict[str, Any]:
    return {"TopicArn": stack.resource("AlertTopic"), "Message": "x"}


def mapping(stack: LocalStack) -> dict[str, Any]:
    arn = "arn:aws:sqs:eu-west-1:000000000000:somebody-elses"
    return {"EventSourceArn": arn, "FunctionName": stack.resource("Processor")}


CHANGE = {
    "Key": KEY,
    "UpdateExpression": "SET touched = :x",
    "ExpressionAttributeValues": {":x": {"S": "x"}},
}
MESSAGE = {"MessageBody": "x", "MessageGroupId": "x", "MessageDeduplicationId": "denied"}

DENIED: list[tuple[str, str, str, Arguments]] = [
    # Ingest, which the internet reaches: no credential that can act, no event that waits, nothing remembered.
    ("IngestRole", "secretsmanager", "get_secret_value", secret("NotionSecret")),
    ("IngestRole", "secretsmanager", "get_secret_value", secret("SlackSecret")),
    ("IngestRole", "secretsmanager", "get_secret_value", secret("HubSpotSecret")),
    ("IngestRole", "secretsmanager", "get_secret_value", secret("ConsoleSecret")),
    ("IngestRole", "secretsmanager", "put_secret_value", new_secret("SigningSecret")),
    ("IngestRole", "secretsmanager", "update_secret_version_stage", moved("SigningSecret")),
    ("IngestRole", "secretsmanager", "delete_secret", secret("PendingSigningSecret")),
    ("IngestRole", "sqs", "receive_message", queue("LaneQueue")),
    ("IngestRole", "sqs", "delete_message", queue("LaneQueue", ReceiptHandle="x")),
    ("IngestRole", "sqs", "purge_queue", queue("LaneQueue")),
    ("IngestRole", "sqs", "send_message", queue("DeadLetterQueue", **MESSAGE)),
    ("IngestRole", "dynamodb", "get_item", table("StateTable", Key=KEY)),
    ("IngestRole", "dynamodb", "put_item", table("StateTable", Item=KEY)),
    ("IngestRole", "dynamodb", "get_item", table("JournalTable", Key=KEY)),
    ("IngestRole", "dynamodb", "put_item", table("JournalTable", Item=KEY)),
    ("IngestRole", "lambda", "invoke", function("Processor", Payload=b"{}")),
    ("IngestRole", "sns", "publish", topic),
    # The processor: no way in, no way past the lane, nothing that is not its own work.
    ("ProcessorRole", "secretsmanager", "get_secret_value", secret("SigningSecret")),
    ("ProcessorRole", "secretsmanager", "get_secret_value", secret("PendingSigningSecret")),
    ("ProcessorRole", "secretsmanager", "get_secret_value", secret("ConsoleSecret")),
    ("ProcessorRole", "secretsmanager", "put_secret_value", new_secret("NotionSecret")),
    ("ProcessorRole", "sqs", "receive_message", queue("DeadLetterQueue")),
    ("ProcessorRole", "sqs", "purge_queue", queue("LaneQueue")),
    ("ProcessorRole", "dynamodb", "delete_table", table("StateTable")),
    ("ProcessorRole", "dynamodb", "delete_item", table("JournalTable", Key=KEY)),
    ("ProcessorRole", "dynamodb", "scan", table("JournalTable")),
    ("ProcessorRole", "lambda", "invoke", function("Triage", Payload=b"{}")),
    ("ProcessorRole", "lambda", "update_function_configuration", function("Processor", Timeout=31)),
    # The triage: it looks, tells and rests the lane; it makes no token and works no event.
    ("TriageRole", "secretsmanager", "get_secret_value", secret("SigningSecret")),
    ("TriageRole", "secretsmanager", "get_secret_value", secret("ConsoleSecret")),
    ("TriageRole", "secretsmanager", "put_secret_value", new_secret("NotionSecret")),
    ("TriageRole", "secretsmanager", "update_secret_version_stage", moved("SlackSecret")),
    ("TriageRole", "sqs", "receive_message", queue("LaneQueue")),
    ("TriageRole", "sqs", "send_message", queue("LaneQueue", **MESSAGE)),
    ("TriageRole", "sqs", "purge_queue", queue("DeadLetterQueue")),
    ("TriageRole", "dynamodb", "delete_item", table("StateTable", Key=KEY)),
    ("TriageRole", "dynamodb", "scan", table("StateTable")),
    ("TriageRole", "lambda", "invoke", function("Ingest", Payload=b"{}")),
    # The console, which the internet reaches, too: it reads, and only what it shows.
    ("ConsoleRole", "dynamodb", "put_item", table("StateTable", Item=KEY)),
    ("ConsoleRole", "dynamodb", "put_item", table("JournalTable", Item=KEY)),
    ("ConsoleRole", "dynamodb", "update_item", table("StateTable", **CHANGE)),
    ("ConsoleRole", "dynamodb", "update_item", table("JournalTable", **CHANGE)),
    ("ConsoleRole", "dynamodb", "delete_item", table("StateTable", Key=KEY)),
    ("ConsoleRole", "dynamodb", "delete_item", table("JournalTable", Key=KEY)),
    (
        "ConsoleRole",
        "dynamodb",
        "batch_write_item",
        lambda s: {"RequestItems": {s.resource("JournalTable"): [{"PutRequest": {"Item": KEY}}]}},
    ),
    (
        "ConsoleRole",
        "dynamodb",
        "transact_write_items",
        lambda s: {"TransactItems": [{"Put": {"TableName": s.resource("StateTable"), "Item": KEY}}]},
    ),
    ("ConsoleRole", "dynamodb", "scan", table("JournalTable")),
    ("ConsoleRole", "sqs", "get_queue_attributes", queue("LaneQueue")),
    ("ConsoleRole", "secretsmanager", "put_secret_value", new_secret("ConsoleSecret")),
    ("ConsoleRole", "secretsmanager", "get_secret_value", secret("NotionSecret")),
    ("ConsoleRole", "secretsmanager", "get_secret_value", secret("SlackSecret")),
    ("ConsoleRole", "secretsmanager", "get_secret_value", secret("SigningSecret")),
    ("ConsoleRole", "sqs", "send_message", queue("LaneQueue", **MESSAGE)),
    ("ConsoleRole", "sqs", "receive_message", queue("LaneQueue")),
    ("ConsoleRole", "lambda", "invoke", function("Processor", Payload=b"{}")),
    ("ConsoleRole", "sns", "publish", topic),
    # What an event source is and where it leads nobody decides at run time. That only the processor's own is turned can't be
    # tried: the local AWS checks no right to change one. It is worked out in tests/infra/test_policies.py.
    ("ProcessorRole", "lambda", "create_event_source_mapping", mapping),
    ("TriageRole", "lambda", "create_event_source_mapping", mapping),
    ("ConsoleRole", "lambda", "list_event_source_mappings", lambda _: {}),
    ("IngestRole", "lambda", "list_event_source_mappings", lambda _: {}),
]


def refused(call: Callable[[], Any]) -> str:
    """Why a call was refused; it has to be, and for want of a right."""
    with pytest.raises(ClientError) as caught:
        call()
    said = str(caught.value)
    assert "denied" in said.lower() or "not authorized" in said.lower(), said
    return said


@pytest.mark.req("O3")
@pytest.mark.parametrize(
    ("role", "service", "call", "arguments"), DENIED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_what_a_role_does_not_need_it_may_not_do(
    stack: LocalStack, role: str, service: str, call: str, arguments: Arguments
) -> None:
    client = as_role(stack, role, service)

    refused(lambda: getattr(client, call)(**arguments(stack)))


@pytest.mark.req("O3")
@pytest.mark.parametrize("role", ["SchedulerRole", "RolloutRole"])
def test_a_role_of_a_service_is_taken_by_nobody_else(stack: LocalStack, role: str) -> None:
    arn = f"arn:aws:iam::000000000000:role/{stack.resource(role)}"

    refused(lambda: stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test"))


def get(url: str, **headers: str) -> tuple[int, str]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        return answer.status, answer.read().decode()


@pytest.mark.req("O3", "A1", "T1", "C1", "C2")
def test_the_whole_scenario_works_under_these_roles_and_nothing_in_it_is_denied(
    stack: LocalStack, demo: Demo
) -> None:
    notion, slack = vendors(stack)
    page = notion.add_page(demo.data_source_id, {"Name": "Prove the roles"})
    bearer = {"Authorization": f"Bearer {stack.console_token}"}

    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)
    eventually(lambda: notion.comments(page))
    eventually(lambda: [m for m in slack.messages("#tasks") if "Prove the roles" in m["text"]])
    stack.client("sqs").send_message(
        QueueUrl=stack.resource("LaneQueue"),
        MessageBody='{"v":1,"kind":"sweep","at":"2026-01-01T00:00:00Z"}',
        MessageGroupId="lane-0",
    )
    looked = stack.client("lambda").invoke(FunctionName=stack.resource("Triage"), Payload=b"{}")
    assert "FunctionError" not in looked
    body = json.dumps(sample_event("page.content_updated", now=datetime.now(UTC))).encode()
    assert post(f"{stack.url}/webhooks/notion", body, sign(body, stack.signing_token))[0] == 200
    assert get(f"{stack.url}/health")[0] == 200
    assert get(f"{stack.url}/status")[0] == 200
    assert get(f"{stack.url}/api/admin/sync/health", **bearer)[0] == 200

    written = "\n".join(line for name in FUNCTIONS for line in stack.logs(name.lower()))
    denied = [line for line in written.splitlines() if "AccessDenied" in line or "not authorized" in line]
    assert denied == []
