"""How an operation of the admin API is called, wherever the simulator runs."""

from abc import ABC, abstractmethod
from typing import Any, cast

from .model import Json


class ControlBase(ABC):
    """One abstract call, and the shapes that operations answer."""

    @abstractmethod
    def _call(self, operation: str, **arguments: object) -> Any:
        """Run one operation; what it answered."""

    def replay(self, operations: list[Json]) -> list[Any]:
        """Run operations given as ``{"call": name, "arguments": {…}}``, in order; what each answered."""
        return [self._call(each["call"], **each.get("arguments", {})) for each in operations]

    def _text(self, operation: str, **arguments: object) -> str:
        return cast("str", self._call(operation, **arguments))

    def _json(self, operation: str, **arguments: object) -> Json:
        return cast("Json", self._call(operation, **arguments))

    def _rows(self, operation: str, **arguments: object) -> list[Json]:
        return cast("list[Json]", self._call(operation, **arguments))

    def _flag(self, operation: str, **arguments: object) -> bool:
        return cast("bool", self._call(operation, **arguments))

    def _number(self, operation: str, **arguments: object) -> int:
        return cast("int", self._call(operation, **arguments))
