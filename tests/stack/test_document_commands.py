"""Every command line that a document shows does what its reader is told, on the stack of this machine.

Lines of shell blocks, of sentences and of tables. A line is run, or stands in a table with the reason why it is not; a new
one that is neither fails.
"""

import io
import itertools
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from shutil import which
from typing import Any

import pytest

from infra.local.demo import RULES
from infra.local.stack import LocalStack
from infra.local.vendors import SIMULATED_BOT_TOKEN, SIMULATED_NOTION_TOKEN
from infra.operate import target
from infra.operate.__main__ import main
from infra.operate.command_line import leaves, make_parser
from tests.documents import DOCUMENTS, OPERATE, ROOT, CommandLine, quoted, shown_lines
from tests.stack.lines_not_run import NOT_RUN, STATUS
from tests.stack.named_lines import READ, WITHOUT, named_lines
from tests.stack.told_stack import Told, fill

pytestmark = pytest.mark.stack

LINES = [
    *(
        CommandLine(line.document, line.line, step.strip())
        for document in DOCUMENTS
        for line in shown_lines(document)
        for step in line.text.split("&&")
    ),
    *named_lines(),
]


OUTER_MAKE = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS")
"""How make tells a make below it what it was told."""


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    # The commands that read Notion would wait for each other's share of the budget.
    room = {"ProbesPerMinute": "0"}
    with LocalStack(environ={}, rules=RULES, parameters=room) as stack, pytest.MonkeyPatch.context() as patch:
        _only(patch, stack)
        yield fill(stack)


def _only(patch: pytest.MonkeyPatch, stack: LocalStack) -> None:
    """Every command operates this stack, whichever a document names, and has nothing else in its environment."""
    this = target.find(local=stack.folder)
    # Kept, because a client takes longer to make than most commands to run.
    patch.setattr(this, "client", cache(this.client))
    patch.setattr(target, "find", lambda *_: this)
    tokens = ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN", "NOTION_VERIFICATION_TOKEN")
    for variable in (*tokens, "MIRROR_DSN", "NOTION_API_URL"):
        patch.delenv(variable, raising=False)
    patch.setenv("HUBSPOT_STATUS_URL", "http://127.0.0.1:9/")  # no test asks the internet
    patch.chdir(ROOT)


def reason(text: str) -> str:
    """Why a line is not run; "" when it is."""
    return next((why for begins, why in NOT_RUN.items() if f"{text} ".startswith(f"{begins} ")), "")


def bare(line: CommandLine) -> str:
    """A line without its stack: all stacks are this one."""
    return line.text.replace(" --stack steward-prod", "")


def once(lines: list[CommandLine]) -> list[CommandLine]:
    """Each command once, wherever it stands first."""
    found: dict[str, CommandLine] = {}
    for line in lines:
        found.setdefault(bare(line), line)
    return list(found.values())


def make(words: list[str]) -> str:
    """What make would run.

    Raises:
        CalledProcessError: there is no such target.
    """
    line = [which("make") or "make", "-n", *words]
    # As a reader's make: one that runs these tests with ARGS of its own hands them on.
    environ = {name: value for name, value in os.environ.items() if name not in ("ARGS", *OUTER_MAKE)}
    return subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout


def test_what_make_was_told_to_run_these_tests_with_is_not_told_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGS", "--lf")
    monkeypatch.setenv("MAKEFLAGS", " -- ARGS=--lf")

    assert "--lf" not in make(["check-rules"])


def turn(line: CommandLine) -> int:
    """When a line's turn is.

    A rotation begins what `subscribe` would wait for; what others need to be there is taken away after them; and a lane that
    rests goes on.
    """
    commands = ("rotate", "dlq redrive --id", "dlq redrive", "pause", "lane pause", "resume", "lane resume")
    begins = (f"{line.text} ".startswith(f"python -m infra.operate {command} ") for command in commands)
    return next((number for number, found in enumerate(begins, 1) if found), 0)


RUN = sorted(once([line for line in LINES if not reason(line.text)]), key=turn)
LEFT = once([line for line in LINES if reason(line.text)])


def filled(words: list[str], told: Told) -> list[str]:
    """A command's words with what the capitals stand for; where the same word means two things, by the command."""
    about = {
        "incident": told.open_incident,
        "post-mortem": told.over_incident,
        "postmortem": told.over_incident,
        "dlq": told.letter,
        "logs": told.event,
        "read": told.source if "rows" in words else told.page,
    }
    stands: dict[str, str] = {
        "EVENT_ID": told.event,
        "EVENT": told.event,
        "ID": about.get(words[0], told.page),
        "NAME": "Tasks",
        "TEXT": "event",
        "WORDS": "contract",
        "N": "5",
        "FILE": str(OTHER_RULES),
        "new.toml": str(OTHER_RULES),
        "other.toml": str(OTHER_RULES),
        "URL": f"{told.stack.url}/webhooks/notion",
    }
    return [stands.get(word, word) for word in words]


def operated(line: CommandLine) -> list[str]:
    """The operator's command that a line comes to, also by way of make."""
    words = line.words
    if words[0] == "make":
        (last,) = (each for each in make(words[1:]).splitlines() if "-m infra.operate" in each)
        words = ["python", *shlex.split(last)[1:]]
    assert words[:3] == OPERATE, f"{line} is neither run nor in the table NOT_RUN"
    return words[3:]


OTHER_RULES = ROOT / "functions" / "steward.toml"
"""Another rules file than the stack runs by."""

_TOKENS = itertools.count(1)


def typed(words: list[str], told: Told) -> str:
    """What a person types when a command asks: a new token, which the vendor knows."""
    token = ""
    if words[:2] == ["rotate", "notion"]:
        token = f"ntn_ofthedocuments{next(_TOKENS)}"
        told.stack.notion.add_token(token)  # type: ignore[union-attr]  # it is simulated
    elif words[:2] == ["rotate", "slack"]:
        token = SIMULATED_BOT_TOKEN
    elif words[:2] == ["rotate", "slack-webhook"]:
        slack = told.stack.slack
        token = f"{slack.url}{slack.add_webhook()}"  # type: ignore[union-attr]  # it is simulated
    return f"{token}\n"


@pytest.mark.req("O1", "O4")
@pytest.mark.parametrize("line", RUN, ids=str)
def test_a_command_of_a_document_runs_and_ends_well(
    line: CommandLine, told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = filled(operated(line), told)
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed(words, told)))
    if words[0] == "triage" and told.stack.notion is not None:
        # It asks without a stack: its documents say that it needs a token, and which.
        monkeypatch.setenv("NOTION_TOKEN", SIMULATED_NOTION_TOKEN)
        monkeypatch.setenv("NOTION_API_URL", told.stack.notion.url)
        monkeypatch.setenv("NOTION_STATUS_URL", f"{told.stack.notion.url}/status-page")

    status = main(words)

    said = capsys.readouterr()
    assert status == STATUS.get(bare(line), (0, ""))[0], said.out + said.err
    assert (said.out + said.err).strip()
    assert [word for word in words if re.fullmatch(r"[A-Z][A-Z_]+", word)] == []


@pytest.mark.req("O1")
@pytest.mark.parametrize("line", [each for each in LEFT if each.words[0] == "make"], ids=str)
def test_a_target_that_a_document_names_and_that_is_not_run_is_there(line: CommandLine) -> None:
    assert make(line.words[1:]).strip()


@pytest.mark.req("O2")
@pytest.mark.parametrize("line", [each for each in LEFT if each.words[0] == "sam"], ids=str)
def test_a_line_of_sam_names_an_environment_or_a_stack_of_the_configuration(line: CommandLine) -> None:
    configured: dict[str, Any] = tomllib.loads((ROOT / "samconfig.toml").read_text())
    options = dict(itertools.pairwise(line.words))
    if "--config-env" in options:
        assert line.words[1] in configured[options["--config-env"]]
    else:
        names = {
            each["global"]["parameters"]["stack_name"]
            for each in configured.values()
            if isinstance(each, dict)
        }
        assert options["--stack-name"] in names


@pytest.mark.parametrize("begins", [*NOT_RUN, *STATUS])
def test_what_stands_in_a_table_stands_in_a_document(begins: str) -> None:
    assert any(f"{line.text} ".startswith(f"{begins} ") for line in LINES)


@pytest.mark.parametrize("option", WITHOUT)
def test_an_option_that_is_left_out_stands_in_a_document(option: str) -> None:
    named = (each.text for document in READ for each in quoted(document))
    assert any(re.search(rf"{option}\b", text) for text in named)


@pytest.mark.req("O4")
@pytest.mark.parametrize("command", [name for name, _ in leaves(make_parser())])
def test_every_command_is_run_as_a_line_of_a_document_or_says_why_not(command: str) -> None:
    line = f"python -m infra.operate {command}"
    assert any(f"{bare(each)} ".startswith(f"{line} ") for each in RUN) or line in NOT_RUN
