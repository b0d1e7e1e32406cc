"""Pages by SNS: what is sent, and what failures mean."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from steward.clients.pager import TEXT_LIMIT, Topic
from steward.errors import CallFailed, Failure

ARN = "arn:aws:sns:eu-west-1:1:on-call"
URL = "https://sns.invalid"


class Raising:
    """An SNS client that raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def publish(self, **_: Any) -> None:
        raise self._error


@pytest.mark.req("T6", "T8")
def test_a_page_goes_to_the_topic_and_is_cut_to_what_people_read() -> None:
    client = boto3.client("sns", region_name="eu-west-1")
    with Stubber(client) as stub:
        expected = {"TopicArn": ARN, "Subject": "P1", "Message": "x" * TEXT_LIMIT}
        stub.add_response("publish", {"MessageId": "m"}, expected)
        Topic(client, ARN).publish("P1", "x" * (TEXT_LIMIT + 1))
        stub.assert_no_pending_responses()


def refusal(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Publish")


@pytest.mark.req("T6", "T8")
@pytest.mark.parametrize(
    ("error", "failure", "maybe_done"),
    [
        (refusal("NotFound", 404), Failure.REJECTED, False),
        (refusal("AuthorizationError", 403), Failure.REJECTED, False),
        (refusal("Throttling", 400), Failure.UNAVAILABLE, False),
        (refusal("InternalError", 500), Failure.UNAVAILABLE, True),
        (EndpointConnectionError(endpoint_url=URL), Failure.UNREACHABLE, False),
        (ConnectTimeoutError(endpoint_url=URL), Failure.UNREACHABLE, False),
        (NoCredentialsError(), Failure.UNREACHABLE, False),
        (ReadTimeoutError(endpoint_url=URL), Failure.UNREACHABLE, True),
    ],
)
def test_a_page_that_fails_is_a_value_and_says_whether_it_may_be_out(
    error: Exception, failure: Failure, maybe_done: bool
) -> None:
    with pytest.raises(CallFailed) as failed:
        Topic(Raising(error), ARN).publish("P1", "text")

    found = failed.value
    assert (found.failure, found.maybe_done, found.vendor) == (failure, maybe_done, "sns")
    assert URL not in repr(found)
    assert ARN not in repr(found)
