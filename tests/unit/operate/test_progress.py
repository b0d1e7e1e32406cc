"""Progress bars: on a terminal's standard error, and nowhere else."""

import io
import os
import sys
from pathlib import Path

import pytest

from infra.operate import progress as of_progress
from infra.operate.progress import progress, wait


class Terminal(io.StringIO):
    """A standard error that people see."""

    def isatty(self) -> bool:
        return True


@pytest.mark.req("O4")
@pytest.mark.parametrize(
    ("stream", "quiet", "shown"),
    [(Terminal, False, True), (Terminal, True, False), (io.StringIO, False, False)],
)
def test_a_bar_is_shown_on_a_terminal_unless_it_is_to_be_quiet(
    stream: type[io.StringIO],
    quiet: bool,
    shown: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    errors = stream()
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setenv("TERM", "xterm")
    with progress("redriving", 2, quiet=quiet) as bar:
        bar.step()
        bar.reached(2)
    assert ("redriving" in errors.getvalue()) is shown
    assert capsys.readouterr().out == ""


def test_what_goes_wrong_under_a_bar_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(KeyError), progress("pages", None):
        raise KeyError


@pytest.mark.req("O4")
def test_what_is_printed_under_a_bar_goes_where_standard_output_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, terminal = os.openpty()
    with os.fdopen(terminal, "w") as errors, (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stderr", errors)
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setenv("TERM", "xterm")
        with progress("redriving", 2) as bar:
            print("moved  one")
            bar.step()
        assert b"redriving" in os.read(screen, 4096)
    assert (tmp_path / "out").read_text() == "moved  one\n"
    os.close(screen)


@pytest.mark.req("O4")
@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_a_wait_takes_its_time_and_is_seen_unless_it_is_to_be_quiet(
    quiet: bool, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept, errors = list[float](), Terminal()
    monkeypatch.setattr(of_progress, "sleep", slept.append)
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setenv("TERM", "xterm")
    wait("seconds until it is known", 2.25, quiet=quiet)
    wait("nothing", 0, quiet=quiet)
    assert slept == [1.0, 1.0, 0.25]
    assert ("seconds until it is known" in errors.getvalue()) is shown
