"""From a file to ``Rules``: all mistakes at once, or none."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from steward.errors import RulesError
from steward.rules.checks import mistakes_between
from steward.rules.document import Rules
from steward.rules.mistakes import Mistake, of_values, written
from steward.rules.places import lines_of
from steward.rules.salvage import Salvage


def load(path: Path) -> Rules:
    """Read and check a rules file.

    Raises:
        RulesError: it can't be read or is wrong; the message has a line for each mistake.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path.name}: can't be read as UTF-8 text ({type(error).__name__})") from error
    return parse(text, path.name)


def parse(text: str, name: str = "steward.toml") -> Rules:
    """Check the text of a rules file.

    Raises:
        RulesError: as ``load``.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesError(f"{name}: not TOML: {error}") from error
    try:
        rules = Rules.model_validate(document)
    except ValidationError as error:
        mistakes = [*of_values(error.errors(include_url=False)), *_between_the_rest(document)]
    else:
        mistakes = list(mistakes_between(rules))
        if not mistakes:
            return rules
    raise RulesError(written(mistakes, name, lines_of(text)))


def _between_the_rest(document: dict[str, Any]) -> list[Mistake]:
    """What is wrong between the parts that are valid by themselves, unless it only follows from the ones that are not."""
    salvage = Salvage(document)
    if salvage.rules is None:
        return []
    found = [
        Mistake(salvage.original(m.place), m.text, tuple(map(salvage.original, m.lacks)))
        for m in mistakes_between(salvage.rules)
    ]
    return [m for m in found if not any(map(salvage.took, m.lacks))]
