"""The command lines that documents name in a sentence or in a table, as whole lines that can be run."""

import re
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, suppress
from io import StringIO

from tests.documents import DOCUMENTS, OPERATE, ROOT, CommandLine, quoted
from tests.unit.operate.told_commands import PARSER, actions_of, alternatives, wrong_with

PREFIX = " ".join(OPERATE)

READ = [
    document
    for document in DOCUMENTS
    if document.name != "CHANGELOG.md" and document.parent != ROOT / "docs" / "adr"
]
"""Documents that tell their reader what to type; the others tell what was done and why."""

WITHOUT: Mapping[str, str] = {
    "--follow": "goes on until it is stopped; tests/unit/operate/test_logs.py stops it",
    "--help": "prints what it takes; tests/unit/operate/test_answering.py reads all of it",
}
"""Options with which a line is not run, and why."""


def named_lines() -> Iterator[CommandLine]:
    """Every one, each alternative and what may be left out by itself; none that is only the name of a command."""
    commands = actions_of(PARSER)
    for document in READ:
        for each in quoted(document):
            told = each.text.removeprefix(f"{PREFIX} ")
            is_word = " " not in told and told == each.text
            # What is wrong is found by tests/unit/operate/test_named_commands.py.
            if is_word or told.partition(" ")[0] not in commands or wrong_with(told):
                continue
            for words in (words for line in without_brackets(told) for words in alternatives(line)):
                line = [word for word in words if word not in WITHOUT]
                if not is_unfinished(line):
                    yield CommandLine(document, each.line, " ".join([PREFIX, *line]))


def without_brackets(told: str) -> Iterator[str]:
    """A line without all that may be left out, and with one of it at a time: some of it excludes the rest."""
    parts = re.split(r"\[([^\]]*)\]", told)
    for kept in range(-1, len(parts), 2):
        yield "".join(part for place, part in enumerate(parts) if place % 2 == 0 or place == kept)


def is_unfinished(words: list[str]) -> bool:
    """Whether a line lacks what its command can't be run without: then it only names the command, or an option of it."""
    with redirect_stderr(StringIO()) as said, suppress(SystemExit):
        PARSER.parse_args(words)
    return "required" in said.getvalue()
