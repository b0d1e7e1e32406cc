"""The rules file that a stack runs by, as this machine has it."""

from pathlib import Path

from infra.local.setup import ROOT
from infra.operate.target import Target, TargetError
from steward.errors import RulesError
from steward.rules import Rules, load


def rules_of(target: Target, file: Path | None = None) -> Rules:
    """Read the rules.

    Args:
        target: the stack; its parameter ``RulesFile`` is relative to ``functions/``, or absolute for the local one.
        file: another file in its place.

    Raises:
        TargetError: it can't be read, or has a mistake.
    """
    found = file or ROOT / "functions" / target.parameter("RulesFile", "steward.toml")
    try:
        return load(found)
    except RulesError as error:
        raise TargetError(
            f"{error}\nname the rules file that the stack was deployed with: --rules FILE"
        ) from error
