"""A table whose calls are told."""

from collections.abc import Callable
from typing import Any


class Watched:
    """A table of which every call is told before it is made."""

    def __init__(self, inner: Any, tell: Callable[[str], object]) -> None:
        self._inner = inner
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self._tell(name)
            return getattr(self._inner, name)(**arguments)

        return call
