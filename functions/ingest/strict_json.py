"""JSON as strictly as a signature deserves: one meaning, or refused. Pure."""

import json
from typing import Any

from steward.errors import Refusal


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
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        message = "duplicate key"
        raise ValueError(message)
    return document


def _no_constant(name: str) -> None:
    raise ValueError(name)
