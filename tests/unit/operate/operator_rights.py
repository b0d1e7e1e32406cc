"""What docs/deploy.md says that each operator's command needs of AWS."""

import re
from collections.abc import Mapping
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "deploy.md"
HEADING = "### What whoever operates may do in AWS"
_ROW = re.compile(r"^\| (`.+?`) \| (.+) \|$", re.MULTILINE)
_QUOTED = re.compile(r"`([^`]+)`")
_ACTION = re.compile(r"[a-z0-9]+:[A-Z]\w+")

EVERY = "cloudformation:DescribeStacks"
"""What the sentence before the table says of every command that operates a stack."""


def rights() -> Mapping[str, frozenset[str]]:
    """Command → IAM actions, without the one that all have."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
    assert f"`{EVERY}`" in text.partition("\n| command ")[0]
    found: dict[str, frozenset[str]] = {}
    for commands, needs in _ROW.findall(text):
        actions = frozenset(word for word in _QUOTED.findall(needs) if _ACTION.fullmatch(word))
        for command in _QUOTED.findall(commands):
            assert command not in found, f"{command} has two rows"
            found[command] = actions
    return found
