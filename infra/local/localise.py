"""Every change that is made to the transformed template before MiniStack gets it, and no other.

* ``Ref`` of a secret: MiniStack gives the name where AWS gives the ARN.
* ``Runtime``: ``provided.al2023``, whose bootstrap runs the real awslambdaric under the project's own interpreter.
* Layers: left out, because the functions run from source with the virtual environment's packages.
* The queue policy's refusal of plain HTTP: left out, because the local endpoint is plain HTTP. Tests assert that the
  template has it.
* ``AWS::ApiGatewayV2::*``: left out; ``front_door`` is the HTTP API, built from the same OpenAPI body.
"""

import re
from dataclasses import dataclass
from typing import Any

from infra.local.transform import Template

API_TYPES = ("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage")
_FUNCTION = re.compile(r"\$\{(\w+)\.Arn\}/invocations")


@dataclass(frozen=True)
class Route:
    """A route of the HTTP API: method (``ANY`` for all), path, and the function's logical id."""

    method: str
    path: str
    function: str


def routes_of(plain: Template) -> list[Route]:
    """The routes, which the SAM macro leaves only inside the API's OpenAPI body."""
    found = []
    for resource in plain["Resources"].values():
        if resource["Type"] != "AWS::ApiGatewayV2::Api":
            continue
        for path, operations in resource["Properties"]["Body"]["paths"].items():
            for method, operation in operations.items():
                uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                function = _FUNCTION.search(uri)
                assert function is not None, uri  # noqa: S101 - what the macro always writes
                name = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                found.append(Route(name, path, function[1]))
    return found


def localise(plain: Template) -> list[str]:
    """Change a transformed template in place; returns a line for each change."""
    resources: dict[str, Any] = plain["Resources"]
    notes: list[str] = []
    gone = {k for k, r in resources.items() if r["Type"] in (*API_TYPES, "AWS::Lambda::LayerVersion")}
    gone |= {k for k, r in resources.items() if r["Type"] == "AWS::Lambda::Permission" and _mentions(r, gone)}
    notes += [f"{logical_id}: {resources.pop(logical_id)['Type']} left out" for logical_id in sorted(gone)]
    secrets = {k for k, r in resources.items() if r["Type"] == "AWS::SecretsManager::Secret"}
    resources.update(
        {logical_id: _with_arns(resource, secrets) for logical_id, resource in resources.items()}
    )
    outputs = {k: v for k, v in plain.get("Outputs", {}).items() if not _mentions(v, gone)}
    plain["Outputs"] = _with_arns(outputs, secrets)
    for logical_id, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            properties["Runtime"] = "provided.al2023"
            for dropped in ("Layers", "SnapStart"):
                properties.pop(dropped, None)
            notes.append(f"{logical_id}: runs under awslambdaric, from source")
        if resource["Type"] == "AWS::SQS::QueuePolicy":
            statements = properties["PolicyDocument"]["Statement"]
            kept = [s for s in statements if not _refuses_http(s)]
            properties["PolicyDocument"]["Statement"] = kept
    for logical_id in [k for k, r in resources.items() if r["Type"] == "AWS::SQS::QueuePolicy"]:
        if not resources[logical_id]["Properties"]["PolicyDocument"]["Statement"]:
            del resources[logical_id]
            notes.append(f"{logical_id}: refusal of plain HTTP left out")
    return notes


def _refuses_http(statement: dict[str, Any]) -> bool:
    return bool(statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false")


def _with_arns(value: Any, secrets: set[str]) -> Any:
    if isinstance(value, list):
        return [_with_arns(item, secrets) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] in secrets:
        return {"Fn::GetAtt": [value["Ref"], "Id"]}
    return {key: _with_arns(item, secrets) for key, item in value.items()}


def _mentions(value: Any, names: set[str]) -> bool:
    if isinstance(value, list):
        return any(_mentions(item, names) for item in value)
    if isinstance(value, dict):
        return any(_mentions(item, names) for item in value.values())
    return isinstance(value, str) and (value in names or any(f"${{{n}" in value for n in names))
