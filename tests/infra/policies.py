"""What IAM makes of the policies in the transformed template, worked out without AWS.

Every optional part is taken to be there, so that what is found allowed is the most that any stack allows. Names and ARNs are
made of logical ids. A condition of a kind that is not known here is an error, not a guess.
Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from infra.template import transformed
from tests.infra.intrinsics import filled_in

PLAIN: dict[str, Any] = json.loads(transformed())
RESOURCES: dict[str, Any] = PLAIN["Resources"]

HERE = "eu-west-1:000000000000"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "000000000000",
    "AWS::StackName": "steward",
}
ARNS = {
    "AWS::SQS::Queue": f"arn:aws:sqs:{HERE}:",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{HERE}:table/",
    "AWS::Lambda::Function": f"arn:aws:lambda:{HERE}:function:",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{HERE}:secret:",
    "AWS::SNS::Topic": f"arn:aws:sns:{HERE}:",
    "AWS::KMS::Key": f"arn:aws:kms:{HERE}:key/",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{HERE}:log-group:",
}
BY_ARN = ("AWS::SecretsManager::Secret", "AWS::SNS::Topic")
"""Types whose Ref is their ARN."""

GIVEN = {"MirrorHost": "mirror.dsql.eu-west-1.on.aws", "EmailSender": "steward@example.com"}
"""Parameters that are empty by default."""


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, resolved.

    Attributes:
        policy: the resource that holds it.
        sid: its name, or "".
        effect: Allow or Deny.
        actions: patterns.
        resources: patterns.
        conditions: by operator and key.
    """

    policy: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]]

    def covers(self, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """Whether it speaks of such a request."""
        return (
            any(like(one, action, case=False) for one in self.actions)
            and any(like(one, resource) for one in self.resources)
            and all(_holds(operator, keys, context) for operator, keys in self.conditions.items())
        )


def arn(logical_id: str) -> str:
    """The ARN of a resource of the template."""
    return ARNS[RESOURCES[logical_id]["Type"]] + logical_id


class _Most:
    """The stack that allows most: every optional part is there."""

    def ref(self, name: str) -> str | None:
        if name == "AWS::NoValue":
            return None
        if name in PSEUDO:
            return PSEUDO[name]
        if name in PLAIN["Parameters"]:
            return GIVEN.get(name) or str(PLAIN["Parameters"][name]["Default"])
        return arn(name) if RESOURCES[name]["Type"] in BY_ARN else name

    def arn(self, logical_id: str) -> str:
        return arn(logical_id)

    def holds(self, condition: str) -> bool:
        return condition in PLAIN["Conditions"]


def resolved(value: Any) -> Any:
    """A value of the template as CloudFormation would fill it in; None for what is left out."""
    return filled_in(value, _Most())


def statements_in(holder: str, document: Mapping[str, Any]) -> Iterator[Statement]:
    """The statements of a policy document."""
    for one in resolved(document["Statement"]):
        assert not {"NotAction", "NotResource", "NotPrincipal"} & set(one), one
        actions, resources = (
            (said,) if isinstance(said := one[key], str) else tuple(said) for key in ("Action", "Resource")
        )
        yield Statement(
            holder, one.get("Sid", ""), one["Effect"], actions, resources, one.get("Condition", {})
        )


def statements_of(role: str) -> list[Statement]:
    """All that is said of a role, in itself and in the policies that are attached to it."""
    found: list[Statement] = []
    for policy in RESOURCES[role]["Properties"].get("Policies", []):
        found += statements_in(role, policy["PolicyDocument"])
    for logical_id, resource in RESOURCES.items():
        if resource["Type"] == "AWS::IAM::Policy" and {"Ref": role} in resource["Properties"]["Roles"]:
            found += statements_in(logical_id, resource["Properties"]["PolicyDocument"])
    return found


def allows(role: str, action: str, resource: str, context: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether a role may: some statement allows it, and none denies it."""
    said = [s.effect for s in statements_of(role) if s.covers(action, resource, context)]
    return "Allow" in said and "Deny" not in said


def like(pattern: str, value: str, *, case: bool = True) -> bool:
    """Whether a value fits a pattern with * and ?."""
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, value, 0 if case else re.IGNORECASE) is not None


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """A key that the request has not makes a condition false."""
    for key, wanted in keys.items():
        values = wanted if isinstance(wanted, list) else [wanted]
        have = context.get(key)
        if have is None:
            return False
        if operator == "ArnLike":
            fits = any(like(one, have) for one in values)
        elif operator == "StringEquals":
            fits = have in values
        elif operator == "Bool":
            fits = have.lower() in [str(one).lower() for one in values]
        else:
            raise ValueError(f"no such condition is known here: {operator}")
        if not fits:
            return False
    return True
