"""Every link between the project's documents leads somewhere."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.documents import DOCUMENTS, ROOT, anchors, links

WANTED = ("architecture", "benchmarks", "deploy", "mirror", "operate", "rules", "runbook", "security")


def broken(document: Path, target: str) -> str:
    """What is wrong with a link; "" when nothing is."""
    parts = urlsplit(target)
    if parts.scheme:
        return "" if parts.scheme in ("https", "mailto") else f"{target}: not by https"
    path = (document.parent / unquote(parts.path)).resolve() if parts.path else document
    if not path.is_relative_to(ROOT):
        return f"{target}: outside of the project"
    if not path.exists():
        return f"{target}: nothing is there"
    if parts.fragment and path.suffix == ".md" and unquote(parts.fragment) not in anchors(path):
        return f"{target}: it has no such heading"
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert [f"line {line}: {wrong}" for line, to in links(document) if (wrong := broken(document, to))] == []


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("docs/deploy.md#2-deploy", ""),
        ("#try-it", ""),
        ("docs/nowhere.md", "nothing is there"),
        ("docs/deploy.md#nowhere", "no such heading"),
        ("http://example.org", "not by https"),
        ("../elsewhere.md", "outside"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(target: str, wrong: str) -> None:
    found = broken(ROOT / "README.md", target)
    assert wrong in found
    assert bool(wrong) is bool(found)


@pytest.mark.parametrize("name", WANTED)
def test_the_readme_leads_to_every_document(name: str) -> None:
    assert any(to.startswith(f"docs/{name}.md") for _, to in links(ROOT / "README.md"))
