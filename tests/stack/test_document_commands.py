"""Every command line that a document shows in a shell block does what its reader is told, on the stack of this machine.

A line is run, or stands in a table with the reason why it is not; a new one that is neither fails.
"""

import io
import itertools
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from shutil import which
from typing import Any

import pytest

from infra.local.demo import RULES
from infra.local.stack import LocalStack
from infra.local.vendors import SIMULATED_BOT_TOKEN
from infra.operate import target
from infra.operate.__main__ import main
from tests.documents import DOCUMENTS, OPERATE, ROOT, CommandLine, shown_lines
from tests.stack.told_stack import Told, fill

pytestmark = pytest.mark.stack

LINES = [
    CommandLine(line.document, line.line, step.strip())
    for document in DOCUMENTS
    for line in shown_lines(document)
    for step in line.text.split("&&")
]

NOT_RUN: Mapping[str, str] = {
    "make run": "tests/stack/test_demo.py runs it",
    "make test": "it is what runs",
    "make crash": "takes minutes; tests/crash are its single faults",
    "make gameday": "takes minutes; tests/gameday plays it on a turned clock",
    "make fuzz": "takes minutes; tests/fuzz are the same with fewer examples",
    "make scale": "takes half a minute; tests/unit/scale holds its page to it",
    "make picture": "writes into docs; tests/browser opens the same pages",
    "make build": "takes minutes, and Python 3.13",
    "git pull": "the tests leave the sources alone",
    "sam deploy": "needs an AWS account",
    "sam delete": "needs an AWS account",
}
"""Lines by how they begin, and why they are not run here."""

STATUS: Mapping[str, tuple[int, str]] = {
    "python -m infra.operate rotate slack": (
        1,
        "the simulated Slack has one token, which is in use already",
    ),
    "python -m infra.operate search WORDS": (
        1,
        "the demo's rules keep no text of pages, so nothing is found",
    ),
}
"""Other exit statuses than 0, by the command line, and why that is right."""

AT_HOME = "http://127.0.0.1:8787"
"""Where the documents say that the local stack is."""


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    with LocalStack(environ={}, rules=RULES) as stack, pytest.MonkeyPatch.context() as patch:
        _only(patch, stack)
        yield fill(stack)


def _only(patch: pytest.MonkeyPatch, stack: LocalStack) -> None:
    """Every command operates this stack, whichever a document names, and has nothing else in its environment."""
    this = target.find(local=stack.folder)
    # Kept, because a client takes longer to make than most commands to run.
    patch.setattr(this, "client", cache(this.client))
    patch.setattr(target, "find", lambda *_: this)
    for variable in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN", "MIRROR_DSN", "NOTION_API_URL"):
        patch.delenv(variable, raising=False)
    patch.setenv("NOTION_VERIFICATION_TOKEN", stack.signing_token)
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
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout


RUN = once([line for line in LINES if not reason(line.text)])
LEFT = once([line for line in LINES if reason(line.text)])


def filled(words: list[str], told: Told) -> list[str]:
    """A command's words with what the capitals stand for; where the same word means two things, by the command."""
    incident = told.over_incident if words[0] == "post-mortem" else told.open_incident
    stands: dict[str, str] = {
        "EVENT_ID": told.event,
        "ID": incident if words[0] in ("incident", "post-mortem") else told.page,
        "WORDS": "contract",
        "other.toml": str(RULES),
        f"{AT_HOME}/webhooks/notion": f"{told.stack.url}/webhooks/notion",
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


_TOKENS = itertools.count(1)


def typed(words: list[str], told: Told) -> str:
    """What a person types when a command asks: a new token, which the vendor knows."""
    token = ""
    if words[:2] == ["rotate", "notion"]:
        token = f"ntn_ofthedocuments{next(_TOKENS)}"
        told.stack.notion.add_token(token)  # type: ignore[union-attr]  # it is simulated
    if words[:2] == ["rotate", "slack"]:
        token = SIMULATED_BOT_TOKEN
    return f"{token}\n"


@pytest.mark.req("O1", "O4")
@pytest.mark.parametrize("line", RUN, ids=str)
def test_a_command_of_a_document_runs_and_ends_well(
    line: CommandLine, told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = filled(operated(line), told)
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed(words, told)))

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
