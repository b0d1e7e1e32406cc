"""Fixtures of the Notion simulator's tests: a demo workspace with a frozen clock, a caller, a receiver."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, seed_demo
from tests.integration.notion_simulator.stand import Api, Clock, Receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> Iterator[NotionSimulator]:
    with NotionSimulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
def demo(sim: NotionSimulator) -> Demo:
    return seed_demo(sim)


@pytest.fixture
def api(sim: NotionSimulator) -> Iterator[Api]:
    caller = Api(sim.url, sim.token)
    yield caller
    caller.connection.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    endpoint = Receiver()
    yield endpoint
    endpoint.close()


@pytest.fixture
def task(demo: Demo) -> str:
    return demo.tasks["Write the launch plan"]
