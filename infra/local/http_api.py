"""What the template says of its HTTP API: routes, time-outs, throttle and access log, as the SAM macro leaves them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from infra.local.transform import Template

API, STAGE = "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage"
ALIAS = "AWS::Lambda::Alias"
LONGEST = 30.0
"""Seconds; API Gateway waits no longer for a function."""

_FUNCTION = re.compile(r"\$\{(\w+)(?:\.Arn)?\}/invocations")
"""A function, or an alias of it."""


@dataclass(frozen=True)
class Throttle:
    """Of the stage, or of one route: requests a second, and how many at once."""

    rate: float
    burst: float


@dataclass(frozen=True)
class Route:
    """A route of the API.

    Attributes:
        method: ``ANY`` for all.
        path: with path parameters, e.g. ``/events/{id}``.
        function: the function's logical id.
        seconds: that it may take.
        throttle: of its own, or None.
    """

    method: str
    path: str
    function: str
    seconds: float = LONGEST
    throttle: Throttle | None = None

    @property
    def key(self) -> str:
        """As API Gateway names it, e.g. ``POST /webhooks/notion``."""
        return f"{self.method} {self.path}"

    def parameters(self, raw_path: str) -> dict[str, str] | None:
        """The path parameters of a request's path, decoded, or None where the path is another one's.

        A path is split before it is decoded: an encoded slash is part of a parameter.
        """
        wanted, given = self.path.split("/"), raw_path.split("/")
        if len(wanted) != len(given):
            return None
        found: dict[str, str] = {}
        for want, have in zip(wanted, given, strict=True):
            if want.startswith("{") and want.endswith("}"):
                if not have:
                    return None
                found[want[1:-1]] = unquote(have)
            elif want != unquote(have):
                return None
        return found


def route_for(routes: Iterable[Route], method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
    """The most specific route, as API Gateway chooses it: fewest parameters first, then the method before ``ANY``."""
    fits = [
        (route, parameters)
        for route in routes
        if route.method in ("ANY", method) and (parameters := route.parameters(raw_path)) is not None
    ]
    return min(fits, key=lambda fit: (len(fit[1]), fit[0].method == "ANY"), default=None)


def routes_of(plain: Template) -> list[Route]:
    """The routes, which the SAM macro leaves only inside the API's OpenAPI body."""
    behind = {alias: function for function, alias in aliases_of(plain).items()}
    found = []
    throttles = _route_throttles(plain)
    for resource in _of_type(plain, API):
        for path, operations in resource["Properties"]["Body"]["paths"].items():
            for method, operation in operations.items():
                integration = operation["x-amazon-apigateway-integration"]
                function = _FUNCTION.search(integration["uri"]["Fn::Sub"])
                assert function is not None, integration  # noqa: S101 - what the macro always writes
                name = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                seconds = integration.get("timeoutInMillis", LONGEST * 1000) / 1000
                throttle = throttles.get(f"{name} {path}")
                found.append(Route(name, path, behind.get(function[1], function[1]), seconds, throttle))
    return found


def aliases_of(plain: Template) -> dict[str, str]:
    """The logical id of each function's alias, by that of the function: what has one is called by it."""
    return {
        resource["Properties"]["FunctionName"]["Ref"]: logical_id
        for logical_id, resource in plain["Resources"].items()
        if resource["Type"] == ALIAS
    }


def _route_throttles(plain: Template) -> dict[str, Throttle]:
    return {
        key: Throttle(said["ThrottlingRateLimit"], said["ThrottlingBurstLimit"])
        for resource in _of_type(plain, STAGE)
        for key, said in resource["Properties"].get("RouteSettings", {}).items()
    }


def throttle_of(plain: Template) -> Throttle | None:
    """The stage's throttle, if the template sets one."""
    for resource in _of_type(plain, STAGE):
        settings = resource["Properties"].get("DefaultRouteSettings", {})
        if "ThrottlingRateLimit" in settings and "ThrottlingBurstLimit" in settings:
            return Throttle(settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"])
    return None


def access_log_of(plain: Template) -> str | None:
    """The format of the stage's access log, if the template has one."""
    for resource in _of_type(plain, STAGE):
        form = resource["Properties"].get("AccessLogSettings", {}).get("Format")
        if form is not None:
            return str(form)
    return None


def _of_type(plain: Template, kind: str) -> list[dict[str, Any]]:
    return [resource for resource in plain["Resources"].values() if resource["Type"] == kind]
