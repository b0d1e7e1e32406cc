"""The style sheet and the script: files beside this module, under addresses that change with what is in them."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
AT = "/dashboard/assets/"
"""Where they are served."""

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: its name with a hash of its content in it, its media type, its text."""

    name: str
    content_type: str
    text: str


@cache
def assets() -> dict[str, Asset]:
    """All of them, by the name of the file: ``console.css``."""
    return {path.name: _asset(path) for path in sorted(ASSETS.iterdir()) if path.suffix in _TYPES}


def address(name: str) -> str:
    """Where a file is served, e.g. ``/dashboard/assets/console.1f0c9a2b.css``."""
    return f"{AT}{assets()[name].name}"


def asset(name: str) -> Asset | None:
    """The file of a name as ``address`` makes it; None for any other, an older one too: its content is not kept."""
    return next((one for one in assets().values() if one.name == name), None)


def _asset(path: Path) -> Asset:
    text = path.read_text(encoding="utf-8")
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Asset(f"{path.stem}.{mark}{path.suffix}", _TYPES[path.suffix], text)
