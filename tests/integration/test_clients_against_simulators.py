"""A Notion that does what it was asked and then says nothing: what the client knows, and how it finds out the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from infra.local.simulators.notion import NotionSimulator, faults, seed_demo
from steward.budget import Budget
from steward.clients import transport
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

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
