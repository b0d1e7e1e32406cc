"""Every command answers alike: --help says what it needs and in which units, --json is one document, whatever happens."""

import argparse
import json
import re

import pytest

from infra.operate.__main__ import main
from infra.operate.answering import Parser, answer, document_of
from infra.operate.command_line import leaves, make_parser

LEAVES = dict(leaves(make_parser()))

UNITS = re.compile(
    r"second|minute|hour|day|times|at most|\d[smhd]\b|version|hits|milliseconds|USD|dollars|megabytes|port",
    re.IGNORECASE,
)

_NUMBERS = re.compile(r"SECONDS|TIME|N|COUNT|MINUTES|DAYS")
"""Placeholders of values that are numbers or times."""

pytestmark = pytest.mark.req("O4")


@pytest.mark.parametrize("command", LEAVES)
def test_every_command_takes_json(command: str) -> None:
    assert LEAVES[command].takes("--json")


@pytest.mark.parametrize("command", LEAVES)
def test_every_command_says_what_it_needs_and_every_option_what_it_is(command: str) -> None:
    told = " ".join(LEAVES[command].format_help().split())
    assert ("needs a stack" in told) != ("needs no stack" in told)
    options = [a for a in LEAVES[command]._actions if a.option_strings]
    assert [a.option_strings[0] for a in options if not a.help] == []


@pytest.mark.parametrize("command", LEAVES)
def test_every_number_and_time_names_its_unit(command: str) -> None:
    numbers = [
        a
        for a in LEAVES[command]._actions
        if a.type in (int, float) or (isinstance(a.metavar, str) and _NUMBERS.fullmatch(a.metavar))
    ]
    assert [a.dest for a in numbers if not UNITS.search(f"{a.help} {a.metavar}")] == []


@pytest.mark.parametrize(
    ("said", "complained", "status", "document"),
    [
        ('{"a": 1}\n', "a hint", 0, {"a": 1}),
        ("[]", "", 1, []),
        ("one\ntwo\n", "", 0, {"lines": ["one", "two"]}),
        ("", "", 0, {"lines": []}),
        (
            "",
            "dlq show: no such letter; see `dlq list`\n",
            1,
            {"error": "no such letter", "do": "see `dlq list`"},
        ),
        (
            "done: one\nfailed: two\n",
            "",
            1,
            {
                "lines": ["done: one", "failed: two"],
                "error": "failed: two",
                "do": "python -m infra.operate dlq show --help says what it takes and needs",
            },
        ),
    ],
)
def test_whatever_was_printed_becomes_one_document(
    said: str, complained: str, status: int, document: object
) -> None:
    assert document_of(said, complained, "dlq show", status) == document


def test_what_is_printed_while_it_runs_stays_off_both_streams(capsys: pytest.CaptureFixture[str]) -> None:
    def run(_: argparse.Namespace) -> int:
        print("one")
        return 0

    assert answer("x", argparse.Namespace(run=run, json=True)) == 0
    said = capsys.readouterr()
    assert (json.loads(said.out), said.err) == ({"lines": ["one"]}, "")


def test_a_mistake_of_ours_is_a_document_too_and_its_trace_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(_: argparse.Namespace) -> int:
        print("half of it")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer("x", argparse.Namespace(run=run, json=True))
    assert json.loads(capsys.readouterr().out)["error"] == "x failed unexpectedly (ZeroDivisionError)"


@pytest.mark.parametrize(
    "arguments", [["events", "--limit", "0"], ["nothing"], ["events", "--since", "soon"]]
)
def test_a_wrong_command_line_is_a_document_too(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json"])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert set(json.loads(said.out)) == {"error", "do"}
    assert said.err == ""


def test_without_json_a_wrong_command_line_is_told_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["events", "--limit", "0"])
    assert "from 1 to 500" in capsys.readouterr().err


def test_the_old_name_of_the_target_and_the_local_one_are_taken() -> None:
    parser = make_parser()
    assert parser.parse_args(["events", "--stack-name", "a"]).stack_name == "a"
    assert parser.parse_args(["events", "--stack", "a"]).stack_name == "a"
    assert parser.parse_args(["events", "--local"]).stack_name is None
    Parser.arguments = ()
    with pytest.raises(SystemExit):
        parser.parse_args(["events", "--local", "--stack", "a"])
