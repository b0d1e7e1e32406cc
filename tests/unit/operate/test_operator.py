"""How the ceremony asks at a terminal: what was shown goes off the screen, and a terminal that is gone says nothing."""

import io
from collections.abc import Callable

import pytest

from infra.operate.ceremony.operator import AtTerminal

TOKEN, ERASED = "secret_of_a_test", "\x1b[2A\x1b[J"

pytestmark = pytest.mark.req("I3", "O5")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Interrupted(Terminal):
    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed has two readlines
        raise KeyboardInterrupt


@pytest.mark.parametrize("source", [Terminal, Interrupted])
def test_a_token_goes_off_the_screen_also_when_the_operator_leaves(source: Callable[[], io.StringIO]) -> None:
    out = Terminal()
    with pytest.raises(KeyboardInterrupt):
        AtTerminal(source=source(), out=out).show_once(TOKEN)
    assert out.getvalue().endswith(f"\n{ERASED}")


def test_a_token_goes_off_the_screen_after_enter() -> None:
    out = Terminal()
    AtTerminal(source=Terminal("\n"), out=out).show_once(TOKEN)
    assert out.getvalue().endswith(f": {ERASED}")


@pytest.mark.parametrize(("typed", "agrees"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False)])
def test_only_a_clear_yes_is_one(typed: str, agrees: bool) -> None:
    assert AtTerminal(source=Terminal(typed), out=Terminal()).agrees("so?") is agrees


def test_a_terminal_that_was_closed_said_neither_yes_nor_no() -> None:
    with pytest.raises(KeyboardInterrupt):
        AtTerminal(source=Terminal(""), out=Terminal()).agrees("so?")
    assert AtTerminal(source=io.StringIO(""), out=Terminal()).agrees("so?") is False, "of a script it is a no"
