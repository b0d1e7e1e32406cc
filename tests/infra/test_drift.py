"""A stack whose policies are wider than the template's is found out, whatever they are wider in."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.drift import Difference, drift
from tests.infra.intrinsics import filled_in
from tests.infra.policies import RESOURCES, arn, resolved

PAUSE: dict[str, Any] = resolved(RESOURCES["PausePolicy"]["Properties"]["PolicyDocument"])
INGEST: dict[str, Any] = resolved(RESOURCES["IngestRole"]["Properties"]["Policies"][0]["PolicyDocument"])
SCHEDULER: dict[str, Any] = resolved(
    RESOURCES["SchedulerRole"]["Properties"]["Policies"][0]["PolicyDocument"]
)
CONDITION = {"ArnLike": {"lambda:FunctionArn": f"{arn('Processor')}*"}}

Change = Callable[[dict[str, Any]], object]


def differences(written: dict[str, Any], change: Change) -> list[Difference]:
    there = copy.deepcopy(written)
    change({s.get("Sid", f"number {n}"): s for n, s in enumerate(there["Statement"], 1)} | {"": there})
    return drift(written, there)


WRONG: dict[str, tuple[dict[str, Any], Change, str, str]] = {
    "every resource": (
        INGEST,
        lambda s: s["PublishToLane"].update(Resource="*"),
        "PublishToLane",
        "Resource",
    ),
    "a resource more": (
        INGEST,
        lambda s: s["ReadSigningTokens"]["Resource"].append(arn("NotionSecret")),
        "ReadSigningTokens",
        "Resource",
    ),
    "another resource": (
        INGEST,
        lambda s: s["KeepHandshake"].update(Resource=arn("SigningSecret")),
        "KeepHandshake",
        "Resource",
    ),
    "a pattern for a name": (
        INGEST,
        lambda s: s["WriteOwnLog"].update(Resource=s["WriteOwnLog"]["Resource"] + "*"),
        "WriteOwnLog",
        "Resource",
    ),
    "no condition": (PAUSE, lambda s: s["PauseAndResume"].pop("Condition"), "PauseAndResume", "Condition"),
    "a wider condition": (
        PAUSE,
        lambda s: s["PauseAndResume"]["Condition"]["ArnLike"].update({"lambda:FunctionArn": "*"}),
        "PauseAndResume",
        "Condition",
    ),
    "a condition that lets a missing key pass": (
        PAUSE,
        lambda s: s["PauseAndResume"].update(Condition={"ArnLikeIfExists": CONDITION["ArnLike"]}),
        "PauseAndResume",
        "Condition",
    ),
    "an action more": (
        INGEST,
        lambda s: s["PublishToLane"].update(Action=["sqs:SendMessage", "sqs:ReceiveMessage"]),
        "PublishToLane",
        "Action",
    ),
    "all resources but one": (
        INGEST,
        lambda s: s["PublishToLane"].update(NotResource=arn("LaneQueue")),
        "PublishToLane",
        "NotResource",
    ),
    "the other effect": (INGEST, lambda s: s["Trace"].update(Effect="Deny"), "Trace", "Effect"),
    "a statement less": (INGEST, lambda s: s[""]["Statement"].pop(), "Trace", "Statement"),
    "a statement more": (
        INGEST,
        lambda s: s[""]["Statement"].append(
            {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
        ),
        "All",
        "Statement",
    ),
    "a second statement of the same name": (
        INGEST,
        lambda s: s[""]["Statement"].append({**s["Trace"], "Action": "*"}),
        "Trace",
        "Statement",
    ),
    "a wider statement without a name": (
        SCHEDULER,
        lambda s: s["number 2"].update(Resource="*"),
        "number 2",
        "Resource",
    ),
    "an older language": (INGEST, lambda s: s[""].update(Version="2008-10-17"), "", "Version"),
}


@pytest.mark.req("O3")
@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_as_written_is_told_by_statement_and_part(case: str) -> None:
    document, change, statement, part = WRONG[case]

    assert [(one.statement, one.part) for one in differences(document, change)] == [(statement, part)]


def test_a_difference_shows_both_sides() -> None:
    (one,) = differences(PAUSE, WRONG["no condition"][1])

    assert (one.written, one.there) == (CONDITION, None)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda s: s[""]["Statement"].reverse(), id="statements in another order"),
        pytest.param(lambda s: s["ReadSigningTokens"]["Resource"].reverse(), id="resources in another order"),
        pytest.param(lambda s: s["PublishToLane"].update(Action=["sqs:SendMessage"]), id="one is a list"),
    ],
)
def test_what_iam_gives_no_meaning_is_no_difference(change: Change) -> None:
    assert differences(INGEST, change) == []


class _Stack:
    def ref(self, name: str) -> str | None:
        return {"AWS::Region": "eu-west-1", "Name": "a.b", "AWS::NoValue": None}[name]

    def arn(self, logical_id: str) -> str:
        return f"arn:{logical_id}"

    def holds(self, condition: str) -> bool:
        return condition == "Yes"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"Ref": "Name"}, "a.b"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:Queue"),
        ({"Fn::Sub": "${Queue.Arn}/${AWS::Region}/*"}, "arn:Queue/eu-west-1/*"),
        ({"Fn::Sub": ["${Part}", {"Part": {"Fn::Select": [0, {"Fn::Split": [".", {"Ref": "Name"}]}]}}]}, "a"),
        ([{"Fn::If": ["Yes", 1, 2]}, {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}], [1]),
        ({"A": {"Ref": "AWS::NoValue"}, "B": [{"C": {"Ref": "Name"}}]}, {"B": [{"C": "a.b"}]}),
    ],
    ids=str,
)
def test_a_value_is_filled_in_as_cloudformation_does(written: Any, meant: Any) -> None:
    assert filled_in(written, _Stack()) == meant


@pytest.mark.parametrize(
    "written",
    [
        {"Fn::Join": [",", []]},
        {"Fn::GetAtt": ["Queue", "QueueName"]},
        {"Fn::Sub": "${Queue.QueueName}"},
    ],
    ids=str,
)
def test_a_function_that_is_not_known_is_no_guess(written: Any) -> None:
    with pytest.raises(ValueError, match="not known here"):
        filled_in(written, _Stack())
