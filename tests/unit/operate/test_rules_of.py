"""Which rules file a command reads: the one that is named, else the one that the stack runs by."""

from pathlib import Path
from typing import Any

import pytest

from infra.operate.answering import document_of
from infra.operate.rules_of import file_of, rules_of
from infra.operate.target import TargetError
from tests.documents import ROOT

FUNCTIONS = ROOT / "functions"


class Stack:
    """A stack's parameters."""

    def __init__(self, **parameters: str) -> None:
        self._parameters = parameters

    def parameter(self, name: str, default: str) -> str:
        return self._parameters.get(name) or default


@pytest.mark.req("O4")
@pytest.mark.parametrize(
    ("stack", "named", "found"),
    [
        (None, None, FUNCTIONS / "steward.toml"),
        (Stack(), None, FUNCTIONS / "steward.toml"),
        (Stack(RulesFile="team.toml"), None, FUNCTIONS / "team.toml"),
        (Stack(RulesFile="/of/the/local/stack.toml"), None, Path("/of/the/local/stack.toml")),
        (Stack(RulesFile="team.toml"), Path("new.toml"), Path("new.toml")),
    ],
)
def test_the_named_file_wins_over_the_stacks_and_that_over_the_one_that_ships(
    stack: Any, named: Path | None, found: Path
) -> None:
    assert file_of(stack, named) == found


@pytest.mark.req("O4")
def test_a_mistake_is_told_apart_from_what_to_do_about_it(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[slak]\n")
    stack: Any = Stack(RulesFile=str(wrong))

    for named, do in (
        (None, "name the rules file that the stack was deployed with: --now FILE"),
        (wrong, ""),
    ):
        with pytest.raises(TargetError) as raised:
            rules_of(stack, named, option="--now")
        told = document_of("", f"what-if: {raised.value}", "what-if", 2)
        assert "slak" in told["error"]
        assert "did you mean 'slack'?" in told["error"]
        assert told["do"] == (do or "mend wrong.toml, or name another file")
