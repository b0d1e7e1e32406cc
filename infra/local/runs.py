"""Folders of runs under ``.local``: one for each port, with the logs and with what tools and tests need to know.

``.local/state.json`` is that of the stack that started last; ``running`` finds the last one that still runs.
"""

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


def running(local: Path = LOCAL) -> dict[str, Any] | None:
    """The state of the stack that started last of those that run now, or None when none does."""
    states = [_state(folder) for folder in (local, *local.glob("run-*"))]
    alive = [s for s in states if s.get("pids") and all(exists(pid) for pid in s["pids"])]
    return max(alive, key=lambda state: float(state.get("started_at", 0)), default=None)


def _state(folder: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:  # removed by another stack that starts now
        return 0.0


def _is_used(folder: Path) -> bool:
    pids = _state(folder).get("pids")
    return _age(folder) < STARTING if pids is None else any(exists(pid) for pid in pids)
