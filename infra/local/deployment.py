"""Deploy the template into the local AWS, as ``sam deploy`` would, and fill the secrets."""

import io
import json
import sysconfig
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.localise import Route, localise, routes_of
from infra.local.processes import StartError
from infra.local.setup import ROOT
from infra.local.transform import functions_of, read, to_cloudformation

STACK, BUCKET = "steward-local", "artifacts"
KEEP_OUT = "HOME OLDPWD AUTH BIND_HOST GATEWAY_PORT TMPDIR MINISTACK_HOST MINISTACK_REGION MINISTACK_ACCOUNT_ID STATE_DIR"
"""MiniStack's own settings, which it passes on to its children."""


@dataclass(frozen=True)
class Source:
    """What runs: an interpreter, the folder of our code, and where other people's packages are."""

    python: str
    code: Path
    packages: str


@dataclass(frozen=True)
class Deployed:
    """A stack that is up: physical ids by logical id, the API's routes, and what was changed for the local AWS."""

    resources: Mapping[str, str]
    routes: list[Route]
    notes: list[str]


def from_source(python: str) -> Source:
    """Run the functions from the checkout, with the packages of this environment."""
    return Source(python, ROOT / "functions", sysconfig.get_path("purelib"))


def from_build() -> Source:
    """Run what ``sam build`` made: our code as packaged, and only the packages of the layers."""
    raise NotImplementedError


def deploy(
    client: Callable[[str], Any], source: Source, parameters: Mapping[str, str], endpoint: str, region: str
) -> Deployed:
    """Create the stack.

    Raises:
        StartError: CloudFormation refused; the message holds its reasons.
    """
    template = read(ROOT / "template.yaml")
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
    code = {}
    for logical_id in functions_of(template):
        client("s3").put_object(Bucket=BUCKET, Key=f"{logical_id}.zip", Body=_package(source, endpoint))
        code[logical_id] = f"s3://{BUCKET}/{logical_id}.zip"
    plain = to_cloudformation(template, code, f"s3://{BUCKET}/layer.zip", region)
    routes = routes_of(plain)
    notes = localise(plain)
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(plain),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    while (status := _status(cloudformation)).endswith("IN_PROGRESS"):
        time.sleep(0.03)
    if status != "CREATE_COMPLETE":
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
            for e in events
            if "FAILED" in e["ResourceStatus"]
        ]
        raise StartError("the local AWS refused the template:\n  " + "\n  ".join(reasons or [status]))
    found = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployed({r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}, routes, notes)


def _status(cloudformation: Any) -> str:
    return str(cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])


def _package(source: Source, endpoint: str) -> bytes:
    """A deployment package that holds only a bootstrap: it runs the real runtime client on the code where it lies."""
    bootstrap = f"""#!/bin/sh
cd '{source.code}' || exit 1
unset {KEEP_OUT} PYTHONDONTWRITEBYTECODE
export LAMBDA_TASK_ROOT='{source.code}' PYTHONPATH='{source.code}:{source.packages}' AWS_ENDPOINT_URL={endpoint}
export AWS_EXECUTION_ENV=AWS_Lambda_python3.13
exec '{source.python}' -m awslambdaric "$_HANDLER"
"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, bootstrap)
    return buffer.getvalue()
