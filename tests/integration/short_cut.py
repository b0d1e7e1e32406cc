"""A short cut to the simulated AWS: moto's own code, without the HTTP request and answer in between.

Most of a run's time went into messages that nobody looks at. boto3 still builds every request and reads every answer;
what moto refuses takes the long way as well, so that a refusal has its real shape. A query of one partition is shown
that partition only: moto sorts the whole table for each. And what moto copies in depth, every row that it answers with
and the whole table for each line of a transaction, is copied only as far as our writes reach: they replace whole rows.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from threading import RLock
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb import models
from moto.dynamodb.models import dynamodb_backends, table
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sqs.responses import SQSResponse


def shorten(*clients: Any) -> None:
    """Let clients of DynamoDB, SQS and Secrets Manager take the short cut."""
    for client in clients:
        client.meta.events.register("before-call", _answer)


def _answer(model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    """What botocore takes for an answer, or None to have it send the request."""
    with _ONE_AT_A_TIME:
        return _answered(model, params, context)


_ONE_AT_A_TIME = RLock()
"""The triage's probes ask from several threads, and what is shown of a table is changed meanwhile."""


def _answered(model: Any, params: dict[str, Any], context: dict[str, Any]) -> Any:
    handler = _handler(model.service_model.service_name, params["body"])
    handler.region, handler.current_account = context["client_region"], DEFAULT_ACCOUNT_ID
    try:
        with (
            _partition(json.loads(params["body"]), handler.region),
            _cheap_copies(json.loads(params["body"])),
        ):
            answer = getattr(handler, xform_name(model.name))()
    except (ServiceException, JsonRESTError):
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


@contextmanager
def _cheap_copies(body: Mapping[str, Any]) -> Iterator[None]:
    lines = body.get("TransactItems", [])
    if not all("Put" in line for line in lines) or not (lines or "KeyConditionExpression" in body):
        yield
        return
    module = models if lines else table
    original, module.copy = module.copy, _COPY_TABLES if lines else _COPY_NOTHING  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.copy = original  # type: ignore[attr-defined]


def _table_with_the_same_rows(table: Any) -> Any:
    made = copy(table)
    made.items = type(table.items)(table.items.default_factory, {k: dict(v) for k, v in table.items.items()})
    return made


_COPY_TABLES, _COPY_NOTHING = (
    SimpleNamespace(copy=copy, deepcopy=_table_with_the_same_rows),
    SimpleNamespace(copy=copy, deepcopy=lambda rows: rows),
)


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
