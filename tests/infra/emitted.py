"""What the functions count, read from their code: what an alarm or a dashboard may name."""

import ast
from collections.abc import Iterator
from pathlib import Path

from steward import telemetry

FUNCTIONS = Path(__file__).parents[2] / "functions"

Emitted = tuple[str, str, frozenset[str]]


def _emitted() -> Iterator[Emitted]:
    """Service, metric and dimensions of every count that the functions' code makes."""
    for path in FUNCTIONS.rglob("*.py"):
        service = path.relative_to(FUNCTIONS).parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name.lstrip("_") != "count":
                continue
            dimensions = frozenset(k.arg or "" for k in node.keywords)
            for metric in _metrics(node.args[0]):
                yield service, metric, dimensions


def _metrics(node: ast.expr) -> list[str]:
    """The metrics that an argument stands for; none for what is counted otherwise, as lists are."""
    if isinstance(node, ast.IfExp):
        return _metrics(node.body) + _metrics(node.orelse)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "telemetry":
        return [str(getattr(telemetry, node.attr))]
    return []


EMITTED = frozenset(_emitted())
