"""A short cut to the simulated AWS: moto's own code, without the HTTP request and answer in between.

Most of a run's time went into messages that nobody looks at. boto3 still builds every request and reads every answer;
what moto refuses takes the long way as well, so that a refusal has its real shape.
"""

import json
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.responses import DynamoHandler
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sqs.responses import SQSResponse

from tests.integration.stand import REGION


def shorten(*clients: Any) -> None:
    """Let clients of DynamoDB, SQS and Secrets Manager take the short cut."""
    for client in clients:
        client.meta.events.register("before-call", _answer)


def _answer(model: Any, params: dict[str, Any], **_: Any) -> Any:
    """What botocore takes for an answer, or None to have it send the request."""
    handler = _handler(model.service_model.service_name, params["body"])
    handler.region, handler.current_account = REGION, DEFAULT_ACCOUNT_ID
    try:
        answer = getattr(handler, xform_name(model.name))()
    except ServiceException:
        return None
    result = json.loads(answer) if isinstance(answer, str) else answer.result or {}
    members = model.output_shape.members if model.output_shape else {}
    known = {key: value for key, value in result.items() if key in members}
    return SimpleNamespace(status_code=200), {**known, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _handler(service: str, body: bytes) -> Any:
    """Moto's handler of a service, with the request where it looks for it."""
    if service == "secretsmanager":
        handler: Any = SecretsManagerResponse()
        handler.body, handler.querystring, handler.uri_match = body, {}, None
        return handler
    handler = SQSResponse() if service == "sqs" else DynamoHandler()
    handler.params = handler.body = json.loads(body)
    handler.uri_match = {}
    return handler
