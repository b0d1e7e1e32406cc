"""How the simulated vendor says no: the status codes and bodies of https://developers.notion.com/reference/status-codes.

Promises one exception per refusal with Notion's own `code`. Refuses to know HTTP: the server turns it into bytes.
"""

from typing import Any

CODES = {
    400: "validation_error",
    401: "unauthorized",
    403: "restricted_resource",
    404: "object_not_found",
    409: "conflict_error",
    429: "rate_limited",
    500: "internal_server_error",
    502: "bad_gateway",
    503: "service_unavailable",
    504: "gateway_timeout",
    529: "service_overload",
}

MESSAGES = {
    "unauthorized": "API token is invalid.",
    "restricted_resource": "Insufficient permissions for this endpoint.",
    "object_not_found": "Could not find the object. Make sure it is shared with your integration.",
    "conflict_error": "Conflict occurred while saving. Please try again.",
    "rate_limited": "You have been rate limited. Please try again in a few minutes.",
    "internal_server_error": "Unexpected error occurred.",
    "bad_gateway": "Bad gateway.",
    "service_unavailable": "Notion is unavailable, please try again later.",
    "database_connection_unavailable": "Notion's database is unavailable, please try again later.",
    "gateway_timeout": "Notion timed out while handling the request, please try again later.",
    "service_overload": "Notion is overloaded, please try again later.",
    "validation_error": "The request body does not match the schema for the expected parameters.",
}


class SimulatorError(Exception):
    """A call of the admin API that makes no sense, with what to do instead."""


class ApiError(Exception):
    """One official error answer.

    Args:
        status: HTTP status.
        code: Notion's machine-readable code.
        message: Notion's text for people.
        additional_data: goes into the body as it is, when given.
        retry_after: whole seconds for the `Retry-After` header, when given.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        additional_data: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.additional_data = additional_data
        self.retry_after = retry_after

    def body(self, request_id: str) -> dict[str, Any]:
        """The official error object."""
        body: dict[str, Any] = {
            "object": "error",
            "status": self.status,
            "code": self.code,
            "message": self.message,
        }
        if self.additional_data is not None:
            body["additional_data"] = self.additional_data
        return body | {"request_id": request_id}


def invalid(message: str) -> ApiError:
    """400 `validation_error`."""
    return ApiError(400, "validation_error", message)


def not_found(kind: str, object_id: str) -> ApiError:
    """404 `object_not_found`: unknown, or not shared with the connection; Notion does not say which."""
    message = (
        f"Could not find {kind} with ID: {object_id}. "
        "Make sure the relevant pages and databases are shared with your integration."
    )
    return ApiError(404, "object_not_found", message)


def restricted() -> ApiError:
    """403 `restricted_resource`: the connection lacks a capability."""
    return ApiError(403, "restricted_resource", MESSAGES["restricted_resource"])


def rate_limited(reason: str, retry_after: int) -> ApiError:
    """429 with the reason and, since 2026-09-24, the seconds as a string beside the integer header."""
    return ApiError(
        429,
        "rate_limited",
        MESSAGES["rate_limited"],
        additional_data={"rate_limit_reason": reason, "retry_after": str(retry_after)},
        retry_after=retry_after,
    )
