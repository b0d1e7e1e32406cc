"""A Notion that does what it was asked and then says nothing: what the client knows, and how it finds out the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from infra.local.simulators.notion import NotionSimulator, faults, seed_demo
from infra.local.simulators.notion.demo import ANN, ASSIGNEE_ID, DUE_ID, STATUS_ID
from steward.budget import Budget
from steward.clients import transport
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.property_values import date, holds, people, select, status

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HELLO = [{"type": "text", "text": {"content": "hello"}}]


@pytest.fixture
def notion() -> Iterator[NotionSimulator]:
    with NotionSimulator(clock=NOW.timestamp) as simulator:
        yield simulator
        simulator.release_hangs()


@pytest.fixture
def page(notion: NotionSimulator) -> str:
    return seed_demo(notion).tasks["Review the contract"]


@pytest.fixture
def client(notion: NotionSimulator) -> NotionClient:
    sender = Transport(plain_session(), "notion", Deadline(), [0.0].append, Random(1))
    budget = Budget(180, NOW.timestamp)
    return NotionClient(sender, notion.url, "2026-03-11", lambda _: notion.token, budget, lambda: NOW)


@pytest.mark.req("P3", "P4")
def test_a_comment_whose_answer_never_came_is_found_by_looking(
    notion: NotionSimulator, client: NotionClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notion.add_fault(faults.hang(), match={"method": "POST"}, times=1)
    with monkeypatch.context() as impatient:
        impatient.setattr(transport, "READ", 0.3)
        with pytest.raises(CallFailed) as failed:
            client.create_comment(page, HELLO)
    assert (failed.value.failure, failed.value.maybe_done) == (Failure.UNREACHABLE, True)
    assert [c["rich_text"][0]["plain_text"] for c in client.comments(page)] == ["hello"]


@pytest.mark.req("A4", "P3")
@pytest.mark.parametrize(
    ("fault", "there"),
    [
        (faults.reset(), False),
        (faults.reset(after_saving=True), True),
        (faults.answer(503), False),
        (faults.saved(503), True),
        (faults.malformed(), True),
        (faults.hang(), True),
    ],
    ids=["reset", "saved, reset", "503", "saved, 503", "malformed", "saved, silent"],
)
def test_a_write_whose_answer_is_lost_is_looked_for_by_its_values(
    *,
    notion: NotionSimulator,
    client: NotionClient,
    page: str,
    monkeypatch: pytest.MonkeyPatch,
    fault: Any,
    there: bool,
) -> None:
    wanted = {STATUS_ID: status("Done"), ASSIGNEE_ID: people([ANN]), DUE_ID: date("2026-12-24")}
    notion.add_fault(fault, match={"method": "PATCH"}, times=1)
    with monkeypatch.context() as impatient:
        impatient.setattr(transport, "READ", 0.3)
        with pytest.raises(CallFailed) as failed:
            client.update_page(page, wanted)

    assert failed.value.maybe_done
    assert len(notion.requests(method="PATCH")) == 1
    assert holds(client.page(page).body, wanted) is there
    client.update_page(page, wanted)
    assert holds(client.page(page).body, wanted) is True


@pytest.mark.req("A4", "A10")
@pytest.mark.parametrize(
    "wanted",
    [{"gone": status("Done")}, {STATUS_ID: status("No such status")}, {STATUS_ID: select("Done")}],
    ids=["no property", "no option", "another type"],
)
def test_a_write_that_does_not_fit_the_schema_is_invalid_and_writes_nothing(
    notion: NotionSimulator, client: NotionClient, page: str, wanted: dict[str, Any]
) -> None:
    with pytest.raises(CallFailed) as failed:
        client.update_page(page, {DUE_ID: date("2026-12-24")} | wanted)
    assert (failed.value.failure, failed.value.maybe_done) == (Failure.INVALID, False)
    assert notion.page(page)["properties"]["Due"]["date"]["start"] == "2026-12-04"


@pytest.mark.req("A4")
def test_without_the_capability_to_write_it_is_said_which_call_was_forbidden(
    notion: NotionSimulator, client: NotionClient, page: str
) -> None:
    notion.set_capabilities({"update_content": False})
    with pytest.raises(CallFailed) as failed:
        client.update_page(page, {STATUS_ID: status("Done")})
    assert (failed.value.failure, failed.value.call) == (Failure.FORBIDDEN, "notion.update_page")


@pytest.mark.req("A1")
def test_a_reply_stands_in_the_discussion_that_it_answers(client: NotionClient, page: str) -> None:
    first = client.create_comment(page, HELLO).body
    reply = client.reply(first["discussion_id"], HELLO).body

    assert reply["discussion_id"] == first["discussion_id"]
    assert [c["id"] for c in client.comments(page)] == [first["id"], reply["id"]]


@pytest.mark.req("A12")
def test_users_are_listed_a_page_at_a_time_without_guests(
    notion: NotionSimulator, client: NotionClient, page: str
) -> None:
    guest = notion.add_user("Gus", guest=True)
    notion.set_page_cap(2)
    found: list[str] = []
    cursor: str | None = None
    while True:
        body = client.users(cursor).body
        found += [user["name"] for user in body["results"]]
        cursor = body["next_cursor"]
        if not body["has_more"]:
            break

    assert found == ["Steward", "Ann", "Ben", "Chloé", "Dan", "Eve"]
    assert client.user(guest).body["name"] == "Gus"


@pytest.mark.req("P4")
def test_a_page_that_is_not_there_is_not_there(client: NotionClient) -> None:
    with pytest.raises(CallFailed) as failed:
        client.page("00000000-0000-4000-8000-000000000000")
    assert (failed.value.failure, failed.value.code) == (Failure.NOT_FOUND, "object_not_found")


@pytest.mark.req("P4")
def test_a_page_is_read_through_short_trouble(
    notion: NotionSimulator, client: NotionClient, page: str
) -> None:
    notion.add_fault(faults.reset(), match={"path": "/v1/pages"}, times=1)
    notion.add_fault(faults.answer(502), match={"path": "/v1/pages"}, times=1)
    assert client.page(page).body["id"] == page


@pytest.mark.req("P2")
def test_the_vendors_own_window_and_ours_agree_on_a_burst(
    notion: NotionSimulator, client: NotionClient
) -> None:
    for _ in range(180):
        client.me()
    with pytest.raises(CallFailed) as failed:
        client.me()
    assert failed.value.failure is Failure.BUDGET_SPENT
    assert {request["status"] for request in notion.requests()} == {200}
