"""A stack as it stands in the local AWS: its parameters as CloudFormation tells them, its ARNs as each service tells them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.local.aws import REGION
from infra.operate.deployed import Deployment
from tests.infra.drift import Difference, Document, drift
from tests.infra.intrinsics import filled_in
from tests.infra.policies import BY_ARN, PLAIN, RESOURCES

RIGHTS = "AWS::IAM::Policy"


@dataclass(frozen=True)
class Standing:
    """One stack of the template.

    Attributes:
        client: makes a client of the local AWS for a service.
        name: of the stack.
    """

    client: Callable[[str], Any]
    name: str

    @cached_property
    def resources(self) -> Mapping[str, str]:
        """Physical ids by logical ids."""
        found = self.client("cloudformation").describe_stack_resources(StackName=self.name)["StackResources"]
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}

    @cached_property
    def pseudo(self) -> Mapping[str, str | None]:
        """What AWS itself knows of the stack."""
        return {
            "AWS::NoValue": None,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::AccountId": str(self.client("sts").get_caller_identity()["Account"]),
            "AWS::StackName": self.name,
        }

    @cached_property
    def conditions(self) -> Deployment:
        """The template's conditions, of the parameters that the stack really has."""
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        given = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
        return Deployment(PLAIN["Conditions"], given)

    def ref(self, name: str) -> str | None:
        if name in self.pseudo:
            return self.pseudo[name]
        if name in PLAIN["Parameters"]:
            return self.conditions.parameters[name]
        return self.arn(name) if RESOURCES[name]["Type"] in BY_ARN else self.resources[name]

    def arn(self, logical_id: str) -> str:
        """As its service tells it; what CloudFormation made of ``Fn::GetAtt`` is what is looked at."""
        return _ARNS[RESOURCES[logical_id]["Type"]](self.client, self.resources[logical_id])

    def holds(self, condition: str) -> bool:
        return self.conditions.holds(condition)

    def written(self, role: str) -> dict[str, Document]:
        """The policies that the template gives a role in this stack, filled in, by name."""
        given = list(RESOURCES[role]["Properties"].get("Policies", []))
        given += [
            r["Properties"]
            for r in RESOURCES.values()
            if r["Type"] == RIGHTS
            and {"Ref": role} in r["Properties"]["Roles"]
            and ("Condition" not in r or self.holds(r["Condition"]))
        ]
        return {p["PolicyName"]: filled_in(p["PolicyDocument"], self) for p in given}

    def there(self, role: str) -> dict[str, Document]:
        """The policies that IAM holds of a role, by name."""
        iam, name = self.client("iam"), self.resources[role]
        assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
        return {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }

    def drift(self, role: str) -> list[Difference]:
        """Whatever of a role is not as the template writes it: who may take it, and all that it may do."""
        trust = RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]
        trusted = self.client("iam").get_role(RoleName=self.resources[role])["Role"]
        found = drift(filled_in(trust, self), trusted["AssumeRolePolicyDocument"])
        written, there = self.written(role), self.there(role)
        nothing: Document = {"Statement": []}
        for policy in sorted({*written, *there}):
            found += drift(written.get(policy, nothing), there.get(policy, nothing))
        return found


_ARNS: Mapping[str, Callable[[Callable[[str], Any], str], str]] = {
    "AWS::SQS::Queue": lambda client, url: str(
        client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
    ),
    "AWS::DynamoDB::Table": lambda client, name: str(
        client("dynamodb").describe_table(TableName=name)["Table"]["TableArn"]
    ),
    "AWS::Lambda::Function": lambda client, name: str(
        client("lambda").get_function_configuration(FunctionName=name)["FunctionArn"]
    ),
    "AWS::SecretsManager::Secret": lambda client, name: str(
        client("secretsmanager").describe_secret(SecretId=name)["ARN"]
    ),
    "AWS::SNS::Topic": lambda client, arn: str(
        client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["TopicArn"]
    ),
    "AWS::KMS::Key": lambda client, key: str(client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"]),
    "AWS::Logs::LogGroup": lambda client, name: _log_group(client("logs"), name),
}


def _log_group(logs: Any, name: str) -> str:
    """Its ARN with ``:*``, as CloudFormation gives it, too."""
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (arn,) = (group["arn"] for group in groups if group["logGroupName"] == name)
    return str(arn)
