"""Deploy the template into the local AWS, as ``sam deploy`` would."""

import io
import json
import shlex
import sysconfig
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from infra.local.http_api import Route, Throttle, access_log_of, aliases_of, routes_of, throttle_of
from infra.local.localise import localise
from infra.local.processes import StartError
from infra.local.setup import ROOT
from infra.local.transform import functions_of, read, to_cloudformation

STACK, BUCKET = "steward-local", "artifacts"
PATIENCE = 60.0
"""Seconds for the local CloudFormation; it needs half of one."""

OF_MINISTACK = (
    "HOME OLDPWD AUTH BIND_HOST GATEWAY_PORT TMPDIR MINISTACK_HOST MINISTACK_REGION MINISTACK_ACCOUNT_ID STATE_DIR "
    "IOT_MTLS_ENABLED SFTP_ENABLED"
)
"""MiniStack's own settings, which it hands on to its children and a function never sees on AWS."""


@dataclass(frozen=True)
class Source:
    """What runs a function: an interpreter, the folder of its code, and where other people's packages are."""

    python: str
    code: Path
    packages: tuple[str, ...]


@dataclass(frozen=True)
class Deployed:
    """A stack that is up: physical ids, what each function is called by, the API, and what was changed for the local AWS.

    ``functions`` holds an alias where the template gives one, else the function's own name; ``access_log`` is the format of
    the API's access log, None where the template has none.
    """

    resources: Mapping[str, str]
    functions: Mapping[str, str]
    routes: list[Route]
    throttle: Throttle | None
    access_log: str | None
    notes: list[str]


SourceOf = Callable[[str], Source]
"""The source of a function, by its logical id."""


def from_source(python: str, beside: Sequence[Path] = ()) -> SourceOf:
    """Run the functions from the checkout, with the packages of this environment and what lies ``beside``."""
    packages = (sysconfig.get_path("purelib"), *map(str, beside))
    source = Source(python, ROOT / "functions", packages)
    return lambda _: source


def deploy(
    client: Callable[[str], Any],
    source_of: SourceOf,
    parameters: Mapping[str, str],
    endpoint: str,
    region: str,
    template: Path = ROOT / "template.yaml",
    environ: Mapping[str, str] = MappingProxyType({}),
) -> Deployed:
    """Create the stack.

    Args:
        client: makes a client of the local AWS for a service.
        source_of: what runs each function.
        parameters: of the template.
        endpoint: of the local AWS, for the functions.
        region: of everything.
        template: the SAM template.
        environ: further environment variables of the functions, which the template has not: where simulators are.

    Raises:
        TemplateError: the SAM macro refuses the template.
        StartError: CloudFormation refused; the message holds its reasons.
    """
    document = read(template)
    _add(document, environ)
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
    code = {}
    for logical_id in functions_of(document):
        body = _package(source_of(logical_id), endpoint)
        client("s3").put_object(Bucket=BUCKET, Key=f"{logical_id}.zip", Body=body)
        code[logical_id] = f"s3://{BUCKET}/{logical_id}.zip"
    plain = to_cloudformation(document, code, f"s3://{BUCKET}/layer.zip", region)
    # Read before what the local AWS can't take is left out.
    routes, throttle, aliases = routes_of(plain), throttle_of(plain), aliases_of(plain)
    access_log = access_log_of(plain)
    notes = localise(plain)
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(plain),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    _wait(cloudformation)
    found = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    resources = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}
    functions = {logical_id: resources[aliases.get(logical_id, logical_id)] for logical_id in code}
    return Deployed(resources, functions, routes, throttle, access_log, notes)


def _wait(cloudformation: Any) -> None:
    end = time.monotonic() + PATIENCE
    while (status := _status(cloudformation)).endswith("IN_PROGRESS"):
        if time.monotonic() > end:
            raise StartError(f"the local AWS did not create the stack within {PATIENCE:.0f} s ({status})")
        time.sleep(0.03)
    if status == "CREATE_COMPLETE":
        return
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in events if "FAILED" in event["ResourceStatus"]]
    reasons = [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]
    raise StartError("the local AWS refused the template:\n  " + "\n  ".join(reasons or [status]))


def _status(cloudformation: Any) -> str:
    return str(cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])


def _add(document: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Give every function further variables; as the template's own, so that an operator's command finds them, too."""
    for logical_id in functions_of(document):
        properties = document["Resources"][logical_id]["Properties"]
        properties.setdefault("Environment", {}).setdefault("Variables", {}).update(environ)


def _package(source: Source, endpoint: str) -> bytes:
    """A deployment package that holds only a bootstrap: it runs the real runtime client on the code where it lies."""
    code = shlex.quote(str(source.code))
    path = shlex.quote(":".join([str(source.code), *source.packages]))
    bootstrap = f"""#!/bin/sh
cd {code} || exit 1
unset {OF_MINISTACK} PYTHONDONTWRITEBYTECODE
export LAMBDA_TASK_ROOT={code} PYTHONPATH={path} AWS_ENDPOINT_URL={endpoint}
export AWS_EXECUTION_ENV=AWS_Lambda_python3.13
exec {shlex.quote(source.python)} -m awslambdaric "$_HANDLER"
"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, bootstrap)
    return buffer.getvalue()
