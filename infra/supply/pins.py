"""Requirement files, read: what each layer ships, exactly."""

import re
from pathlib import Path

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)", re.MULTILINE)


def pins(file: Path) -> dict[str, str]:
    """Versions by package, of a ``requirements.txt`` that ``make lock`` wrote."""
    return {found["name"]: found["version"] for found in PIN.finditer(file.read_text(encoding="utf-8"))}


def layers(root: Path) -> dict[str, dict[str, str]]:
    """What each layer ships, by the layer's name: versions by package."""
    files = sorted((root / "infra" / "layers").glob("*/requirements.txt"))
    return {file.parent.name: pins(file) for file in files}
