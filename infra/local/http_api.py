"""What the template says of its HTTP API: routes, time-outs and throttle, as the SAM macro leaves them."""

import re
from dataclasses import dataclass
from typing import Any

from infra.local.transform import Template

API, STAGE = "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage"
ALIAS = "AWS::Lambda::Alias"
LONGEST = 30.0
"""Seconds; API Gateway waits no longer for a function."""

_FUNCTION = re.compile(r"\$\{(\w+)(?:\.Arn)?\}/invocations")
"""A function, or an alias of it."""


@dataclass(frozen=True)
class Route:
    """A route: method (``ANY`` for all), path, the function's logical id, and the seconds that it may take."""

    method: str
    path: str
    function: str
    seconds: float = LONGEST


@dataclass(frozen=True)
class Throttle:
    """Of the stage: requests a second, and how many at once."""

    rate: float
    burst: float


def routes_of(plain: Template) -> list[Route]:
    """The routes, which the SAM macro leaves only inside the API's OpenAPI body."""
    behind = {alias: function for function, alias in aliases_of(plain).items()}
    found = []
    for resource in _of_type(plain, API):
        for path, operations in resource["Properties"]["Body"]["paths"].items():
            for method, operation in operations.items():
                integration = operation["x-amazon-apigateway-integration"]
                function = _FUNCTION.search(integration["uri"]["Fn::Sub"])
                assert function is not None, integration  # noqa: S101 - what the macro always writes
                name = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                seconds = integration.get("timeoutInMillis", LONGEST * 1000) / 1000
                found.append(Route(name, path, behind.get(function[1], function[1]), seconds))
    return found


def aliases_of(plain: Template) -> dict[str, str]:
    """The logical id of each function's alias, by that of the function: what has one is called by it."""
    return {
        resource["Properties"]["FunctionName"]["Ref"]: logical_id
        for logical_id, resource in plain["Resources"].items()
        if resource["Type"] == ALIAS
    }


def throttle_of(plain: Template) -> Throttle | None:
    """The stage's throttle, if the template sets one."""
    for resource in _of_type(plain, STAGE):
        settings = resource["Properties"].get("DefaultRouteSettings", {})
        if "ThrottlingRateLimit" in settings and "ThrottlingBurstLimit" in settings:
            return Throttle(settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"])
    return None


def _of_type(plain: Template, kind: str) -> list[dict[str, Any]]:
    return [resource for resource in plain["Resources"].values() if resource["Type"] == kind]
