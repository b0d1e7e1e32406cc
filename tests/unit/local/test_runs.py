"""Folders of runs: the latest are kept, and none that a stack still uses is taken away."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.local.runs import KEPT, new_folder, running, write_state


def gone() -> int:
    """The id of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def older_run(local: Path, number: int, pid: int) -> Path:
    folder = local / f"run-{number}"
    folder.mkdir()
    (folder / "state.json").write_text(json.dumps({"pids": [pid]}))
    os.utime(folder, (number, number))
    return folder


def test_the_oldest_runs_go_but_one_that_runs_stays(tmp_path: Path) -> None:
    pid = gone()
    used = older_run(tmp_path, 1, os.getpid())
    ended = [older_run(tmp_path, 2 + n, pid) for n in range(KEPT + 1)]

    folder = new_folder(9999, tmp_path)

    assert list(folder.iterdir()) == []
    assert used.exists()
    assert [old.exists() for old in ended] == [False] + [True] * KEPT


def test_a_run_on_the_same_port_begins_with_an_empty_folder(tmp_path: Path) -> None:
    (new_folder(1, tmp_path) / "old.log").write_text("old")

    assert list(new_folder(1, tmp_path).iterdir()) == []


def test_the_state_stands_in_the_runs_folder_and_as_the_latest(tmp_path: Path) -> None:
    first, second = new_folder(1, tmp_path), new_folder(2, tmp_path)
    write_state(first, {"url": "one"}, tmp_path)
    write_state(second, {"url": "two"}, tmp_path)

    assert json.loads((first / "state.json").read_text()) == {"url": "one"}
    assert json.loads((tmp_path / "state.json").read_text()) == {"url": "two"}
    assert not list(tmp_path.rglob("*.tmp"))


def test_of_the_stacks_that_run_the_one_that_started_last_is_found(tmp_path: Path) -> None:
    ended, me = gone(), os.getpid()
    for port, pids, started_at in ((1, [me], 1.0), (2, [me], 2.0), (3, [me, ended], 3.0)):
        write_state(
            new_folder(port, tmp_path), {"url": str(port), "pids": pids, "started_at": started_at}, tmp_path
        )

    found = running(tmp_path)

    assert found is not None
    assert found["url"] == "2"


def test_no_stack_runs_where_none_was_started_or_all_have_ended(tmp_path: Path) -> None:
    assert running(tmp_path) is None
    write_state(new_folder(1, tmp_path), {"pids": [gone()], "started_at": 1.0}, tmp_path)
    assert running(tmp_path) is None
