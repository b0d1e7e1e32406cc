"""An AWS account, in moto, with Steward's queues and tables deployed by CloudFormation from the template's own text."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from steward.lane import Lane, Parked

ROOT = Path(__file__).parents[3]
REGION, STACK = "eu-west-1", "steward-test"
RESOURCES = ("LaneQueue", "DeadLetterQueue", "StateTable", "JournalTable")
OUTPUTS = ("LaneQueueUrl", "DeadLetterQueueUrl", "StateTableName", "JournalTableName")
ARGUMENTS = ["--stack-name", STACK, "--region", REGION]


class Account:
    """The deployed stack, seen from inside."""

    def __init__(self) -> None:
        self.session = _session()
        self.sqs = self.session.client("sqs")
        stacks = self.session.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in stacks[0]["Outputs"]}

    @property
    def dead(self) -> str:
        return str(self.outputs["DeadLetterQueueUrl"])

    @property
    def lane(self) -> str:
        return str(self.outputs["LaneQueueUrl"])

    def table(self, output: str) -> Any:
        return self.session.resource("dynamodb").Table(self.outputs[output])

    def park(self, body: str, message_id: str, parked: Parked) -> None:
        """Park as the processor does."""
        Lane(self.sqs, self.lane, dead_letter_url=self.dead).park(body, message_id, parked)

    def move(self, body: str, message_id: str, group: str = "lane-0") -> None:
        """Put among the dead letters as SQS does by itself: in the lane's group, without attributes."""
        self.sqs.send_message(
            QueueUrl=self.dead, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=message_id
        )

    def on_lane(self) -> list[dict[str, Any]]:
        """Take everything off the lane."""
        found: list[dict[str, Any]] = []
        while batch := self.sqs.receive_message(
            QueueUrl=self.lane, MaxNumberOfMessages=10, AttributeNames=["All"]
        ).get("Messages"):
            found += batch
            for message in batch:
                self.sqs.delete_message(QueueUrl=self.lane, ReceiptHandle=message["ReceiptHandle"])
        return found

    def visible(self) -> int:
        """How many dead letters can be received now."""
        name = "ApproximateNumberOfMessages"
        answer = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=[name])
        return int(answer["Attributes"][name])


@contextmanager
def account(outputs: tuple[str, ...] = OUTPUTS, **parameters: str) -> Iterator[Account]:
    """An account with a stack of which these outputs are known."""
    template = _template()
    given = template["Parameters"]
    given = {**given, "Lanes": {k: v for k, v in given["Lanes"].items() if k != "MaxValue"}}
    document = {
        "Parameters": given,
        "Resources": {name: template["Resources"][name] for name in RESOURCES},
        "Outputs": {name: template["Outputs"][name] for name in outputs},
    }
    with mock_aws():
        _session().client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(document),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        yield Account()


@cache
def _template() -> Any:
    return yaml_parse((ROOT / "template.yaml").read_text())


@cache
def _session() -> boto3.Session:
    """One for all, because reading what botocore knows of its services takes a quarter of a second."""
    return boto3.Session(region_name=REGION)
