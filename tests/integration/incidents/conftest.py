"""A desk for each test."""

from collections.abc import Iterator

import pytest

from tests.integration.incidents.rig import Rig, rigged


@pytest.fixture
def rig() -> Iterator[Rig]:
    with rigged() as made:
        yield made
