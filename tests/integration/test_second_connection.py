"""A second Notion connection in trouble: what needs it waits beside the lane, and nothing else notices."""

import json
from collections.abc import Iterator

import pytest

from infra.local.simulators.notion import faults
from tests.integration.partner import ORDERS, PARTNER_TOKEN, TwoWorkspaces, two_workspaces


@pytest.fixture
def two() -> Iterator[TwoWorkspaces]:
    with two_workspaces() as made:
        yield made


def asked(two: TwoWorkspaces) -> int:
    """Requests that reached the partner's workspace."""
    return len(two.partner.requests())


def assign_and_tell(two: TwoWorkspaces, page: str) -> None:
    """Somebody assigns a task of ours, and Steward works what it hears."""
    two.notion.edit(page, properties={"Assignee": [two.stand.demo.ann]}, by=two.stand.demo.chloe)
    two.work()


@pytest.mark.req("A1", "A6")
def test_people_of_the_second_workspace_are_told_there_and_in_the_channel(two: TwoWorkspaces) -> None:
    _, order = two.known_pair()
    two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
    two.work()

    assert [c["rich_text"][0]["mention"]["user"]["id"] for c in two.partner.comments(order)] == [two.dora]
    assert ["Dora" in line for line in two.stand.notices()] == [True]
    assert two.stand.journal(two.partner.events()[-2]["id"])["calls"] == 2


@pytest.mark.req("P1", "T5")
@pytest.mark.parametrize("trouble", ["down", "token revoked"])
def test_an_hour_without_the_second_workspace_holds_nothing_of_the_first_and_loses_nothing(
    two: TwoWorkspaces, trouble: str
) -> None:
    task, order = two.known_pair()
    plain = two.stand.demo.tasks["Review the contract"]
    if trouble == "down":
        two.partner.add_fault(faults.answer(503), times="forever")
    else:
        two.partner.revoke_token(PARTNER_TOKEN)
    before = asked(two)

    two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)  # an event that can't be worked
    two.set_task(task, "Done")  # a write that can't be made
    two.work()
    assign_and_tell(two, plain)
    assert two.stand.told(plain) == [two.stand.demo.ann], "the first workspace waited for the second"
    assert two.stand.functions.enabled

    two.minutes(60)
    assert two.stand.functions.enabled
    assert asked(two) - before < 60, "a workspace that is away is asked ever again"
    assert two.states(task, order) == ("Done", "Open")

    two.partner.clear_faults()
    two.partner.add_token(PARTNER_TOKEN)
    two.minutes(30)

    assert two.states(task, order) == ("Done", "Shipped")
    assert [c["rich_text"][0]["mention"]["user"]["id"] for c in two.partner.comments(order)] == [two.dora]
    assert two.writes() == [("there", order)]
    assert two.stand.dead_letters() == []
    told = next(e for e in two.partner.events() if e["type"] == "page.properties_updated")
    assert two.stand.journal(told["id"])["decision"] in ("observed", "covered")


@pytest.mark.req("P1")
def test_thirty_events_of_a_workspace_that_is_away_cost_it_a_few_calls_and_are_all_worked_afterwards(
    two: TwoWorkspaces,
) -> None:
    orders = [two.partner.add_page(ORDERS, {"Name": f"Order {n}", "State": "Open"}) for n in range(30)]
    two.rest()
    two.partner.add_fault(faults.answer(503), times="forever")
    before = asked(two)
    for order in orders:
        two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
    two.work()
    assert asked(two) - before < 10

    two.partner.clear_faults()
    two.minutes(15)

    assert [len(two.partner.comments(order)) for order in orders] == [1] * 30
    assert two.stand.dead_letters() == []


@pytest.mark.req("P1", "P4")
def test_a_page_there_that_can_not_be_read_does_not_keep_the_others_from_being_worked(
    two: TwoWorkspaces,
) -> None:
    _, order = two.known_pair()
    bad = two.partner.add_page(ORDERS, {"Name": "Bad", "State": "Open"})
    two.partner.add_fault(faults.answer(500), match={"path": bad}, times="forever")
    two.partner.edit(bad, properties={"Owner": [two.dora]}, by=two.dora)
    two.work()
    two.minutes(10)
    two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
    two.work()
    two.minutes(12)

    assert len(two.partner.comments(order)) == 1

    two.partner.clear_faults()
    two.minutes(12)
    assert len(two.partner.comments(bad)) == 1


@pytest.mark.req("P2")
def test_each_connection_has_a_budget_of_its_own_and_neither_meets_a_429(two: TwoWorkspaces) -> None:
    two.notion.set_rate_limit(180)
    two.partner.set_rate_limit(60)
    source = two.stand.demo.data_source_id
    tasks = [two.notion.add_page(source, {"Name": f"Task {n}"}) for n in range(40)]
    orders = [two.partner.add_page(ORDERS, {"Name": f"Order {n}", "State": "Open"}) for n in range(50)]
    two.rest()
    for order in orders:
        two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
    for task in tasks:
        two.notion.edit(task, properties={"Assignee": [two.stand.demo.ann]}, by=two.stand.demo.chloe)
    two.work()
    # The partner's minute is spent, ours is not.
    assert [len(two.stand.told(task)) for task in tasks] == [1] * 40
    assert any(not two.partner.comments(order) for order in orders)
    two.minutes(8)

    assert [len(two.partner.comments(order)) for order in orders] == [1] * 50
    assert 429 not in {row["status"] for s in (two.notion, two.partner) for row in s.requests()}


@pytest.mark.req("P6")
def test_the_first_workspace_is_swept_while_the_second_is_away(two: TwoWorkspaces) -> None:
    _, order = two.known_pair()
    plain = two.stand.demo.tasks["Review the contract"]
    two.partner.add_fault(faults.answer(503), times="forever")
    two.stand.assign(plain, two.stand.demo.ann)
    two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora, silent=True)
    two.rest()
    assert two.stand.told(plain) == [two.stand.demo.ann]
    assert two.stand.functions.enabled

    two.partner.clear_faults()
    two.rest()
    assert len(two.partner.comments(order)) == 1


@pytest.mark.req("P1", "T5")
def test_a_cold_start_knows_that_the_second_workspace_rests(two: TwoWorkspaces) -> None:
    _, order = two.known_pair()
    two.partner.add_fault(faults.answer(503), times="forever")
    for _ in range(3):
        two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
        two.partner.edit(order, properties={"Owner": []}, by=two.dora)
    two.work()
    calls = asked(two)
    two.stand.restart()
    two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
    two.work()

    assert asked(two) == calls


@pytest.mark.req("I5")
def test_an_older_payload_without_a_data_source_is_read_in_the_workspace_that_sent_it(
    two: TwoWorkspaces,
) -> None:
    order = two.partner.add_page(ORDERS, {"Name": "Order", "State": "Open", "Owner": [two.dora]})
    payload = {
        "event_type": "page.created",
        "timestamp": two.stand.clock.now().isoformat(),
        "workspace_id": two.partner.truth()["workspace"]["id"],
        "data": {"object": "page", "id": order},
    }
    two.stand.clock.sleep(5)
    assert two.stand.deliver(json.dumps(payload).encode()) == 200
    two.stand.work()

    assert len(two.partner.comments(order)) == 1
    assert [r["path"] for r in two.notion.requests() if order in r["path"]] == []
