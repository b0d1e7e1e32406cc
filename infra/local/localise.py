"""Every change that is made to the transformed template before MiniStack gets it, and no other.

* ``Ref`` of a secret, also inside ``Fn::Sub``: MiniStack gives the name where AWS gives the ARN.
* ``Runtime``: ``provided.al2023``, whose bootstrap runs the real awslambdaric; with it SnapStart, which only AWS has.
* Layers: left out; the bootstrap finds the same packages, in the virtual environment or in what ``sam build`` made.
* The refusal of plain HTTP in the policies of queues and topics: left out, because the local endpoint is plain HTTP.
  Tests assert that the template has it.
* The right to send e-mail: of any identity and for any sender, because MiniStack tells its IAM neither. Tests assert that
  the template has both.
* ``AWS::ApiGatewayV2::*``, and the permissions and outputs that name them: left out; ``front_door`` is the HTTP API,
  built from the same OpenAPI body. The environment of a function that names it says "" there; the stack tells it instead.
* ``AWS::CodeDeploy::*`` and the update policy of an alias: left out. A local stack is never updated, only made; the aliases
  themselves and their versions are there, and are what is called.
* The nested stacks of alarms and dashboard: left out, with what names them, because MiniStack computes no metrics for them
  and has no composite alarms. Tests assert what is in them. The topic that the alarms would tell is there.
"""

import re
from typing import Any

from infra.local.http_api import ALIAS
from infra.local.transform import Template

FUNCTION, RIGHTS, NESTED = "AWS::Lambda::Function", "AWS::IAM::Policy", "AWS::CloudFormation::Stack"
HTTP_API, CODE_DEPLOY = "AWS::ApiGatewayV2::", "AWS::CodeDeploy::"
POLICIES = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")


def localise(plain: Template) -> list[str]:
    """Change a transformed template in place; returns a line for each change."""
    notes = [*_leave_out_what_deploys(plain), *_leave_out_the_api(plain), *_name_secrets_by_arn(plain)]
    resources: dict[str, Any] = plain["Resources"]
    for logical_id, resource in list(resources.items()):
        if resource["Type"] == FUNCTION:
            notes += _run_by_bootstrap(logical_id, resource["Properties"])
        elif resource["Type"] == RIGHTS:
            notes += _let_any_sender_send(logical_id, resource["Properties"].get("PolicyDocument", {}))
        elif resource["Type"] == NESTED:
            notes.append(f"{logical_id}: nested stack left out")
            del resources[logical_id]
        elif resource["Type"] in POLICIES:
            statements = resource["Properties"]["PolicyDocument"]["Statement"]
            kept = [statement for statement in statements if not _refuses_http(statement)]
            if len(kept) == len(statements):
                continue
            notes.append(f"{logical_id}: refusal of plain HTTP left out")
            resource["Properties"]["PolicyDocument"]["Statement"] = kept
            if not kept:
                del resources[logical_id]
    return notes


def _leave_out_the_api(plain: Template) -> list[str]:
    resources: dict[str, Any] = plain["Resources"]
    layers = {k for k, r in resources.items() if r["Type"] == "AWS::Lambda::LayerVersion"}
    gone = {k for k, r in resources.items() if r["Type"].startswith(HTTP_API)}
    gone |= {k for k, r in resources.items() if r["Type"] == "AWS::Lambda::Permission" and _mentions(r, gone)}
    nested = {k for k, r in resources.items() if r["Type"] == NESTED}
    outputs: dict[str, Any] = plain.get("Outputs", {})
    dropped = sorted(k for k, v in outputs.items() if _mentions(v, gone | layers | nested))
    plain["Outputs"] = {k: v for k, v in outputs.items() if k not in dropped}
    notes = [f"{k}: {resources.pop(k)['Type']} left out" for k in sorted(gone | layers)]
    for logical_id, resource in resources.items():
        variables = resource["Properties"].get("Environment", {}).get("Variables", {})
        for name, value in variables.items():
            if _mentions(value, gone):
                variables[name] = _without(value, gone)
                notes.append(f"{logical_id}: the HTTP API left out of {name}")
    return notes + [f"{k}: output left out" for k in dropped]


def _leave_out_what_deploys(plain: Template) -> list[str]:
    resources: dict[str, Any] = plain["Resources"]
    gone = sorted(k for k, r in resources.items() if r["Type"].startswith(CODE_DEPLOY))
    notes = [f"{k}: {resources.pop(k)['Type']} left out" for k in gone]
    aliases = [k for k, r in resources.items() if r["Type"] == ALIAS and r.pop("UpdatePolicy", None)]
    return notes + [f"{k}: update policy left out" for k in aliases]


def _name_secrets_by_arn(plain: Template) -> list[str]:
    secrets = {k for k, r in plain["Resources"].items() if r["Type"] == "AWS::SecretsManager::Secret"}
    notes = []
    for part in ("Resources", "Outputs"):
        for logical_id, value in plain[part].items():
            changed = _with_arns(value, secrets)
            if changed != value:
                plain[part][logical_id] = changed
                notes.append(f"{logical_id}: Ref of a secret became its ARN")
    return notes


def _run_by_bootstrap(logical_id: str, properties: dict[str, Any]) -> list[str]:
    notes = [f"{logical_id}: {properties.get('Runtime')} became provided.al2023, which runs awslambdaric"]
    properties["Runtime"] = "provided.al2023"
    dropped = [name for name in ("Layers", "SnapStart") if properties.pop(name, None)]
    return notes + [f"{logical_id}: {name} left out" for name in dropped]


def _let_any_sender_send(logical_id: str, policy: dict[str, Any]) -> list[str]:
    mails = [one for one in policy.get("Statement", []) if one.get("Action") == "ses:SendEmail"]
    for statement in mails:
        statement["Resource"] = "*"
        statement.pop("Condition", None)
    return [f"{logical_id}: e-mail of any identity and sender" for _ in mails]


def _refuses_http(statement: dict[str, Any]) -> bool:
    only_http = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement.get("Effect") == "Deny" and str(only_http).lower() == "false"


def _with_arns(value: Any, secrets: set[str]) -> Any:
    """The same value, in which a secret is named by its ARN (``Id`` is what MiniStack calls it)."""
    if isinstance(value, list):
        return [_with_arns(item, secrets) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] in secrets:
        return {"Fn::GetAtt": [value["Ref"], "Id"]}
    if set(value) == {"Fn::Sub"}:
        given = value["Fn::Sub"]
        text, *others = [given] if isinstance(given, str) else given
        text = re.sub(r"\$\{(\w+)\}", lambda m: f"${{{m[1]}.Id}}" if m[1] in secrets else m[0], text)
        return {"Fn::Sub": [text, *(_with_arns(other, secrets) for other in others)] if others else text}
    return {key: _with_arns(item, secrets) for key, item in value.items()}


def _without(value: Any, names: set[str]) -> Any:
    """The same value, in which a text that is made of one of the resources is empty."""
    if isinstance(value, list):
        return [_without(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) <= {"Ref", "Fn::GetAtt", "Fn::Sub"}:
        return "" if _mentions(value, names) else value
    return {key: _without(item, names) for key, item in value.items()}


def _mentions(value: Any, names: set[str]) -> bool:
    """Whether a value refers to one of the resources."""
    if isinstance(value, list):
        return any(_mentions(item, names) for item in value)
    if not isinstance(value, dict):
        return False
    if set(value) == {"Ref"}:
        return value["Ref"] in names
    if set(value) == {"Fn::GetAtt"}:
        target = value["Fn::GetAtt"]
        return (target[0] if isinstance(target, list) else target.split(".")[0]) in names
    if set(value) == {"Fn::Sub"}:
        given = value["Fn::Sub"]
        text, *others = [given] if isinstance(given, str) else given
        return any(f"${{{n}}}" in text or f"${{{n}." in text for n in names) or _mentions(others, names)
    return any(_mentions(item, names) for item in value.values())
