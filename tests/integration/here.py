"""The stand, as what an operator's command operates."""

from typing import Any

import boto3

from tests.integration.aws import REGION
from tests.integration.stand import Stand

OUTPUTS = {
    "DeadLetterQueueUrl": "DEAD_LETTER_QUEUE_URL",
    "LaneQueueUrl": "LANE_QUEUE_URL",
    "StateTableName": "STATE_TABLE",
    "JournalTableName": "JOURNAL_TABLE",
    "LaneQueueArn": "LANE_QUEUE_ARN",
    "ProcessorName": "PROCESSOR_FUNCTION",
}


class Here:
    """The stand as the target of a command."""

    name = "the stand"

    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def client(self, service: str) -> Any:
        return self._stand.functions if service == "lambda" else boto3.client(service, region_name=REGION)

    def table(self, name: str) -> Any:
        return self._stand.dynamodb.Table(name)

    def output(self, name: str) -> str:
        return self._stand.environ[OUTPUTS[name]]

    def parameter(self, name: str, default: str) -> str:
        return default
