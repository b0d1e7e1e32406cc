"""The AWS of a stand: the template's own queues, tables and secrets on moto, and fakes where moto does not go far enough."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from samtranslator.yaml_helper import yaml_parse

from tests.integration.clock import Clock
from tests.integration.tables import Tables

ROOT = Path(__file__).parents[2]
TOKEN = "secret_" + "t" * 40
REGION = "eu-west-1"


class Waiting:
    """SQS, but a message that is given back is visible again at once: the clock waits in its place."""

    def __init__(self, sqs: Any, clock: Clock) -> None:
        self._sqs = sqs
        self._clock = clock
        self.waits: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sqs, name)

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803 - boto3's names
        self.waits.append(VisibilityTimeout)
        self._clock.sleep(VisibilityTimeout)
        self._sqs.change_message_visibility(
            QueueUrl=QueueUrl, ReceiptHandle=ReceiptHandle, VisibilityTimeout=0
        )


class Functions:
    """Lambda: the event source mapping, as far as the lane's switch uses it, and calls of a function."""

    def __init__(self, queue_arn: str, *functions: str) -> None:
        self._arn = queue_arn
        self.mappings = {
            name: {
                "UUID": f"mapping-{name}",
                "FunctionArn": f"arn:aws:lambda:{REGION}:1:function:{name}",
                "State": "Enabled",
            }
            for name in functions
        }
        self.updates: list[bool] = []
        self.in_use = False
        """AWS still carries out the change before."""
        self.invoked: list[dict[str, Any]] = []
        """What the processor was called with and has not taken yet."""

    @property
    def enabled(self) -> bool:
        return self.mappings["processor"]["State"] == "Enabled"

    def deploy(self) -> None:
        """What CloudFormation does to a mapping that was disabled behind its back."""
        self.mappings["processor"]["State"] = "Enabled"

    def list_event_source_mappings(self, *, EventSourceArn: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert EventSourceArn == self._arn
        return {"EventSourceMappings": list(self.mappings.values())}

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803 - boto3's names
        assert InvocationType == "Event"
        assert FunctionName in self.mappings
        self.invoked.append(json.loads(Payload))

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> None:  # noqa: N803 - boto3's names
        if self.in_use:
            error = {"Code": "ResourceInUseException", "Message": "the mapping is being updated"}
            raise ClientError({"Error": error}, "UpdateEventSourceMapping")
        self.updates.append(Enabled)
        self.mappings[UUID.removeprefix("mapping-")]["State"] = "Enabled" if Enabled else "Disabled"


class Mailbox:
    """SES, as far as it is called: what was sent lies in ``mails``."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []
        self.region: str | None = None

    def send_email(self, **request: Any) -> dict[str, str]:
        self.mails.append(request)
        return {"MessageId": f"mail-{len(self.mails)}"}


class Topic:
    """SNS, as far as it is called: what was published lies in ``pages``."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, str]] = []

    def publish(self, *, TopicArn: str, Subject: str, Message: str) -> dict[str, str]:  # noqa: N803 - boto3's names
        self.pages.append((Subject, Message))
        return {"MessageId": f"page-{len(self.pages)}"}


@dataclass
class Aws:
    """What the processor takes from AWS; every piece can be wrapped by a test."""

    sqs: Any
    secrets: Any
    dynamodb: Any
    functions: Any
    mailbox: Mailbox = field(default_factory=Mailbox)
    sns: Topic = field(default_factory=Topic)
    cloudwatch: Any = None
    wrap: Callable[[Any], Any] = field(default=lambda table: table)

    def ses(self, region: str | None) -> Mailbox:
        self.mailbox.region = region
        return self.mailbox

    def dsql(self, region: str) -> Any:
        raise AssertionError(f"no test has a cluster in {region}")

    def table(self, name: str) -> Any:
        return self.wrap(self.dynamodb.Table(name))


NAMED_QUEUES = {
    "LANE_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/lane.fifo",
    "LANE_QUEUE_ARN": f"arn:aws:sqs:{REGION}:123456789012:lane.fifo",
    "DEAD_LETTER_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/dead.fifo",
}
"""As moto would name them."""


@cache
def template() -> Any:
    """The template's resources."""
    return yaml_parse((ROOT / "template.yaml").read_text())["Resources"]


@cache
def session_of_all() -> boto3.Session:
    """One for all stands of a process, because reading what botocore knows of its services takes longer than most tests."""
    return boto3.Session(region_name=REGION)


def make_resources(
    session: boto3.Session, tables: Tables | None = None, *, secrets: Any = None
) -> dict[str, str]:
    """Make the template's own queues, tables and secrets; returns the environment that names them.

    Args:
        session: where they are made.
        tables: where the tables are made instead; queues are then only named.
        secrets: a client to make the secrets with; one of the session without.
    """
    resources = template()
    secrets = secrets or session.client("secretsmanager")
    dynamodb: Any = session.client("dynamodb") if tables is None else None
    receives = resources["LaneQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    queues = _queues(session.client("sqs"), receives) if tables is None else NAMED_QUEUES
    for name in ("StateTable", "JournalTable"):
        properties = resources[name]["Properties"]
        taken = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        if tables is not None:
            tables.make(name, properties)
        else:
            dynamodb.create_table(TableName=name, **{key: properties[key] for key in taken})
    ids = {}
    names = (
        "SigningSecret",
        "PendingSigningSecret",
        "NotionSecret",
        "SlackSecret",
        "HubSpotSecret",
        "MirrorSecret",
    )
    for name in names:
        text = resources[name]["Properties"]["SecretString"]
        ids[name] = secrets.create_secret(Name=name, SecretString=text)["ARN"]
    secrets.put_secret_value(SecretId=ids["SigningSecret"], SecretString=json.dumps({"active": [TOKEN]}))
    return {
        **queues,
        "AWS_LAMBDA_FUNCTION_NAME": "processor",
        "PROCESSOR_FUNCTION": "processor",
        "STATE_TABLE": "StateTable",
        "JOURNAL_TABLE": "JournalTable",
        "SIGNING_SECRET_ID": ids["SigningSecret"],
        "PENDING_SECRET_ID": ids["PendingSigningSecret"],
        "NOTION_SECRET_ID": ids["NotionSecret"],
        "SLACK_SECRET_ID": ids["SlackSecret"],
        "HUBSPOT_SECRET_ID": ids["HubSpotSecret"],
        "MIRROR_SECRET_ID": ids["MirrorSecret"],
        "MAX_RECEIVE_COUNT": str(receives),
    }


def _queues(sqs: Any, receives: int) -> dict[str, str]:
    dead = sqs.create_queue(QueueName="dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": _arn(sqs, dead), "maxReceiveCount": receives})
    lane = sqs.create_queue(
        QueueName="lane.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true", "RedrivePolicy": redrive},
    )["QueueUrl"]
    return {"LANE_QUEUE_URL": lane, "LANE_QUEUE_ARN": _arn(sqs, lane), "DEAD_LETTER_QUEUE_URL": dead}


def _arn(sqs: Any, url: str) -> str:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return str(found["QueueArn"])
