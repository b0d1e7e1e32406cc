"""Which Steward a command operates: the local stack of this machine, or one that is deployed in an AWS account.

Both are CloudFormation stacks made from ``template.yaml``, so both are asked for their outputs in the same way; only
the way to AWS differs. What is missing is said together with what to do about it.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config

from infra.local import runs

START = "start one with `make run`, or name a deployed one with --stack"

_BAD_CREDENTIALS = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
)
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")

_WHERE_WANTED = {
    "HubSpotSecretArn": "deploy with HubSpot=true",
    "MirrorSecretArn": "deploy with MirrorByDsn=true",
}
"""Outputs of what is only made where it is wanted, and how."""

_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.SSOError,
)


class TargetError(Exception):
    """The stack can't be operated; the message says why and, after "; ", what to do."""


class Target:
    """A stack, its outputs and parameters, and clients of the AWS that it is in."""

    def __init__(
        self,
        name: str,
        stack_name: str,
        session: boto3.Session,
        access: Mapping[str, Any] | None = None,
        local_url: str | None = None,
    ) -> None:
        """Ask CloudFormation for the stack.

        Args:
            name: for people, e.g. ``the stack steward-prod``.
            stack_name: for CloudFormation.
            session: of the AWS that the stack is in.
            access: further arguments of every client, e.g. ``endpoint_url``.
            local_url: where the HTTP API of a local stack is; None for a deployed one.
        """
        self.name = name
        self.stack_name = stack_name
        self.is_local = local_url is not None
        self._session = session
        self._access = dict(access or {})
        described = self.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
        self._outputs = {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", [])}
        if local_url is not None:
            self._outputs["WebhookUrl"] = (
                f"{local_url}/webhooks/notion"  # its API is no part of the local AWS
            )
        self._parameters = {
            p["ParameterKey"]: p.get("ParameterValue") or "" for p in described.get("Parameters", [])
        }

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of the stack's AWS, in the stack's region or in another one."""
        where = {"region_name": region} if region else {}
        return self._session.client(service, **where, **self._access)

    def table(self, name: str) -> Any:
        """A DynamoDB table by its physical name."""
        return self._session.resource("dynamodb", **self._access).Table(name)

    def output(self, name: str) -> str:
        """An output of the stack.

        Raises:
            TargetError: it has none of this name.
        """
        if name not in self._outputs:
            older = "deploy this version: the stack is older than this command, or not Steward's"
            raise TargetError(f"{self.name} has no output {name}; {_WHERE_WANTED.get(name, older)}")
        return str(self._outputs[name])

    def parameter(self, name: str, default: str) -> str:
        """A parameter of the stack, or the default where an older template has none."""
        return str(self._parameters.get(name) or default)


def journal_days(target: Target) -> int:
    """Days that a stack's journal keeps events."""
    return int(target.parameter("JournalDays", "90"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command name its target."""
    group = parser.add_argument_group(
        "target", "needs a stack: without these, the local one that runs on this machine"
    )
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--stack",
        "--stack-name",
        dest="stack_name",
        metavar="NAME",
        help="a deployed CloudFormation stack; needs AWS credentials",
    )
    which.add_argument(
        "--local", action="store_true", help="the local stack, which is meant without --stack, too"
    )
    group.add_argument("--region", help="its region; that of the profile or environment without")
    group.add_argument("--profile", help="the AWS profile to use; the environment's credentials without")


def on_target(
    command: str, run: Callable[[argparse.Namespace, Target], int]
) -> Callable[[argparse.Namespace], int]:
    """Make a command's ``run`` of one that needs a target.

    Returns:
        A function that finds the target, runs, and gives the exit status; 2 with a message when the target is not
        usable.
    """

    def running(wishes: argparse.Namespace) -> int:
        try:
            target = find(wishes.stack_name, wishes.region, wishes.profile)
            with plainly(target.name):
                return run(wishes, target)
        except TargetError as error:
            print(f"{command}: {error}", file=sys.stderr)
            return 2

    return running


def find(
    stack_name: str | None = None,
    region: str | None = None,
    profile: str | None = None,
    local: Path = runs.LOCAL,
) -> Target:
    """Find the stack to operate.

    Args:
        stack_name: of a deployed stack; None for the local one.
        region: where it is deployed; None for the profile's or the environment's.
        profile: of the AWS configuration; None for the environment's credentials.
        local: folder of the local stacks.

    Raises:
        TargetError: there is none, or it can't be reached.
    """
    if stack_name is None:
        if region or profile:
            raise TargetError("--region and --profile need --stack: the local stack has neither")
        return _local(local)
    name = f"the stack {stack_name}"
    with plainly(name):
        return Target(name, stack_name, boto3.Session(profile_name=profile, region_name=region))


def _local(local: Path) -> Target:
    state = runs.running(local)
    if state is None:
        raise TargetError(f"no local stack runs on this machine; {START}")
    if "aws_key" not in state:
        raise TargetError("the local stack was started by an older version; start it again")
    name, key = f"the local stack at {state['url']}", state["aws_key"]
    config = Config(retries={"total_max_attempts": 2}, connect_timeout=5)
    with plainly(name):
        session = boto3.Session(key, key, region_name=state["region"])
        access = {"endpoint_url": state["aws"], "config": config}
        return Target(name, state["stack"], session, access, state["url"])


@contextmanager
def plainly(name: str) -> Iterator[None]:
    """What AWS refuses within becomes a ``TargetError`` that says what to do; ``name`` is the target's, for people."""
    try:
        yield
    except exceptions.ClientError as error:
        raise TargetError(_refused(error, name)) from error
    except exceptions.ProfileNotFound as error:
        raise TargetError(f"{error}; `aws configure list-profiles` shows those that exist") from error
    except exceptions.NoRegionError as error:
        raise TargetError(f"no region is known for {name}; name it with --region") from error
    except _NO_CREDENTIALS as error:
        raise TargetError(
            f"no usable AWS credentials ({type(error).__name__}); log in with `aws sso login` or `aws configure`, "
            "or name a profile with --profile"
        ) from error
    except exceptions.BotoCoreError as error:
        raise TargetError(
            f"{name} can't be reached ({type(error).__name__}); look whether it is up"
        ) from error


def _refused(error: exceptions.ClientError, name: str) -> str:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "ValidationError" and "does not exist" in message:
        return f"{name} is not there; look at the name, and name its region with --region"
    if code in _BAD_CREDENTIALS:
        return f"AWS does not accept the credentials ({code}); log in again, or name another profile with --profile"
    if code in DENIED:
        return f"these credentials may not call {error.operation_name}; use ones that may operate {name}"
    return f"{name}: AWS refused {error.operation_name} ({code}); run again, or mend what it names: {message}"
