"""What a browser would make of a page of the console."""

import re
from functools import cache
from html.parser import HTMLParser

from infra.local.setup import ROOT

_HANDLERS = "on"
_HARMLESS = ("/", "#", "?", "https://", "http://", "data:image/")
"""How addresses begin that run nothing."""

_TAG = re.compile(r"<([a-z][a-z0-9]*)")


class Elements(HTMLParser):
    """A page's elements with their attributes; a declaration other than the page's own counts as one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_decl(self, decl: str) -> None:
        self._declared(decl)

    def unknown_decl(self, data: str) -> None:
        self._declared(data)

    def handle_comment(self, data: str) -> None:
        self._declared(data)

    def handle_pi(self, data: str) -> None:
        self._declared(data)

    def _declared(self, text: str) -> None:
        if text.lower() != "doctype html":
            self.found.append((f"!{text}", {}))


@cache
def own_elements() -> frozenset[str]:
    """The elements that the console's own code and templates write."""
    files = [
        *(ROOT / "functions" / "console").rglob("*.py"),
        *(ROOT / "functions" / "console").rglob("*.html"),
    ]
    return frozenset(tag for file in files for tag in _TAG.findall(file.read_text()))


def foreign(page: str) -> list[str]:
    """What stands in a page that the console's own pages do not have: elements, handlers, scripts, addresses."""
    found = []
    for tag, attributes in Elements(page).found:
        if tag not in own_elements():
            found.append(tag)
        found += [f"{tag} {name}" for name in attributes if name.startswith(_HANDLERS)]
        if tag == "script" and not (attributes.get("src") or "").startswith("/dashboard/assets/"):
            found.append("script of another's")
        for name in ("href", "src", "action"):
            target = attributes.get(name) or "/"
            if not target.startswith(_HARMLESS) or target.startswith("//"):
                found.append(f"{tag} {name}={target}")
    return found
