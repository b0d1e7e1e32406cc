"""Fixtures of the console's tests."""

import pytest

from tests.integration.console.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()
