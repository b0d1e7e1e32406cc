"""``python -m infra.scan [--accept]``: checkov and detect-secrets, at the same time; exit status 1 if one finds something."""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.local.setup import ENVIRONMENTS, ROOT
from infra.scan import leaks
from infra.template import transformed

TEMPLATE = "AWSTemplateFormatVersion"


def templates() -> list[str]:
    """``template.yaml`` and the nested templates, relative to the project."""
    nested = [file for file in sorted((ROOT / "infra").glob("*.yaml")) if TEMPLATE in file.read_text()]
    return ["template.yaml", *(file.relative_to(ROOT).as_posix() for file in nested)]


def workflows() -> list[str]:
    """GitHub's workflows, relative to the project."""
    return [file.relative_to(ROOT).as_posix() for file in sorted(ROOT.glob(".github/workflows/*.yml"))]


def check_templates() -> tuple[bool, str]:
    """Run checkov with ``.checkov.yaml``: whether all is well, and what it says. It asks nobody on the network."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "transformed.json"
        made.write_text(transformed())
        python = ENVIRONMENTS["scan"].python
        command = [str(python), "-m", "checkov.main", "--config-file", ".checkov.yaml"]
        for file in [*templates(), *workflows(), str(made)]:
            command += ["--file", file]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def check_files(*, accept: bool = False) -> tuple[bool, str]:
    """Run detect-secrets on every file: whether all is well, and where something looks like a secret."""
    secrets = leaks.found(leaks.every_file())
    if accept:
        leaks.accept(secrets)
        return True, ""
    new = leaks.unknown(secrets)
    advice = "\nNot a secret? Then: make scan ARGS=--accept, and look at what that adds to " + leaks.BASELINE
    return not new, "\n".join(new) + (advice if new else "")


def main(arguments: list[str]) -> int:
    """Run both scanners; returns an exit status."""
    if arguments not in ([], ["--accept"]):
        print("scan: the only option is --accept", file=sys.stderr)
        return 2
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(check_templates)
        results = {
            "secrets in files": check_files(accept=bool(arguments)),
            "templates and workflows": checking.result(),
        }
    for what, (fine, said) in results.items():
        if not fine:
            print(f"{what}:\n{said}", file=sys.stderr)
    if not all(fine for fine, _ in results.values()):
        return 1
    names = ", ".join([*templates(), *workflows()])
    print(f"checkov on {names} and the transformed template, detect-secrets on every file: clean", end=" ")
    print(f"after {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
