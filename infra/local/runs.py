"""Folders of runs under ``.local``: one for each port, with the logs and with what tools and tests need to know.

``.local/state.json`` is that of the stack that started last.
"""

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from infra.local.processes import exists
from infra.local.setup import ROOT

LOCAL = ROOT / ".local"
KEPT = 10
"""Folders of earlier runs that are kept, for their logs."""

STARTING = 600.0
"""Seconds for which a folder without a state is taken for that of a stack that is starting."""


def new_folder(port: int, local: Path = LOCAL) -> Path:
    """An empty folder for a run; the oldest ones that no stack uses are removed."""
    folder = local / f"run-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for old in sorted(local.glob("run-*"), key=_age)[KEPT + 1 :]:
        if not _is_used(old):
            shutil.rmtree(old, ignore_errors=True)
    return folder


def write_state(folder: Path, state: Mapping[str, object], local: Path = LOCAL) -> None:
    """Write the state of a run, and make it the latest."""
    for place in (folder, local):
        # Replaced in one step: another stack's tools may be reading it.
        unfinished = place / f"state-{os.getpid()}.tmp"
        unfinished.write_text(json.dumps(state, indent=1))
        unfinished.replace(place / "state.json")


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:  # removed by another stack that starts now
        return 0.0


def _is_used(folder: Path) -> bool:
    try:
        pids = json.loads((folder / "state.json").read_text())["pids"]
    except (OSError, ValueError, KeyError):
        return _age(folder) < STARTING
    return any(exists(pid) for pid in pids)
