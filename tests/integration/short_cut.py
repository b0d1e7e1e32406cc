"""A short cut to the simulated DynamoDB: moto's own code, without the HTTP request and answer in between.

Half of a run's time went into messages that nobody looks at. boto3 still builds every request and reads every answer;
what moto refuses takes the long way as well, so that a refusal has its real shape. A query of one partition is shown
that partition only: moto sorts the whole table for each.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler


def shorten(client: Any) -> None:
    """Let a DynamoDB client take the short cut."""
    client.meta.events.register("before-call.dynamodb", _answer)


def _answer(model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    """What botocore takes for an answer, or None to have it send the request."""
    handler = DynamoHandler()
    body = handler.body = json.loads(params["body"])
    handler.region, handler.current_account = context["client_region"], DEFAULT_ACCOUNT_ID
    try:
        with _partition(body, handler.region):
            result = getattr(handler, xform_name(model.name))().result
    except ServiceException:
        return None
    known = {key: value for key, value in result.items() if key in model.output_shape.members}
    return SimpleNamespace(status_code=200), {**known, "ResponseMetadata": {"HTTPStatusCode": 200}}


@contextmanager
def _partition(body: Mapping[str, Any], region: str) -> Iterator[None]:
    values = list(body.get("ExpressionAttributeValues", {}).values())
    if "KeyConditionExpression" not in body or "IndexName" in body or len(values) != 1:
        yield
        return
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables[body["TableName"]]
    whole, key = table.items, DynamoType(values[0])
    table.items = {key: whole[key]} if key in whole else {}  # type: ignore[assignment]
    try:
        yield
    finally:
        table.items = whole
