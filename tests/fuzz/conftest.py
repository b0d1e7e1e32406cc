"""A log that loses nothing."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def strict_log() -> Iterator[None]:
    """A log in UTF-8, as Lambda's is, but a line that can't be written raises; ``logging`` itself would drop it."""

    def emit(handler: logging.Handler, record: logging.LogRecord) -> None:
        # What pytest shows of a failed test is no log: it formats by itself, without the function's serialiser.
        if not type(handler).__module__.startswith("_pytest."):
            handler.format(record).encode("utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.StreamHandler, "emit", emit)
        yield
