"""Mistakes of a rules file, one line each: where, what is wrong, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from steward.rules.nearest import hint
from steward.rules.options import Place, locate
from steward.rules.places import line_of

LONGEST = 60
"""Characters of what was found that a message repeats."""

_SHAPES = {
    "string_type": "should be a text",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "model_type": "should be a table",
    "model_attributes_type": "should be a table",
    "dict_type": "should be a table",
    "too_short": "should name at least one",
    "string_too_short": "should not be empty",
    "string_pattern_mismatch": "has not the right form",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake.

    Attributes:
        place: the option.
        text: what is wrong with it.
        lacks: places of which one should have been there. When one was, but was refused itself, this mistake is only that
            one's shadow.
    """

    place: Place
    text: str
    lacks: tuple[Place, ...] = ()


def of_values(details: Iterable[ErrorDetails]) -> list[Mistake]:
    """What pydantic found, in the file's words."""
    found = list(details)
    inside = {detail["loc"][:n] for detail in found for n in range(len(detail["loc"]))}
    # A list is also too short when what is in it was refused; that has been said.
    return [_mistake(d) for d in found if d["type"] != "too_short" or d["loc"] not in inside]


def written(mistakes: Iterable[Mistake], name: str, lines: dict[Place, int]) -> str:
    """The lines of a message, in the file's order, none twice."""
    found = {f"{path_of(m.place)}: {m.text}": line_of(m.place, lines) for m in mistakes}
    return "\n".join(
        f"{name}: line {line}: {text}" if line else f"{name}: {text}"
        for text, line in sorted(found.items(), key=lambda item: item[1] or 0)
    )


def path_of(place: Place) -> str:
    """A place for people, who count from 1: ``data_source[1].automation[2].kind``."""
    path = ""
    for key in place:
        path += f"[{key + 1}]" if isinstance(key, int) else f"{'.' if path else ''}{key}"
    return path or "file"


def _mistake(detail: ErrorDetails) -> Mistake:
    place, known = locate(detail["loc"])
    kind, found = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return Mistake(place, f"unknown option; {hint(str(place[-1]), known or ())}")
    if kind == "missing":
        return Mistake(place, "missing")
    if kind == "union_tag_not_found":
        return Mistake((*place, "kind"), f"missing; {hint('', _tags(detail))}")
    if kind == "union_tag_invalid":
        tag = str(detail.get("ctx", {}).get("tag"))
        return Mistake((*place, "kind"), f"unknown kind {_short(tag)!r}; {hint(tag, _tags(detail))}")
    return Mistake(place, _text(kind, found, place, detail))


def _text(kind: str, found: Any, place: Place, detail: ErrorDetails) -> str:
    if kind == "tuple_type":
        if isinstance(found, dict):
            return (
                f"may stand several times: write [[{'.'.join(str(k) for k in place if isinstance(k, str))}]]"
            )
        return "should be a list"
    if kind == "literal_error":
        expected = str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").replace("'", "")
        return f"unknown value {_short(str(found))!r}; {hint(str(found), expected.split(', '))}"
    if kind == "string_pattern_mismatch" and "channel" in str(place):
        text = "write a channel as #name (lower case, no spaces) or as a Slack id such as C0123ABCD"
    else:
        text = _SHAPES.get(kind) or detail["msg"].removeprefix("Value error, ")
    return f"{text} (found {_short(found)!r})" if isinstance(found, str) else text


def _tags(detail: ErrorDetails) -> list[str]:
    expected = str(detail.get("ctx", {}).get("expected_tags", "")).replace("'", "")
    if expected:
        return expected.split(", ")
    from steward.rules.options import kinds  # noqa: PLC0415 - only here, and only for a message

    return list(kinds())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
