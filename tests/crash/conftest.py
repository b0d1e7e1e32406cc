"""One world a module, because moto is global while it stands, and the line that the harness is for."""

from collections.abc import Iterator

import pytest

from tests.crash.runs import Tally
from tests.crash.world import World, world


@pytest.fixture(scope="module")
def steward() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """What all runs of a module add up to; printed in the end."""
    made = Tally()
    yield made
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{request.node.name}: {made}")
