"""Whoever silences a check says why in the same place: in code, in the settings of the linters, in the templates.

The form is ``# noqa: S310 - loopback``. mypy and ruff's formatter take no text after theirs, so there it is a comment of its
own: ``# type: ignore[arg-type]  # in memory``. A directive of any other tool or form is told, too.
"""

import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.transform import read

ROOT = Path(__file__).parents[3]
FOLDERS = ("functions", "infra", "tests")
TEMPLATES = ("template.yaml", "infra/alarms.yaml", "infra/dashboard.yaml", "infra/release.yaml")

DIRECTIVE = re.compile(
    r"\s*(?:(?:ruff|flake8): *)?noqa\b|\s*type: *ignore|\s*(?:fmt|yapf|isort|ruff|mypy|pyright|pylint|pragma): *\w|\s*nosec\b"
)
"""How one begins after its #; whatever follows it."""

WITH_REASON = re.compile(r" (?:ruff: )?noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - (?P<reason>.*)")
BEFORE_REASON = re.compile(r" (?:type: ignore\[[a-z-]+(?:,[a-z-]+)*\]|fmt: skip) *")


def unexplained(comment: str) -> list[str]:
    """The directives of a comment that have no reason."""
    _, *parts = comment.split("#")
    found = []
    for part, after in zip(parts, [*parts[1:], ""], strict=True):
        if not DIRECTIVE.match(part):
            continue
        if inside := WITH_REASON.fullmatch(part):
            reason = inside["reason"]
        else:
            reason = after if BEFORE_REASON.fullmatch(part) and not DIRECTIVE.match(after) else ""
        if not re.search(r"[a-zA-Z]{2}", reason):
            found.append(part.strip())
    return found


def directives(folder: Path) -> Iterator[tuple[str, str]]:
    """The comments in which something may be silenced, by file and line."""
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if not any(DIRECTIVE.match(after) for line in text.splitlines() for after in line.split("#")[1:]):
            continue
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield f"{file.relative_to(ROOT)}:{token.start[0]}", token.string


@pytest.mark.req("O3")
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_silenced_check_in_the_code_has_its_reason_beside_it(folder: str) -> None:
    comments = dict(directives(ROOT / folder))

    assert any("noqa" in comment for comment in comments.values())
    assert {where: found for where, one in comments.items() if (found := unexplained(one))} == {}


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: S310 - loopback",
        "# ruff: noqa: ARG005 - every attack is made of the same two",
        "# noqa: B020, PLR1704 - the argument is read once",
        "# type: ignore[arg-type]  # in memory",
        "# type: ignore[type-arg,no-untyped-def]  # Python 3.6 reads this",
        "# fmt: skip  # one case a line",
        "# type: ignore[misc]  # a default  # noqa: S608 - a quoted name",
        "# what it is for: ignore it, and no type: ignore is needed",
        "# a sign: #tasks",
    ],
)
def test_a_reason_is_seen(comment: str) -> None:
    assert unexplained(comment) == []


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# noqa: S310", ["noqa: S310"]),
        ("# noqa: S310 -", ["noqa: S310 -"]),
        ("# noqa: S310 - .", ["noqa: S310 - ."]),
        ("# noqa - all is well", ["noqa - all is well"]),
        ("#noqa:S310 - loopback", ["noqa:S310 - loopback"]),
        ("# type: ignore[misc]", ["type: ignore[misc]"]),
        ("# type: ignore  # in memory", ["type: ignore"]),
        ("# type: ignore[misc]  # noqa: S608 - a constant", ["type: ignore[misc]"]),
        ("# type: ignore[misc]  # a default  # noqa: S608", ["noqa: S608"]),
        ("# fmt: skip", ["fmt: skip"]),
        ("# fmt: off", ["fmt: off"]),
        ("# nosec B105 - a name", ["nosec B105 - a name"]),
        ("# pragma: no cover", ["pragma: no cover"]),
        ("# pylint: disable=all", ["pylint: disable=all"]),
        ("# mypy: ignore-errors", ["mypy: ignore-errors"]),
    ],
)
def test_what_has_no_reason_or_another_form_is_told(comment: str, told: list[str]) -> None:
    assert unexplained(comment) == told


def test_every_rule_that_is_off_has_its_reason_in_the_settings() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    off = [*lint["ignore"], *(code for codes in lint["per-file-ignores"].values() for code in codes)]
    explained = re.findall(r'^ +"([A-Z]+\d+|D)", +# \w', text, re.MULTILINE)

    assert sorted(explained) == sorted(off)


def test_every_skip_in_a_template_has_its_reason() -> None:
    skipped = 0
    for path in TEMPLATES:
        text = (ROOT / path).read_text(encoding="utf-8")
        metadata = [r.get("Metadata", {}) for r in read(ROOT / path)["Resources"].values()]
        for skip in (one for m in metadata for one in m.get("checkov", {}).get("skip", [])):
            assert len(skip.get("comment", "")) > 40, skip
            skipped += 1
        silenced = [m for m in metadata if "cfn-lint" in m]
        assert len(re.findall(r"Metadata: # \w.{40,}\n +cfn-lint:", text)) == len(silenced)
        skipped += len(silenced)
    assert skipped
