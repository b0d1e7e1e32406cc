"""Where a function finds its rules file. Beside the reader, not in it: that one needs pydantic, which the console does not have."""

from collections.abc import Mapping
from pathlib import Path


def path_in(environ: Mapping[str, str]) -> Path:
    """``RULES_FILE``, relative to what was deployed unless it is absolute."""
    return Path(environ.get("LAMBDA_TASK_ROOT", ".")) / (environ.get("RULES_FILE") or "steward.toml")
