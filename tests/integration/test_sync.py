"""Two workspaces whose pages are kept in step, on the stand with two simulated Notions."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.simulators.notion import faults
from tests.integration.partner import ORDERS, STATES, TO_STATE, TwoWorkspaces, two_workspaces


@pytest.fixture
def two() -> Iterator[TwoWorkspaces]:
    with two_workspaces() as made:
        yield made


@pytest.mark.req("A6")
def test_a_status_is_carried_over_by_the_map_in_both_directions(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()

    two.set_task(task, "Done")
    two.work()
    assert two.states(task, order) == ("Done", "Shipped")

    two.stand.clock.sleep(30)
    two.set_order(order, "Packing")
    two.work()
    assert two.states(task, order) == ("In progress", "Packing")
    assert two.writes() == [("here", task), ("there", order)]


@pytest.mark.req("A6", "P7")
def test_an_own_write_comes_back_as_an_event_that_costs_no_call_and_changes_nothing(
    two: TwoWorkspaces,
) -> None:
    task, order = two.known_pair()
    two.set_task(task, "Done")
    two.pump()
    two.stand.work()
    calls = len(two.partner.requests())
    two.work()

    # Who we are there is asked once.
    assert [r["path"] for r in two.partner.requests()[calls:]] == ["/v1/users/me"]
    assert two.why(order) == ["only our own bot wrote"]
    assert two.writes() == [("there", order)]


@pytest.mark.req("A6", "P7")
def test_an_echo_is_known_even_when_notion_puts_a_person_among_its_authors(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    two.partner.configure_webhooks(aggregation_seconds=60.0)
    two.set_task(task, "Done")
    two.pump()
    two.stand.work()
    two.partner.edit(order, properties={"Owner": [two.dora]}, by=two.dora)
    two.work()

    assert two.states(task, order) == ("Done", "Shipped")
    assert two.writes() == [("there", order)]
    assert two.stand.told(task) == []
    assert [c["rich_text"][0]["mention"]["user"]["id"] for c in two.partner.comments(order)] == [two.dora]


@pytest.mark.req("A6", "P7")
def test_a_person_who_takes_the_written_status_back_is_heard(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    two.set_task(task, "Done")
    two.work()
    two.stand.clock.sleep(10)
    two.set_order(order, "Open")  # as it was before Steward wrote
    two.work()

    assert two.states(task, order) == ("Not started", "Open")


@pytest.mark.req("A6")
@pytest.mark.parametrize("first", ["task", "order"])
@pytest.mark.parametrize("arrives", ["in order", "reversed"])
def test_both_sides_changed_within_a_minute_and_the_newest_webhook_time_wins(
    two: TwoWorkspaces, first: str, arrives: str
) -> None:
    task, order = two.known_pair()
    for side in ("task", "order") if first == "task" else ("order", "task"):
        if side == "task":
            two.set_task(task, "Done")
        else:
            two.set_order(order, "Packing")
        two.stand.clock.sleep(20)
    two.pump(lambda deliveries: deliveries if arrives == "in order" else deliveries[::-1])
    two.stand.work()
    two.minutes(3)

    assert two.states(task, order) == (("In progress", "Packing") if first == "task" else ("Done", "Shipped"))
    said = " ".join(two.why(task) + two.why(order))
    assert "both sides changed" in said
    assert "is newer than" in said


@pytest.mark.req("A6")
def test_both_sides_changed_to_the_same_and_nothing_is_written(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    two.set_task(task, "Done")
    two.set_order(order, "Shipped")
    two.work()

    assert two.states(task, order) == ("Done", "Shipped")
    assert two.writes() == []


@pytest.mark.req("A6")
def test_a_status_that_was_there_already_is_seen_before_it_is_taken_back(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    two.set_task(task, "In progress")
    two.set_order(order, "Packing")
    two.pump(lambda deliveries: [d for d in deliveries if d.json["entity"]["id"] == order])
    two.stand.work()
    two.stand.clock.sleep(20)
    two.set_task(task, "Not started")  # as it was when it was last heard of
    two.work()
    two.minutes(5)

    assert two.states(task, order) == ("Not started", "Open")


@pytest.mark.req("A6")
def test_tasks_that_link_to_one_order_follow_it_and_one_another(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    values = {"Name": "Another", "Status": "Not started", "Order": two.url_of(order)}
    another = two.notion.add_page(two.stand.demo.data_source_id, values)
    two.rest()
    two.set_task(task, "Done")
    two.work()
    two.minutes(5)

    assert two.states(task, order) == two.states(another, order) == ("Done", "Shipped")
    assert sorted(two.writes()) == sorted([("there", order), ("here", another)])


@pytest.mark.req("A6", "P6")
def test_a_change_whose_webhook_was_lost_is_carried_over_by_the_sweep(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    two.set_order(order, "Shipped", silent=True)
    two.rest()

    assert two.states(task, order) == ("Done", "Shipped")


@pytest.mark.req("A6")
def test_a_page_that_was_never_seen_changes_nothing_but_is_known_once_it_was_written_to(
    two: TwoWorkspaces,
) -> None:
    task, order = two.pair()
    two.set_order(order, "Packing")
    two.work()
    assert two.states(task, order) == ("Not started", "Packing")

    two.set_task(task, "In progress")  # seen for the first time
    two.work()
    assert two.writes() == []

    two.stand.clock.sleep(10)
    two.set_task(task, "Done")
    two.work()
    two.stand.clock.sleep(10)
    two.set_order(order, "Open")
    two.work()
    assert two.states(task, order) == ("Not started", "Open")


@pytest.mark.req("A6")
def test_the_first_write_to_a_page_that_was_never_seen_makes_its_next_change_known(
    two: TwoWorkspaces,
) -> None:
    order = two.partner.add_page(ORDERS, {"Name": "New", "State": "Open"})
    task = two.notion.add_page(two.stand.demo.data_source_id, {"Name": "New", "Status": "Not started"})
    two.set_task(task, "In progress")
    two.work()
    two.stand.clock.sleep(10)
    two.notion.edit(task, properties={"Order": two.url_of(order), "Status": "Done"}, by=two.stand.demo.chloe)
    two.work()
    assert two.states(task, order) == ("Done", "Shipped")

    two.stand.clock.sleep(10)
    two.set_order(order, "Packing")
    two.work()
    assert two.states(task, order) == ("In progress", "Packing")


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (None, "no page of Orders is linked"),
        ("https://example.com/orders/7", "no other page's id or URL"),
        ("order number seven", "no other page's id or URL"),
    ],
)
def test_a_task_without_a_usable_link_says_so_in_the_journal(
    two: TwoWorkspaces, link: str | None, reason: str
) -> None:
    task, order = two.known_pair()
    two.notion.edit(task, properties={"Order": link}, by=two.stand.demo.chloe)
    two.work()
    two.set_task(task, "Done")
    two.work()

    assert two.states(task, order) == ("Done", "Open")
    assert reason in two.why(task)[-1]


@pytest.mark.req("A6")
def test_an_order_that_nothing_links_to_says_so_in_the_journal(two: TwoWorkspaces) -> None:
    order = two.partner.add_page(ORDERS, {"Name": "Alone", "State": "Open"})
    two.rest()
    two.set_order(order, "Shipped")
    two.work()

    assert "no page of Tasks is known to link here" in two.why(order)[-1]


@pytest.mark.req("A6")
def test_a_status_outside_the_map_stays_on_its_side(two: TwoWorkspaces) -> None:
    task, order = two.known_pair()
    two.set_task(task, "Blocked")
    two.set_order(order, "Lost")
    two.work()

    assert two.states(task, order) == ("Blocked", "Lost")
    assert "Blocked has no counterpart in Orders, so it stays here" in two.why(task)[-1]
    assert "Lost has no counterpart in Tasks, so it stays here" in two.why(order)[-1]


def failed(two: TwoWorkspaces, page_id: str) -> str:
    """Why the last effect of a page was not carried out."""
    items = two.stand.dynamodb.Table(two.stand.environ["STATE_TABLE"]).scan()["Items"]
    effects = [i for i in items if i["pk"] == f"PAGE#{page_id}" and i["sk"].startswith("EFFECT#")]
    last = max(effects, key=lambda item: str(item["sk"]))
    assert last["status"] in ("failed", "cancelled")
    return str(last["reason"])


@pytest.mark.req("A6")
def test_a_page_that_is_not_shared_or_not_one_of_the_other_side_is_a_reason_and_never_written(
    two: TwoWorkspaces,
) -> None:
    task, order = two.known_pair()
    two.partner.unshare(order)
    two.set_task(task, "Done")
    two.work()
    assert "not_found" in failed(two, task)
    two.partner.share(order)

    stranger = two.partner.add_page(None, {"title": "No order"})
    two.notion.edit(task, properties={"Order": stranger}, by=two.stand.demo.chloe)
    two.set_task(task, "In progress")
    two.work()
    assert failed(two, task) == "the linked page does not belong to Orders"
    assert two.writes() == []


@pytest.mark.req("A6")
def test_an_option_that_is_missing_there_fails_the_write_with_notions_words(two: TwoWorkspaces) -> None:
    task, _ = two.known_pair()
    two.partner.add_fault(
        faults.answer(400, message="State: option does not exist"), match={"method": "PATCH"}, times=1
    )
    two.set_task(task, "Done")
    two.work()

    assert "invalid" in failed(two, task)
    assert two.stand.dead_letters() == []


@pytest.mark.req("A6", "P3")
@pytest.mark.parametrize("fault", [faults.saved(503), faults.answer(503)], ids=["saved", "not saved"])
def test_a_write_whose_answer_was_lost_is_looked_for_and_made_once(
    two: TwoWorkspaces, fault: dict[str, object]
) -> None:
    task, order = two.known_pair()
    two.partner.add_fault(fault, match={"method": "PATCH"}, times=1)
    two.set_task(task, "Done")
    two.work()
    two.minutes(3)
    assert two.states(task, order) == ("Done", "Shipped")

    two.set_order(order, "Open")
    two.work()
    assert two.states(task, order) == ("Not started", "Open")


CHANGES = st.lists(
    st.tuples(st.sampled_from(["task", "order"]), st.integers(0, 2), st.sampled_from([0, 1, 20, 61])),
    min_size=50,
    max_size=50,
)
STATUSES = ("Not started", "In progress", "Done")


@pytest.mark.req("A6", "P7")
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=CHANGES, order_of=st.randoms(use_true_random=False))
def test_fifty_changes_on_both_sides_end_in_step_and_in_silence(
    changes: list[tuple[str, int, int]], order_of: Random
) -> None:
    with two_workspaces() as two:
        task, order = two.known_pair()
        for number, (side, choice, pause) in enumerate(changes):
            if side == "task":
                two.set_task(task, STATUSES[choice])
            else:
                two.set_order(order, STATES[choice])
            two.stand.clock.sleep(pause)
            if choice != 1:
                two.pump(lambda found: order_of.sample(found, len(found)))
            if number % 3 == 0:
                two.stand.work()
        two.work()
        two.minutes(5)
        here, there = two.states(task, order)
        writes, told = len(two.writes()), two.pump()
        two.minutes(20)
        two.rest()

        assert told == 0
        assert two.states(task, order) == (here, there)
        assert TO_STATE[here] == there
        assert len(two.writes()) == writes
        assert two.stand.dead_letters() == []
