"""One whole stack for all tests that only look at it."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.notion import Demo, seed_demo
from infra.local.stack import LocalStack


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    # Half a minute, the least that the template allows, so that a death does not cost a test three.
    with LocalStack(environ={}, parameters={"LaneVisibilitySeconds": "30"}) as running:
        yield running


@pytest.fixture(scope="session")
def demo(stack: LocalStack) -> Demo:
    assert stack.notion is not None
    return seed_demo(stack.notion)
