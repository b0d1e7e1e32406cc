"""A short cut to the simulated DynamoDB: moto's own code, without the HTTP request and answer in between.

Half of a run's time went into messages that nobody looks at. boto3 still builds every request and reads every answer;
what moto refuses takes the long way as well, so that a refusal has its real shape.
"""

import json
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.responses import DynamoHandler

from tests.integration.stand import REGION


def shorten(client: Any) -> None:
    """Let a DynamoDB client take the short cut."""
    client.meta.events.register("before-call.dynamodb", _answer)


def _answer(model: Any, params: dict[str, Any], **_: Any) -> Any:
    """What botocore takes for an answer, or None to have it send the request."""
    handler = DynamoHandler()
    handler.body = json.loads(params["body"])
    handler.region, handler.current_account = REGION, DEFAULT_ACCOUNT_ID
    try:
        result = getattr(handler, xform_name(model.name))().result
    except ServiceException:
        return None
    known = {key: value for key, value in result.items() if key in model.output_shape.members}
    return SimpleNamespace(status_code=200), {**known, "ResponseMetadata": {"HTTPStatusCode": 200}}
