"""Trouble of AWS that passes is told from mistakes of ours by what botocore really raises."""

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from steward.aws_trouble import passes

URL = "https://dynamodb.invalid"


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectTimeoutError(endpoint_url=URL),
        exceptions.EndpointConnectionError(endpoint_url=URL),  # refused, or its name can't be resolved
        exceptions.SSLError(endpoint_url=URL, error="handshake"),
        exceptions.ReadTimeoutError(endpoint_url=URL),
        exceptions.ConnectionClosedError(endpoint_url=URL),
        exceptions.ResponseStreamingError(error="cut"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_aws_that_can_not_be_reached_passes(error: Exception) -> None:
    assert passes(error)


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (500, "InternalServerError", True),
        (400, "ThrottlingException", True),
        (400, "ResourceInUseException", True),
        (409, "ResourceConflictException", True),
        (400, "AccessDeniedException", False),
        (400, "ValidationException", False),
        (404, "ResourceNotFoundException", False),
    ],
)
def test_an_answer_of_aws_passes_by_its_status_and_code(status: int, code: str, expected: bool) -> None:
    answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert passes(ClientError(answer, "PutItem")) is expected


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["None", "ThrottlingError"], True),
        (["TransactionConflict", "None"], True),
        (["ProvisionedThroughputExceeded", "ConditionalCheckFailed"], False),
        (["ItemCollectionSizeLimitExceeded"], False),
        (["ValidationError", "None"], False),
    ],
)
def test_a_cancelled_transaction_passes_by_its_reasons(reasons: list[str], expected: bool) -> None:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    assert passes(ClientError(answer, "TransactWriteItems")) is expected
