"""Environments: made once, by one process at a time, with what went wrong said plainly."""

import dataclasses
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local import setup
from infra.local.progress import Progress
from infra.local.setup import Environment, SetupError
from infra.local.too_old import remedy, works


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    (tmp_path / "needs.txt").write_text("one==1\n")
    return tmp_path


def environment(root: Path, pip: str) -> Environment:
    """One whose interpreter is a script; ``pip`` is what it does when it installs."""
    made = Environment("the thing", ".local/thing/venv", "needs.txt", ".local/thing/.ready")
    made.python.parent.mkdir(parents=True, exist_ok=True)
    made.python.write_text(
        f'#!/bin/sh\necho "$*" >> {root}/calls\ncase "$*" in *--version*) exit 0;; esac\n{pip}\n'
    )
    made.python.chmod(0o755)
    return made


def installs(root: Path) -> int:
    return (root / "calls").read_text().count("pip install")


def test_an_environment_is_made_once_for_each_content_of_its_requirements(root: Path) -> None:
    made = environment(root, "exit 0")
    assert made.is_ready is False

    made.make()
    made.make()
    assert (made.is_ready, installs(root)) == (True, 1)

    (root / "needs.txt").write_text("one==2\n")
    assert made.is_ready is False
    made.make()
    assert (made.is_ready, installs(root)) == (True, 2)


def test_what_pip_said_last_is_passed_on_and_nothing_is_called_ready(root: Path) -> None:
    made = environment(root, "echo earlier; echo a; echo b; echo 'no route to host' >&2; exit 1")

    with pytest.raises(SetupError) as caught:
        made.make()

    assert "needs.txt can't be installed; is the package index reachable?" in str(caught.value)
    assert "no route to host" in str(caught.value)
    assert "earlier" not in str(caught.value)
    assert made.is_ready is False


def test_an_environment_that_was_left_half_made_is_made_again(root: Path) -> None:
    made = Environment(
        "the thing", ".local/thing/venv", "needs.txt", ".local/thing/.ready", base=str(root / "base")
    )
    made.python.parent.mkdir(parents=True)
    made.python.write_text("#!/bin/sh\nexit 1\n")  # an interpreter without pip
    made.python.chmod(0o755)
    (root / "base").write_text(
        f'#!/bin/sh\necho "$*" > {root}/venv\nprintf "#!/bin/sh\\nexit 0\\n" > {made.python}\n'
    )
    (root / "base").chmod(0o755)

    made.make()

    assert (root / "venv").read_text().startswith("-m venv --clear ")
    assert made.is_ready


def test_a_machine_that_cannot_make_environments_is_told_the_package(root: Path) -> None:
    made = Environment(
        "the thing", ".local/thing/venv", "needs.txt", ".local/thing/.ready", base="/bin/false"
    )

    with pytest.raises(SetupError, match="apt-get install python3-venv"):
        made.make()


def test_two_processes_do_not_make_the_same_environment_at_once(root: Path) -> None:
    # Each installation fails if it finds the mark of another one.
    made = environment(root, f"mkdir {root}/busy || exit 1\nsleep 0.2\nrmdir {root}/busy")
    code = (
        "import sys; from pathlib import Path; from infra.local import setup; setup.ROOT = Path(sys.argv[1]);"
        "setup.Environment('the thing', '.local/thing/venv', 'needs.txt', '.local/thing/.ready').make()"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(root)], cwd=Path.cwd()) for _ in range(3)]

    assert [process.wait(30) for process in running] == [0, 0, 0]
    assert (made.is_ready, installs(root)) == (True, 1)


def installer(root: Path, monkeypatch: pytest.MonkeyPatch, *, ends: int) -> Environment:
    """An environment that holds a uv which only writes down what it was asked, and one that it installs."""
    uv = Environment("the installer", ".local/uv/venv", "needs.txt", ".local/uv/.ready")
    uv.python.parent.mkdir(parents=True)
    uv.python.write_text("#!/bin/sh\nexit 0\n")
    program = uv.python.parent / "uv"
    program.write_text(f'#!/bin/sh\necho "$*" >> {root}/uv\nexit {ends}\n')
    uv.python.chmod(0o755)
    program.chmod(0o755)
    monkeypatch.setitem(setup.ENVIRONMENTS, "uv", uv)
    return dataclasses.replace(environment(root, "exit 0"), by_uv=True)


def test_uv_installs_only_what_the_hashes_name_and_pip_is_not_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = installer(root, monkeypatch, ends=0)

    made.make()

    asked = (root / "uv").read_text()
    assert "--require-hashes" in asked
    assert f"--python {made.python} -r {root / 'needs.txt'}" in asked
    assert (made.is_ready, installs(root)) == (True, 0)


def test_pip_installs_where_uv_cannot(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = installer(root, monkeypatch, ends=2)

    made.make()

    assert (made.is_ready, installs(root)) == (True, 1)


def test_a_name_that_is_none_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["everything"]) == 2
    assert "uv, run, dev, aws-plane, sam, scan, supply" in capsys.readouterr().err


def test_several_environments_are_made_and_the_first_failure_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = environment(root, "exit 0")
    bad = Environment("another", ".local/bad/venv", "needs.txt", ".local/bad/.ready", base="/bin/false")
    monkeypatch.setattr(setup, "ENVIRONMENTS", {"good": good, "bad": bad})

    assert setup.main(["good", "bad"]) == 2
    assert good.is_ready
    assert "apt-get install python3-venv" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    out = io.StringIO()
    with Progress(out) as progress:
        progress.step("the thing", "making the environment")
        progress.step("the thing", "1 of 2 packages")
        progress.done("the thing", 3.4)

    assert out.getvalue() == "  setting up the thing …\n  the thing: ready after 3 s\n"


def test_progress_leaves_a_clean_line_on_a_terminal() -> None:
    out = Terminal()
    with Progress(out) as progress:
        progress.done("the thing", 3.4)

    assert out.getvalue().endswith("the thing: ready after 3 s\n\r\x1b[K")


@pytest.mark.parametrize(
    ("there", "advice"),
    [
        ({"python3.12", "python3.11"}, "run: make run PYTHON=python3.12"),
        (set[str](), "install one, then: make run PYTHON=python3.13"),
    ],
)
def test_an_old_python_is_told_which_one_to_take(there: set[str], advice: str) -> None:
    said = remedy((3, 9, 2, "final", 0), lambda name: name in there)

    assert said == f"infra.local: Python 3.11 or newer is needed, this is 3.9.2; {advice}"


def test_a_placeholder_that_does_not_run_is_no_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, status in (("python3.13", 127), ("python3.12", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    found: list[Any] = [works(name) for name in ("python3.13", "python3.12", "python3.11")]
    assert found == [False, True, False]
