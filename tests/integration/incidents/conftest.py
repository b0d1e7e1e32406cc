"""A desk for each test."""

from collections.abc import Iterator

import pytest

from tests.integration.incidents.rig import Rig, cloud, rigged


@pytest.fixture
def rig() -> Iterator[Rig]:
    with cloud() as resource, rigged(resource) as made:
        yield made
