"""Every role in the local AWS is, to the letter, the one that the transformed template gives: with resources and conditions.

Twice: in the stack whose functions run under them, and in one with every option of the template, in which nothing runs.
"""

import json
import time
from collections.abc import Iterator

import pytest

from infra.local.deployment import STACK
from infra.local.localise import localise
from infra.local.stack import LocalStack
from tests.infra.policies import GIVEN, PLAIN, RESOURCES
from tests.stack.standing import Standing

pytestmark = pytest.mark.stack

FUNCTIONS = sorted(k for k, r in RESOURCES.items() if r["Type"] == "AWS::Lambda::Function")
ROLES = sorted(k for k, r in RESOURCES.items() if r["Type"] == "AWS::IAM::Role")
OPTIONS = {
    **GIVEN,
    "HubSpot": "true",
    "EncryptAlerts": "true",
    "MirrorByDsn": "true",
    "VpcSubnetIds": "subnet-1",
    "VpcSecurityGroupIds": "sg-1",
}
"""Parameters by which the template gives every right that it has."""

CALLERS = ("AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule")
"""What would make the functions of a stack run."""

CHANGED = {
    ("SendAsOneSender", "Resource"): "MiniStack doesn't tell its IAM the identity; localise writes every one",
    ("SendAsOneSender", "Condition"): "MiniStack doesn't tell its IAM the sender; localise leaves it out",
}
"""Each part of a statement that can't be the template's in the local AWS, and why."""


@pytest.fixture(scope="module")
def running(stack: LocalStack) -> Standing:
    """The stack whose functions do the work in all these tests."""
    return Standing(stack.client, STACK)


@pytest.fixture(scope="module")
def optional(stack: LocalStack) -> Iterator[Standing]:
    """The template once more beside it, with every option."""
    local = json.loads(json.dumps(PLAIN))
    localise(local)
    local["Resources"] = {k: r for k, r in local["Resources"].items() if r["Type"] not in CALLERS}
    for resource in local["Resources"].values():
        resource.pop("DeletionPolicy", None)  # nothing of it is to outlive these tests
    cloudformation, name = stack.client("cloudformation"), "steward-optional"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(local),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in OPTIONS.items()],
    )
    end = time.monotonic() + 30
    while (
        said := cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    ) != "CREATE_COMPLETE":
        assert said == "CREATE_IN_PROGRESS", said
        assert time.monotonic() < end
        time.sleep(0.03)
    yield Standing(stack.client, name)
    cloudformation.delete_stack(StackName=name)


@pytest.mark.req("O3")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_under_its_own_role(running: Standing, name: str) -> None:
    function = running.client("lambda").get_function_configuration(FunctionName=running.resources[name])

    assert function["Role"].endswith(f":role/{running.resources[f'{name}Role']}")


@pytest.mark.req("O3")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_in_force_is_the_one_that_the_template_gives(running: Standing, role: str) -> None:
    assert running.there(role)
    assert running.drift(role) == []


@pytest.mark.req("O3")
def test_with_every_option_nothing_differs_but_what_has_its_reason(optional: Standing) -> None:
    differences = [one for role in ROLES for one in optional.drift(role)]

    assert {(one.statement, one.part) for one in differences} == set(CHANGED), differences


@pytest.mark.req("O3")
def test_no_condition_of_the_template_leaves_a_policy_uncompared(optional: Standing) -> None:
    asked = {
        r["Condition"] for r in RESOURCES.values() if r["Type"] == "AWS::IAM::Policy" and "Condition" in r
    }
    inside = {
        s["Fn::If"][0]
        for role in ROLES
        for policy in RESOURCES[role]["Properties"]["Policies"]
        for s in policy["PolicyDocument"]["Statement"]
        if "Fn::If" in s
    }

    assert asked
    assert inside
    assert all(optional.holds(condition) for condition in asked | inside)


@pytest.mark.req("O3")
def test_a_right_that_was_added_in_the_stack_is_found(optional: Standing) -> None:
    iam, role = optional.client("iam"), optional.resources["IngestRole"]
    more = {"Sid": "More", "Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=json.dumps({"Statement": [more]}))

    differences = optional.drift("IngestRole")

    iam.delete_role_policy(RoleName=role, PolicyName="more")
    assert [(one.statement, one.written, one.there) for one in differences] == [("More", None, more)]
