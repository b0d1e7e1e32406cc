"""What can happen to a call to AWS.

boto3 repeats most failures by itself; what is raised here is what remains after its last attempt.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tests.crash.calls import Call, Fault

URL = "https://aws.invalid"


def _refused(code: str, status: int, *, effect: bool = False, **more: Any) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        if effect:
            call.perform()
        answer: Any = {
            "Error": {"Code": code, "Message": "ordered by a test"},
            "ResponseMetadata": {"HTTPStatusCode": status},
            **more,
        }
        raise ClientError(answer, call.name.split()[1])

    return strike


def _unreachable(error: Exception, *, effect: bool = False) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        if effect:
            call.perform()
        raise error

    return strike


def _cancelled(reason: str) -> Callable[[Call], Any]:
    return _refused("TransactionCanceledException", 400, CancellationReasons=[{"Code": reason}])


def _in_a_table(call: Call) -> bool:
    return call.name.startswith("dynamodb")


def _elsewhere(call: Call) -> bool:
    return not _in_a_table(call)


def _writes(call: Call) -> bool:
    return call.writes


def _transacts(call: Call) -> bool:
    return "TransactItems" in call.asked


def _switches(call: Call) -> bool:
    return call.name == "lambda UpdateEventSourceMapping"


def _has_condition(call: Call) -> bool:
    return "ConditionExpression" in call.asked


FAULTS = (
    Fault("connect timeout", _unreachable(ConnectTimeoutError(endpoint_url=URL)), alike=True),
    Fault("connection refused", _unreachable(EndpointConnectionError(endpoint_url=URL)), alike=True),
    Fault(
        "read timeout after the effect",
        _unreachable(ReadTimeoutError(endpoint_url=URL), effect=True),
        _writes,
        alike=True,
    ),
    Fault("throttled", _refused("ThrottlingException", 400), _elsewhere, alike=True),
    Fault("throttled", _refused("ProvisionedThroughputExceededException", 400), _in_a_table, alike=True),
    Fault("500", _refused("InternalServerError", 500)),
    Fault("500 after the effect", _refused("InternalServerError", 500, effect=True), _writes),
    Fault("transaction cancelled", _cancelled("TransactionConflict"), _transacts),
    Fault("transaction throttled", _cancelled("ThrottlingError"), _transacts, alike=True),
    # Lambda is still carrying out the last change of the event source mapping.
    Fault("in use", _refused("ResourceInUseException", 400), _switches),
    Fault("another operation is in progress", _refused("ResourceConflictException", 409), _switches),
    # The first attempt was done and its answer lost; boto3 repeated it, and met its own write.
    Fault(
        "own write met by boto3's repetition",
        _refused("ConditionalCheckFailedException", 400, effect=True),
        _has_condition,
    ),
)
