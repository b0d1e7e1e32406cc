"""``--built``: run what ``sam build`` makes, layers included, under the Python that the template names.

The build is made for this machine's instruction set in ``.local/built``, so it never mixes with ``.aws-sam``, which is
what gets deployed. Each function finds its own artifact, the layers that it names, and what Lambda itself provides
(awslambdaric, boto3), as on AWS; a package that is missing from a layer is missing here too.
"""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from infra.local.deployment import Source, SourceOf
from infra.local.processes import StartError
from infra.local.setup import ENVIRONMENTS, ROOT, Environment, SetupError
from infra.local.transform import read

FOLDER = ROOT / ".local" / "built"


def host_architecture() -> str:
    """This machine's instruction set, as Lambda calls it."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def from_build(template: Path = ROOT / "template.yaml") -> SourceOf:
    """Build, and say what runs each function.

    Raises:
        StartError: a tool is missing, or the build failed; the message says what to do.
    """
    document = read(template)
    version = str(document["Globals"]["Function"]["Runtime"]).removeprefix("python")
    python, sam = find_python(version), find_sam()
    sam_build(sam, python, document, FOLDER, host_architecture())
    runtime = runtime_of(version, python)
    layers = {name: layers_of(document, name) for name in document["Resources"]}

    def source_of(logical_id: str) -> Source:
        packages = tuple(str(FOLDER / "out" / layer / "python") for layer in layers[logical_id])
        return Source(str(runtime.python), FOLDER / "out" / logical_id, packages)

    return source_of


def runtime_of(version: str, python: Path) -> Environment:
    """What Lambda itself provides to functions of that Python, made if it is not there.

    Raises:
        StartError: it can't be made.
    """
    runtime = Environment(
        f"the Lambda runtime's own packages (Python {version})",
        f".local/runtime-{version}/venv",
        "infra/local/runtime/requirements.txt",
        f".local/runtime-{version}/.ready",
        str(python),
    )
    try:
        runtime.make()
    except SetupError as error:
        raise StartError(str(error)) from error
    return runtime


def layers_of(document: dict[str, Any], logical_id: str) -> list[str]:
    """Logical ids of a function's layers: SAM puts the global ones first."""
    properties = document["Resources"][logical_id].get("Properties", {})
    shared = document.get("Globals", {}).get("Function", {}).get("Layers", [])
    return [str(layer["Ref"]) for layer in [*shared, *properties.get("Layers", [])]]


def find_python(version: str) -> Path:
    """An interpreter of that version, from the path or from pyenv.

    Raises:
        StartError: there is none.
    """
    shims = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *sorted(shims.glob(f"{version}.*/bin/python{version}"))]
    for candidate in candidates:
        # A version manager's placeholder is on the path and does not run.
        if (
            candidate
            and subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            return Path(candidate)
    raise StartError(
        f"--built needs Python {version}, the functions' own; install it, or leave --built away to run from source"
    )


def find_sam() -> str:
    """The SAM CLI: the project's own, or the one on the path.

    Raises:
        StartError: there is none.
    """
    ours = ENVIRONMENTS["sam"]
    found = str(ours.python.with_name("sam")) if ours.is_ready else shutil.which("sam")
    if found is None:
        raise StartError("--built needs the SAM CLI; run: python -m infra.local.setup sam")
    return found


def sam_build(
    sam: str, python: Path, document: dict[str, Any], folder: Path, architecture: str, only: str | None = None
) -> None:
    """Build into ``folder``/out, without Docker; what did not change is not built again.

    Args:
        sam: the SAM CLI.
        python: an interpreter of the functions' own version, because pip chooses wheels by it.
        document: the template, as ``read`` gives it.
        folder: holds the build and its cache.
        architecture: ``arm64`` or ``x86_64``.
        only: a function that is built with its layers, and nothing else.

    Raises:
        StartError: the build failed; the message holds its last words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "source.json"
    source.write_text(json.dumps(with_absolute_paths(document), indent=1))
    command = [
        sam,
        "build",
        *([only] if only else []),
        "--template-file",
        str(source),
        "--build-dir",
        str(folder / "out"),
    ]
    command += ["--cache-dir", str(folder / "cache"), "--cached", "--parallel", "--base-dir", str(ROOT)]
    command += ["--parameter-overrides", f"Architecture={architecture}"]
    settings = {
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "__SAM_CLI_APP_DIR": str(ROOT / ".local" / "sam"),
    }
    print("sam build …", flush=True)
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-8:])
        raise StartError(f"sam build failed:\n{last}")


def with_absolute_paths(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of the template that builds from any folder: its paths are absolute."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    shared = copy["Globals"]["Function"]
    shared["CodeUri"] = str(ROOT / shared["CodeUri"])
    for resource in copy["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = str(ROOT / resource["Properties"]["ContentUri"])
        if resource["Type"] == "AWS::CloudFormation::Stack":
            resource["Properties"]["TemplateURL"] = str(ROOT / resource["Properties"]["TemplateURL"])
    return copy
