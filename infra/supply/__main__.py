"""``python -m infra.supply sbom | audit``: the bill of materials with its licences, and the known vulnerabilities."""

import subprocess
import sys

from infra.local.setup import ENVIRONMENTS, ROOT
from infra.supply import licences
from infra.supply.pins import layers

SHIPS = ROOT / ".local" / "ships"
SBOM = ROOT / ".local" / "sbom.json"
PAGE = ROOT / "docs" / "licences.md"


def sbom() -> int:
    """Install what ships, and nothing else, and write down what is there; returns an exit status."""
    shipped = layers(ROOT)
    names = {name for packages in shipped.values() for name in packages}
    refused = licences.refused({name: licences.licence_of(name) for name in names})
    if refused:
        print("sbom: may not ship: " + ", ".join(refused), file=sys.stderr)
        return 1
    pip = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(SHIPS)]
    install = [sys.executable, "-m", "pip", "--python", str(SHIPS), "install", "--quiet", "--no-compile"]
    install += ["--disable-pip-version-check", "--no-deps", "--require-hashes"]
    for layer in shipped:
        install += ["-r", f"infra/layers/{layer}/requirements.txt"]
    tool = ENVIRONMENTS["supply"].python.parent / "cyclonedx-py"
    write = [str(tool), "environment", str(SHIPS / "bin" / "python"), "--pyproject", "pyproject.toml"]
    write += ["--output-reproducible", "--output-format", "JSON", "--output-file", str(SBOM)]
    if not _all_run(pip, install, write):
        return 1
    PAGE.write_text(licences.page(shipped), encoding="utf-8")
    print(
        f"{SBOM.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}: {len(names)} packages in {len(shipped)} layers"
    )
    return 0


def audit() -> int:
    """Ask PyPI's advisories about every pin of what ships and of what builds it; returns an exit status.

    The hashes say exactly what is meant, so nothing is resolved or installed. Strict, because where the service can't be
    reached pip-audit otherwise calls each package unknown and passes.
    """
    tool = str(ENVIRONMENTS["supply"].python.parent / "pip-audit")
    files = [f"infra/layers/{layer}/requirements.txt" for layer in layers(ROOT)]
    files += ["requirements-dev.txt", "infra/sam/requirements.txt", "infra/uv/requirements.txt"]
    command = [tool, "--strict", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
    for file in files:
        command += ["--requirement", file]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _all_run(*commands: list[str]) -> bool:
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"sbom: {command[0]} failed\n{done.stdout}{done.stderr}", file=sys.stderr)
            return False
    return True


def main(arguments: list[str]) -> int:
    """Run one of the two; returns an exit status."""
    if arguments == ["sbom"]:
        return sbom()
    if arguments == ["audit"]:
        return audit()
    print("supply: name one of sbom, audit", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
