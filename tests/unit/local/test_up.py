"""What `up` says when its scenarios do not play to their end; the whole command is in tests/stack."""

import threading
from argparse import Namespace
from pathlib import Path
from typing import Any, Self

import pytest

from infra.local import up
from infra.local.demo import DemoFailure


class Up:
    """A stack that is up, with nothing simulated."""

    url, notion, slack, rules = "http://127.0.0.1:8787", None, None, None
    console_token, folder = "a token of the console", Path("run-8787")

    def __init__(self, **_: Any) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.req("O1", "C3")
def test_after_a_failure_the_dashboard_is_told_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def play(_: object) -> None:
        raise DemoFailure("a comment, within 20 s")

    monkeypatch.setattr(up, "LocalStack", Up)
    monkeypatch.setattr(up, "play", play)
    wishes = Namespace(port=0, rules=None, built=False, verbose=False, no_demo=False, once=True)

    assert up._up(wishes, threading.Event()) == 1

    told = capsys.readouterr()
    assert "not seen: a comment, within 20 s" in told.err
    assert "http://127.0.0.1:8787/dashboard/login?ticket=" in told.out
    assert "assign another task" not in told.out
