"""JSON as strictly as a signature deserves: one meaning, or refused. Pure."""

import json
from typing import Any

from steward.errors import Refusal

MAX_DEPTH = 64
"""Levels of nesting. Notion's own events have six; what reads and writes them again may have less stack than we have."""


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        Refusal: 400 ``invalid_json`` for what is not UTF-8, not JSON, no object, nested too deeply, or ambiguous:
            a key that stands twice means something else to every reader.
    """
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(
            400, "invalid_json", "send a JSON object in UTF-8, without duplicate keys or NaN"
        ) from error
    if not isinstance(document, dict):
        raise Refusal(400, "invalid_json", "send a JSON object")
    if _is_deeper(document, MAX_DEPTH):
        raise Refusal(400, "invalid_json", f"nest at most {MAX_DEPTH} levels")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        message = "duplicate key"
        raise ValueError(message)
    return document


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_deeper(document: dict[str, Any], levels: int) -> bool:
    """Level by level instead of by recursion, whose end would depend on how much stack the caller has used."""
    nodes: list[Any] = [document]
    for _ in range(levels):
        inner = (node.values() if isinstance(node, dict) else node for node in nodes)
        nodes = [value for values in inner for value in values if isinstance(value, dict | list)]
        if not nodes:
            return False
    return True
