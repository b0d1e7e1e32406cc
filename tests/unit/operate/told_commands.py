"""Commands as texts name them, held against the operator's command line."""

import argparse
import re
from collections.abc import Iterator, Mapping

from infra.operate.command_line import make_parser

_PLACE = re.compile(r"\{.*\}|<.*>|[A-Z][A-Z_]*|Q?\d\w*")
"""What stands in for a value: ``ID``, ``{incident_id}``, ``2h``, ``Q1``."""

Parser = argparse.ArgumentParser
PARSER = make_parser()


def actions_of(parser: Parser) -> Mapping[str, Parser]:
    """The parsers below this one, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def leaves(parser: Parser, name: str = "") -> Iterator[str]:
    """Everything that can be run: ``dlq list``, ``triage``; by each of its names."""
    below = actions_of(parser)
    if not below:
        yield name
    for word, each in below.items():
        yield from leaves(each, f"{name} {word}".strip())


def wrong_with(told: str) -> str:
    """What the command line would not take of this, or nothing.

    Args:
        told: without ``python -m infra.operate``; ``a|b`` are alternatives, ``[--x]`` may be left out, capitals stand for
            a value.
    """
    for words in alternatives(told):
        parser: Parser = PARSER
        place = 0
        while place < len(words) and (below := actions_of(parser)):
            if words[place] in parser._option_string_actions:
                break
            if words[place] not in below:
                return f"{' '.join(words[: place + 1])} is no command"
            parser, place = below[words[place]], place + 1
        if wrong := wrong_arguments(parser, words[place:]):
            return f"{' '.join(words)}: {wrong}"
    return ""


def wrong_arguments(parser: Parser, words: list[str]) -> str:
    options = parser._option_string_actions
    places = [a for a in parser._actions if not a.option_strings and a.nargs != argparse.PARSER]
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            if word not in options:
                return f"it has no {word}"
            if options[word].nargs is None and rest and not rest[0].startswith("--"):
                rest.pop(0)
        elif not places:
            return f"it takes no {word}"
        else:
            choices = places.pop(0).choices
            if choices is not None and word not in choices and not _PLACE.fullmatch(word):
                return f"{word} is none of {', '.join(map(str, choices))}"
            if choices is None and not _PLACE.fullmatch(word):
                return f"{word} looks like a word of it and is none"
    return ""


def alternatives(told: str) -> Iterator[list[str]]:
    """The command lines that this stands for, without the brackets round what may be left out."""
    lines: list[list[str]] = [[]]
    for word in told.replace("\\|", "|").split():
        lines = [[*line, choice] for line in lines for choice in word.strip("[].,;:").split("|")]
    yield from lines
