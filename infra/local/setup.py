"""Environments that this project makes for itself, inside its own folder. Standard library only.

``run`` and ``dev`` share ``.venv``; MiniStack and the SAM CLI pin other versions of the same packages, so each has an
environment of its own under ``.local``. An environment is made once for each content of its requirements file.
"""

import hashlib
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)


class SetupError(Exception):
    """Something is missing; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment: where it is, what goes into it, and what says that it is ready."""

    what: str
    folder: str
    requirements: str
    stamp: str

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return ROOT / self.folder / "bin" / "python"

    @property
    def is_ready(self) -> bool:
        """Whether it holds what the requirements file asks for now."""
        stamp = ROOT / self.stamp
        return self.python.exists() and stamp.exists() and stamp.read_text() == self._digest()

    def _digest(self) -> str:
        return hashlib.sha256((ROOT / self.requirements).read_bytes()).hexdigest()

    def make(self) -> None:
        """Make it ready, with one line of progress.

        Raises:
            SetupError: pip failed.
        """
        if self.is_ready:
            (ROOT / self.stamp).touch()
            return
        began = time.monotonic()
        print(f"  setting up {self.what} …", flush=True)
        try:
            if not self.python.exists():
                venv.create(ROOT / self.folder, with_pip=True, symlinks=True)
        except (OSError, subprocess.CalledProcessError) as error:
            message = f"{self.folder} can't be made ({error}); on Debian: apt-get install python3-venv"
            raise SetupError(message) from error
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        done = subprocess.run(
            [*command, str(ROOT / self.requirements)], capture_output=True, text=True, check=False, cwd=ROOT
        )
        if done.returncode:
            last = "\n    ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
            raise SetupError(
                f"{self.requirements} can't be installed; is the package index reachable?\n    {last}"
            )
        stamp = ROOT / self.stamp
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(self._digest())
        print(f"  {self.what} is ready ({time.monotonic() - began:.0f} s)", flush=True)


ENVIRONMENTS = {
    "run": Environment("Steward and the local stack", ".venv", "infra/local/requirements.txt", ".venv/.run"),
    "dev": Environment("the development tools", ".venv", "requirements-dev.txt", ".venv/.dev"),
    "aws-plane": Environment(
        "the local AWS",
        ".local/aws-plane/venv",
        "infra/local/aws_plane/requirements.txt",
        ".local/aws-plane/.ready",
    ),
    "sam": Environment("the SAM CLI", ".local/sam/venv", "infra/sam/requirements.txt", ".local/sam/.ready"),
}


def check_python() -> None:
    """Refuse an interpreter that is too old.

    Raises:
        SetupError: it is.
    """
    if sys.version_info < OLDEST:
        found = ".".join(str(n) for n in sys.version_info[:3])
        raise SetupError(f"Python 3.11 or newer is needed, this is {found}; run: make PYTHON=python3.13 run")


def main(names: list[str]) -> int:
    """Make the named environments; returns an exit status."""
    try:
        check_python()
        for name in names:
            ENVIRONMENTS[name].make()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
