"""Which failures of AWS itself pass, so that waiting helps, and which are mistakes of ours.

Source: the common errors of the AWS API references, those of Lambda's UpdateEventSourceMapping, which refuses while its
last change is still being carried out, and botocore's own list of what it repeats before it gives up.
"""

from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ResourceConflictException",
        "ResourceInUseException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


CANCELLED = "TransactionCanceledException"

_PASSING_REASONS = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"})


def reasons_of(error: ClientError) -> frozenset[str]:
    """Why a transaction of DynamoDB was cancelled, by the codes of its actions."""
    told: Any = error.response.get("CancellationReasons", ())
    return frozenset(reason["Code"] for reason in told) - {"None"}


def passes(error: Exception) -> bool:
    """Whether an error is a call to AWS that may succeed later without a change of ours."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response.get("Error", {}).get("Code")
        return (
            status >= 500 or code in _PASSING or (code == CANCELLED and reasons_of(error) <= _PASSING_REASONS)
        )
    # No connection came about (refused, DNS, TLS, too slow), or it was lost; botocore has a root for each.
    return isinstance(error, NotConnected | HTTPClientError)
