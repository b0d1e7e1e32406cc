"""The stand, as what an operator's command operates."""

from typing import Any

import boto3

from infra.operate.target import TargetError
from tests.integration.aws import REGION
from tests.integration.stand import Stand

OUTPUTS = {
    "DeadLetterQueueUrl": "DEAD_LETTER_QUEUE_URL",
    "LaneQueueUrl": "LANE_QUEUE_URL",
    "StateTableName": "STATE_TABLE",
    "JournalTableName": "JOURNAL_TABLE",
    "LaneQueueArn": "LANE_QUEUE_ARN",
    "ProcessorName": "PROCESSOR_FUNCTION",
    "SigningSecretArn": "SIGNING_SECRET_ID",
    "PendingSigningSecretArn": "PENDING_SECRET_ID",
    "NotionSecretArn": "NOTION_SECRET_ID",
    "SlackSecretArn": "SLACK_SECRET_ID",
    "HubSpotSecretArn": "HUBSPOT_SECRET_ID",
    "MirrorSecretArn": "MIRROR_SECRET_ID",
    "IngestLogGroupName": "INGEST_LOG_GROUP",
    "WebhookUrl": "WEBHOOK_URL",
}

PARAMETERS = {
    "NotionApiUrl": "NOTION_API_URL",
    "SlackApiUrl": "SLACK_API_URL",
    "HubSpotApiUrl": "HUBSPOT_API_URL",
    "MirrorHost": "MIRROR_HOST",
    "MirrorUser": "MIRROR_USER",
    "RulesFile": "RULES_FILE",
    "RequestsPerMinute": "REQUESTS_PER_MINUTE",
    "ProbesPerMinute": "PROBES_PER_MINUTE",
}


class Here:
    """The stand as the target of a command."""

    name = "the stand"
    stack_name = "stand"
    is_local = False

    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def client(self, service: str) -> Any:
        return self._stand.functions if service == "lambda" else boto3.client(service, region_name=REGION)

    def table(self, name: str) -> Any:
        return self._stand.dynamodb.Table(name)

    def output(self, name: str) -> str:
        if OUTPUTS.get(name) not in self._stand.environ:
            raise TargetError(f"{self.name} has no output {name}")
        return self._stand.environ[OUTPUTS[name]]

    def parameter(self, name: str, default: str) -> str:
        return self._stand.environ.get(PARAMETERS.get(name, ""), default)
