"""Who a Notion person is, over the simulated Notion and the State table: each costs a call a day, and no trouble."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from moto import mock_aws

from infra.local.simulators.notion import Demo, NotionSimulator, faults, seed_demo
from steward.budget import Budget
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.people import People, Profile
from tests.integration.aws import make_resources, session_of_all
from tests.integration.clock import Clock

pytestmark = pytest.mark.req("A12")
HOUR = 3600


class World:
    """A Notion, a State table, and the people known from both."""

    def __init__(self, notion: NotionSimulator, clock: Clock, table: Any) -> None:
        self.notion, self.clock, self.table = notion, clock, table
        self.demo: Demo = seed_demo(notion)
        transport = Transport(plain_session(), "notion", Deadline(), clock.sleep, Random(1))
        budget = Budget(180, clock.time)
        client = NotionClient(transport, notion.url, "2026-03-11", lambda _: notion.token, budget, clock.now)
        self.people = People(Memory(table, clock.now), lambda user_id: client.user(user_id).body)

    @property
    def calls(self) -> int:
        return len(self.notion.requests(path="^/v1/users/"))


@pytest.fixture
def world() -> Iterator[World]:
    clock = Clock()
    with mock_aws(), NotionSimulator(clock=clock.time) as notion:
        session = session_of_all()
        make_resources(session)
        yield World(notion, clock, session.resource("dynamodb").Table("StateTable"))


def test_a_person_has_a_name_and_an_address_and_costs_one_call_a_day(world: World) -> None:
    ann = Profile(world.demo.ann, "Ann", "ann@example.com", "person")

    assert [world.people.find(world.demo.ann) for _ in range(3)] == [ann] * 3
    assert world.calls == 1
    world.clock.sleep(25 * HOUR)
    assert world.people.find(world.demo.ann) == ann
    assert world.calls == 2


def test_without_the_capability_for_addresses_a_person_has_none(world: World) -> None:
    world.notion.set_capabilities({"users": "without_email"})

    assert world.people.find(world.demo.ann) == Profile(world.demo.ann, "Ann", None, "person")


def test_a_missing_capability_costs_one_call_an_hour_for_everybody(world: World) -> None:
    world.notion.set_capabilities({"users": "none"})

    assert world.people.find(world.demo.ann) == Profile(world.demo.ann)
    assert world.people.find(world.demo.ben) == Profile(world.demo.ben)
    assert world.calls == 1
    world.notion.set_capabilities({"users": "with_email"})
    world.clock.sleep(HOUR + 1)
    assert world.people.find(world.demo.ben).email == "ben@example.com"


def test_somebody_who_is_not_there_is_gone_and_not_asked_for_again_soon(world: World) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert [world.people.find(nobody) for _ in range(2)] == [Profile(nobody, gone=True)] * 2
    assert world.calls == 1
    world.clock.sleep(7 * HOUR)
    world.people.find(nobody)
    assert world.calls == 2


def test_a_bot_is_one(world: World) -> None:
    assert world.people.find(world.notion.bot_id).kind == "bot"


def test_trouble_is_told_and_not_remembered(world: World) -> None:
    world.notion.add_fault(faults.answer(429, retry_after=1), match={"path": "/v1/users"})

    with pytest.raises(CallFailed) as failed:
        world.people.find(world.demo.ann)
    assert failed.value.failure is Failure.RATE_LIMITED
    world.clock.sleep(2)
    assert world.people.find(world.demo.ann).name == "Ann"


def test_an_address_expires_from_the_table(world: World) -> None:
    world.people.find(world.demo.ann)

    items = [i for i in world.table.scan()["Items"] if "ann@example.com" in str(i)]
    assert [int(i["ttl"]) - round(world.clock.time()) for i in items] == [24 * HOUR]
