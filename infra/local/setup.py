"""Environments that this project makes for itself, inside its own folder. Standard library only.

``run`` and ``dev`` share ``.venv``; MiniStack, the SAM CLI, the scanners and the Lambda runtime hold other versions or
fewer packages than ours, so each has an environment of its own under ``.local``. An environment is made once for each
content of its requirements file, by one process at a time, and one that was left half made is made again.
"""

import contextlib
import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.local.progress import Progress

ROOT = Path(__file__).resolve().parents[2]


class SetupError(Exception):
    """Something is missing; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment: where it is, what goes into it, and what says that it is ready.

    With ``by_uv`` uv installs, in a tenth of pip's time. Where uv can't, pip does: uv does not read pip's configuration,
    so it may not know the index of the place.
    """

    what: str
    folder: str
    requirements: str
    stamp: str
    base: str = sys.executable
    by_uv: bool = False

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return ROOT / self.folder / "bin" / "python"

    @property
    def is_ready(self) -> bool:
        """Whether it holds what the requirements file asks for now."""
        return self._is_made()

    def make(self, progress: Progress | None = None) -> None:
        """Make it ready, unless it is.

        Raises:
            SetupError: pip failed, or no environment can be made here.
        """
        if self.is_ready:
            (ROOT / self.stamp).touch()  # make compares times
            return
        with self._alone():
            if self._is_made():
                return  # somebody else made it while we waited
            with contextlib.nullcontext(progress) if progress else Progress() as shown:
                began = time.monotonic()
                shown.step(self.what, "making the environment")
                self._create()
                self._install(shown)
                stamp = ROOT / self.stamp
                stamp.parent.mkdir(parents=True, exist_ok=True)
                stamp.write_text(self._digest())
                shown.done(self.what, time.monotonic() - began)

    def _is_made(self) -> bool:
        stamp = ROOT / self.stamp
        return self.python.exists() and stamp.exists() and stamp.read_text() == self._digest()

    def _digest(self) -> str:
        return hashlib.sha256((ROOT / self.requirements).read_bytes()).hexdigest()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = ROOT / ".local" / f"{self.folder.strip('./').replace('/', '-')}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # released when the file is closed, or the process dies
            yield

    def _create(self) -> None:
        if self.python.exists() and _run([str(self.python), "-m", "pip", "--version"]).returncode == 0:
            return
        done = _run([self.base, "-m", "venv", "--clear", str(ROOT / self.folder)])
        if done.returncode:
            raise SetupError(
                f"the environment {self.folder} can't be made; on Debian or Ubuntu: apt-get install python3-venv\n"
                + _last(done.stderr or done.stdout)
            )

    def _is_installed_by_uv(self, pinned: str, shown: Progress) -> bool:
        uv = ENVIRONMENTS["uv"]
        try:
            uv.make(shown)
        except SetupError:
            return False
        shown.step(self.what, "installing")
        command = [
            str(uv.python.parent / "uv"),
            "pip",
            "install",
            "--quiet",
            "--no-config",
            "--compile-bytecode",
        ]
        command += ["--require-hashes", "--python", str(self.python), "-r", pinned]
        if self.folder == ".venv":
            command.append(
                "--compile-bytecode"
            )  # many processes import from it; of the others' code little is used
        return _run(command).returncode == 0

    def _install(self, shown: Progress) -> None:
        pinned = str(ROOT / self.requirements)
        if self.by_uv and self._is_installed_by_uv(pinned, shown):
            return
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        command += ["-r", pinned]  # it has hashes, so pip refuses whatever has none or another
        total = len([line for line in Path(pinned).read_text().splitlines() if "==" in line])
        said: list[str] = []
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None  # noqa: S101 - PIPE above
            for line in process.stdout:
                said.append(line)
                if line.startswith("Collecting "):
                    seen = sum(earlier.startswith("Collecting ") for earlier in said)
                    shown.step(self.what, f"{min(seen, total)} of {total} packages")
                elif line.startswith("Installing collected"):
                    shown.step(self.what, "installing")
        if process.returncode:
            raise SetupError(
                f"{self.requirements} can't be installed; is the package index reachable?\n"
                + _last("".join(said))
            )


def _apart(name: str, what: str, requirements: str) -> Environment:
    return Environment(what, f".local/{name}/venv", requirements, f".local/{name}/.ready", by_uv=name != "uv")


ENVIRONMENTS = {
    "uv": _apart("uv", "the installer", "infra/uv/requirements.txt"),
    "run": Environment(
        "Steward and the local stack", ".venv", "infra/local/requirements.txt", ".venv/.run", by_uv=True
    ),
    "dev": Environment("the development tools", ".venv", "requirements-dev.txt", ".venv/.dev", by_uv=True),
    "aws-plane": _apart("aws-plane", "the local AWS", "infra/local/aws_plane/requirements.txt"),
    "sam": _apart("sam", "the SAM CLI", "infra/sam/requirements.txt"),
    "scan": _apart("scan", "the scanner of the templates", "infra/scan/requirements.txt"),
    "supply": _apart("supply", "the tools that look at what ships", "infra/supply/requirements.txt"),
}


def make_ready(names: Sequence[str]) -> None:
    """Make the named environments, those in different folders at the same time.

    Raises:
        SetupError: the first that could not be made.
    """
    wanted = [ENVIRONMENTS[name] for name in names]
    missing = [environment for environment in wanted if not environment.is_ready]
    if len({environment.folder for environment in missing}) < max(2, len(missing)):
        for environment in wanted:
            environment.make()
        return
    with Progress() as progress, ThreadPoolExecutor(len(wanted)) as pool:
        for finished in [pool.submit(environment.make, progress) for environment in wanted]:
            finished.result()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def _last(output: str) -> str:
    return "\n".join(f"    {line}" for line in output.strip().splitlines()[-3:])


def main(names: list[str]) -> int:
    """Make the named environments; returns an exit status."""
    unknown = [name for name in names if name not in ENVIRONMENTS]
    if unknown or not names:
        print(f"setup: name one or more of {', '.join(ENVIRONMENTS)}", file=sys.stderr)
        return 2
    try:
        make_ready(names)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
