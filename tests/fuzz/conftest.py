"""How hard the fuzz tests try, and a log that loses nothing.

``make test`` tries the same examples every time, ``make fuzz`` twenty times as many new ones.
"""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

EXAMPLES = 150

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=EXAMPLES)
settings.register_profile("deep", deadline=None, max_examples=20 * EXAMPLES, print_blob=True)
settings.load_profile("repeatable")


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
