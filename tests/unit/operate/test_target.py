"""A command finds the stack that it operates, or says what to do."""

import json
import os
import time
from pathlib import Path

import pytest
from botocore import exceptions
from moto import mock_aws

from infra.operate.__main__ import main
from infra.operate.answering import split
from infra.operate.target import TargetError, find, plainly
from tests.unit.operate.account import ARGUMENTS, REGION, STACK, account


def state(folder: Path, **more: object) -> Path:
    folder.mkdir(exist_ok=True)
    document = {"url": "http://127.0.0.1:8787", "pids": [os.getpid()], "started_at": time.time(), **more}
    (folder / "state.json").write_text(json.dumps(document))
    return folder


@pytest.mark.req("P4", "P8")
def test_a_deployed_stack_is_known_by_its_outputs_and_parameters() -> None:
    with account(Lanes="3") as deployed:
        target = find(STACK, REGION)

        assert target.output("DeadLetterQueueUrl") == deployed.dead
        assert target.parameter("Lanes", "1") == "3"
        assert target.parameter("Unheard", "7") == "7"


def test_a_stack_that_is_not_steward_is_told_by_the_output_that_it_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with account(outputs=("LaneQueueUrl",)):
        assert main(["dlq", "list", *ARGUMENTS]) == 2

    assert "has no output DeadLetterQueueUrl" in capsys.readouterr().err


@pytest.mark.req("T4", "O6")
def test_what_is_made_only_where_it_is_wanted_says_by_which_parameter() -> None:
    with account(), pytest.raises(TargetError, match="; deploy with HubSpot=true"):
        find(STACK, REGION).output("HubSpotSecretArn")


def test_no_local_stack_is_told_with_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"no local stack runs .* `make run`"):
        find(local=tmp_path)


def test_a_local_stack_of_an_older_version_is_told(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="start it again"):
        find(local=state(tmp_path))


def test_a_local_stack_that_does_not_answer_is_told(tmp_path: Path) -> None:
    folder = state(tmp_path, aws="http://127.0.0.1:9", aws_key="root", region=REGION, stack="steward-local")

    with pytest.raises(TargetError, match=r"http://127.0.0.1:8787 can't be reached"):
        find(local=folder)


def test_a_region_without_a_stack_is_refused() -> None:
    with pytest.raises(TargetError, match="need --stack"):
        find(region=REGION)


def test_a_stack_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws():
        assert main(["explain", "e1", *ARGUMENTS]) == 2

    assert f"the stack {STACK} is not there" in capsys.readouterr().err


def test_a_profile_that_is_not_there_is_told() -> None:
    with pytest.raises(TargetError, match="list-profiles"):
        find(STACK, REGION, "nobodys-profile")


def refusal(code: str, message: str = "no") -> exceptions.ClientError:
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.NoCredentialsError(), "no usable AWS credentials .*--profile"),
        (exceptions.NoRegionError(), "--region"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), "can't be reached"),
        (refusal("ExpiredToken"), "log in again"),
        (refusal("AccessDenied"), "may not call DescribeStacks"),
        (refusal("Throttling", "Rate exceeded"), r"refused DescribeStacks \(Throttling\); .*Rate exceeded"),
        (exceptions.ProfileNotFound(profile="x"), "list-profiles"),
        (refusal("ValidationError", "Stack x does not exist"), "is not there"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_aws_refuses_is_said_with_what_to_do(error: Exception, said: str) -> None:
    with pytest.raises(TargetError, match=said) as told, plainly("the stack x"):
        raise error
    assert "--help" not in split(str(told.value), "explain")["do"]
