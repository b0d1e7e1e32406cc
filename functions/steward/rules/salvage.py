"""The valid rest of a file with mistakes, so that what is wrong between its parts is told at the same time."""

import copy
from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from steward.rules.document import Rules
from steward.rules.options import Place, locate

_ROUNDS = 12
"""Taking something away can leave its table incomplete, whose list may then be too short, and so on."""

_GONE = object()

_STAND_INS: dict[Place, Any] = {("slack",): {"default_channel": "#stand-in"}, ("data_source",): []}
"""What a file can't be without; what hangs together inside the rest can be looked at all the same."""


class Salvage:
    """A document from which everything that is invalid is taken away.

    Attributes:
        rules: the rest; None when nothing usable is left.
        gone: the places that were taken away.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.rules: Rules | None = None
        self.gone: set[Place] = set()
        self._document = copy.deepcopy(document)
        for _ in range(_ROUNDS):
            try:
                self.rules = Rules.model_validate(_rest(self._document))
            except ValidationError as error:
                found = [(self.original(locate(d["loc"])[0]), d["type"]) for d in error.errors()]
            else:
                return
            for place, kind in found:
                if kind == "missing":
                    self._make_up_for(place)
                else:
                    self._take_away(place)

    def original(self, place: Place) -> Place:
        """A place of the rest as a place of the whole document."""
        content: Any = self._document
        whole: list[str | int] = []
        for key in place:
            at: str | int = key
            if isinstance(key, int) and isinstance(content, list):
                at = [n for n, item in enumerate(content) if item is not _GONE][key]
            whole.append(at)
            content = _inner(content, at)
        return tuple(whole)

    def took(self, place: Place) -> bool:
        """Was this place, something around it, or one of its entries or the name of one, taken away?"""
        return any(
            _same_way(place, gone) and (len(gone) <= len(place) + 1 or gone[-1] == "name")
            for gone in self.gone
        )

    def _make_up_for(self, place: Place) -> None:
        if place in _STAND_INS:
            self.gone.add(place)
            self._document[str(place[0])] = copy.deepcopy(_STAND_INS[place])
        elif len(place) == 3 and place[0] == "data_source" and place[2] in ("name", "id"):
            self.gone.add(place)
            self._document["data_source"][place[1]][place[2]] = f"stand-in {place[1]}"
        else:
            self._take_away(place[:-1])

    def _take_away(self, place: Place) -> None:
        self.gone.add(place)
        if not place:
            return
        content: Any = self._document
        for key in place[:-1]:
            content = _inner(content, key)
        if isinstance(content, dict) and place[-1] in content:
            del content[place[-1]]
        elif isinstance(content, list) and isinstance(place[-1], int):
            content[place[-1]] = _GONE
        elif content is not None and content is not _GONE:
            self._take_away(
                place[:-1]
            )  # one value where a list may stand, or something that only pydantic sees
        # else its table has been taken away already


def _same_way(one: Collection[str | int], other: Collection[str | int]) -> bool:
    return all(a == b for a, b in zip(one, other, strict=False))


def _inner(content: Any, key: str | int) -> Any:
    if isinstance(content, dict):
        return content.get(key)
    if isinstance(content, list) and isinstance(key, int) and key < len(content):
        return content[key]
    return None


def _rest(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _rest(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_rest(item) for item in content if item is not _GONE]
    return content
