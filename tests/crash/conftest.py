"""One world a module, because moto is global while it stands, and what the harness is for: its sums."""

from collections.abc import Callable, Iterator

import pytest

from tests.crash.runs import Tally
from tests.crash.world import World, world


@pytest.fixture(autouse=True)
def surroundings() -> None:
    """A world's own: loggers keep the level that they were made with, and these are to be no other test's."""


@pytest.fixture(scope="module")
def steward() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def tally(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Iterator[Tally]:
    """What the runs of a test add up to; ``tests/conftest.py`` prints the sum of a module's in the end."""
    made = Tally()
    yield made
    # Modules that share a sum say what it is called.
    record_property("crash", [getattr(request.module, "SUMMED_AS", request.path.name), *made.figures()])
