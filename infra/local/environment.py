"""A command that needs more than the standard library sets it up and continues in the project's own environment."""

import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.local.setup import ENVIRONMENTS, ROOT, SetupError, make_ready

AGAIN = "STEWARD_LOCAL_CONTINUED"
"""Set for the interpreter that we continue in, so that nothing can make us go round in circles."""


def ensure(module: str, needed: Iterable[str], *, also: tuple[str, ...] = ()) -> None:
    """Return when every needed package can be imported; else set ``.venv`` up and run ``module`` in it instead.

    Args:
        module: what ``python -m`` was called with.
        needed: top-level packages.
        also: further environments that have to be ready.

    Raises:
        SetupError: something can't be had.
    """
    if all(importlib.util.find_spec(name) for name in needed):
        make_ready(list(also))
        return
    if os.environ.get(AGAIN):
        raise SetupError("the environment .venv stays incomplete; remove it and try again: rm -rf .venv")
    run = ENVIRONMENTS["run"]
    if Path(sys.prefix) == ROOT / run.folder:
        # Its stamp lies, if there is one: something was removed by hand.
        (ROOT / run.stamp).unlink(missing_ok=True)
    make_ready(["run", *also])
    command = [str(run.python), "-m", module, *sys.argv[1:]]
    os.execve(run.python, command, {**os.environ, AGAIN: "1"})  # noqa: S606 - our own interpreter
