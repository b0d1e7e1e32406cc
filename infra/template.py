"""The template's gates: ``make template``. Each finds what the others miss.

``sam validate`` knows SAM's own properties, ``cfn-lint`` on the sources knows CloudFormation's, and ``cfn-lint`` on what
the macro makes of it knows references, time-outs and event sources. The fourth gate, the deployment into the local AWS,
is in the stack's tests.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.local.setup import ENVIRONMENTS, ROOT
from infra.local.transform import TemplateError, functions_of, read, to_cloudformation

REGION = "eu-west-1"

NESTED = ("infra/alarms.yaml", "infra/dashboard.yaml", "infra/release.yaml")
"""The templates that template.yaml holds as nested stacks."""


def transformed() -> str:
    """The template as CloudFormation sees it, as JSON."""
    source = read(ROOT / "template.yaml")
    code = dict.fromkeys(functions_of(source), "s3://artifacts/code.zip")
    return json.dumps(to_cloudformation(source, code, "s3://artifacts/layer.zip", REGION), indent=1)


def main() -> int:
    """Run the gates; returns an exit status."""
    tools = (ROOT / ENVIRONMENTS["sam"].folder / "bin").as_posix()
    settings = {**os.environ, "AWS_DEFAULT_REGION": REGION, "SAM_CLI_TELEMETRY": "0"}
    settings["__SAM_CLI_APP_DIR"] = str(ROOT / ".local" / "sam")
    try:
        plain = transformed()
    except TemplateError as error:
        print(error, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "transformed.json"
        made.write_text(plain)
        (Path(folder) / "infra").symlink_to(ROOT / "infra")  # it names the nested stacks by their paths
        gates = [
            [f"{tools}/sam", "validate", "--lint", "--template", "template.yaml"],
            [f"{tools}/cfn-lint", "--template", "template.yaml"],
            [f"{tools}/cfn-lint", "--template", *NESTED],
            # W3002: a nested stack is a path until `sam deploy` has packaged it, which comes before the macro.
            [f"{tools}/cfn-lint", "--ignore-checks", "W3002", "--template", str(made)],
        ]
        for gate in gates:
            done = subprocess.run(gate, cwd=ROOT, env=settings, check=False, capture_output=True, text=True)
            if done.returncode:
                print(done.stdout, done.stderr, file=sys.stderr)
                return 1
    print(
        f"template.yaml, {', '.join(NESTED)}: "
        "sam validate, cfn-lint on the sources and on the transformed template: clean"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
