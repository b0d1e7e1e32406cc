"""The project's documents as a reader has them: their links, their headings, and the command lines that they show."""

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
SHELL = "console"
"""How a fenced block says that its lines are typed into a shell."""

OPERATE = ["python", "-m", "infra.operate"]
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class CommandLine:
    """A line that a document tells its reader to type.

    Attributes:
        document: where.
        line: the number of the line there, or of its block.
        text: what to type, without a comment behind it.
    """

    document: Path
    line: int
    text: str

    @property
    def words(self) -> list[str]:
        """As a shell takes it apart."""
        return shlex.split(self.text)

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line} {self.text}"


def parsed(document: Path) -> list[Token]:
    """The tokens of a document."""
    return _PARSER.parse(document.read_text(encoding="utf-8"))


def links(document: Path) -> Iterator[tuple[int, str]]:
    """Line and target of every link and picture."""
    for token in parsed(document):
        for child in token.children or ():
            target = child.attrGet("href") if child.type == "link_open" else child.attrGet("src")
            if child.type in ("link_open", "image") and target:
                yield (token.map or [0])[0] + 1, str(target)


def anchors(document: Path) -> set[str]:
    """What a fragment may name: the headings, as the place where the project lives writes them; repeated ones counted."""
    found: dict[str, int] = {}
    tokens = parsed(document)
    slugs = set()
    for before, token in itertools.pairwise(tokens):
        if before.type != "heading_open":
            continue
        plain = "".join(c.content for c in token.children or () if c.type in ("text", "code_inline"))
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        again = found.get(slug, 0)
        found[slug] = again + 1
        slugs.add(f"{slug}-{again}" if again else slug)
    return slugs


def quoted(document: Path) -> Iterator[CommandLine]:
    """What stands as code in a sentence or in a cell of a table, whatever it is."""
    for token in parsed(document):
        for child in token.children or ():
            if child.type == "code_inline":
                yield CommandLine(document, (token.map or [0])[0] + 1, child.content)


def shown_lines(document: Path) -> Iterator[CommandLine]:
    """The command lines of the blocks that are typed into a shell."""
    for token in parsed(document):
        if token.type == "fence" and token.info == SHELL:
            for number, text in enumerate(token.content.splitlines(), (token.map or [0])[0] + 2):
                typed = re.sub(r"\s+#\s.*$", "", text).strip()
                if typed:
                    yield CommandLine(document, number, typed)
