"""Several lanes: a page keeps to its own, the request budget is shared out, and ticks reach all of them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from steward.dialects import normalise
from steward.envelope import encode
from tests.integration.stand import Stand, standing

LANES = 3


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True, LANES=str(LANES)) as made:
        yield made


def side_by_side(stand: Stand) -> None:
    """Work the lanes off, each by an environment of its own, message by message in turn."""
    environments = {f"lane-{number}": stand.restart() for number in range(LANES)}
    for _ in range(5000):
        record = stand.receive()
        if record is None:
            return
        stand.app = environments[record["attributes"]["MessageGroupId"]]
        stand.invoke(record)
    raise AssertionError("the lanes do not become empty")


def known_tasks(stand: Stand, count: int) -> list[str]:
    """See ``Stand.known_tasks``; here every lane has to sweep."""
    pages = stand.add_tasks(count)
    stand.clock.sleep(600)
    stand.tick("sweep")
    side_by_side(stand)
    stand.clock.sleep(600)
    return pages


@pytest.mark.req("P1", "P2")
def test_lanes_keep_the_order_of_a_page_and_the_limit_in_their_sum(stand: Stand) -> None:
    pages = known_tasks(stand, 60)
    people = [stand.demo.ann, stand.demo.ben, stand.demo.chloe]
    for round_, person in enumerate(people):
        for page in pages:
            stand.assign(page, person)
            stand.send(page)
            if round_ == 0:
                stand.clock.sleep(0.2)
        side_by_side(stand)
        stand.clock.sleep(61)

    for page in pages:
        assert stand.told(page) == people
    assert stand.notion.counters()["rate_limited"] == {}
    times = sorted(datetime.fromisoformat(r["time"]).timestamp() for r in stand.notion.requests())
    assert max(sum(at <= t < at + 60 for t in times) for at in times) <= 180


@pytest.mark.req("P1")
def test_a_tick_reaches_every_lane_and_each_sweeps_its_own_pages(stand: Stand) -> None:
    pages = known_tasks(stand, 30)
    for page in pages:
        stand.assign(page, stand.demo.ann)
    stand.clock.sleep(600)
    stand.tick("sweep")
    side_by_side(stand)

    assert all(len(stand.comments(page)) == 1 for page in pages)
    stand.clock.sleep(60)
    stand.tick("settle")
    side_by_side(stand)
    assert len(stand.notices()) == 30
    assert 3 <= len(stand.messages()) <= 6


@pytest.mark.req("P1")
def test_a_message_from_before_the_number_of_lanes_was_changed_is_handed_to_its_lane(stand: Stand) -> None:
    page = next(p for p in known_tasks(stand, 10) if stand.group_of(p) != "lane-0")
    stand.assign(page, stand.demo.ann)
    event = normalise(stand.payload(page))
    stand.sqs.send_message(
        QueueUrl=stand.environ["LANE_QUEUE_URL"],
        MessageBody=encode(event, stand.clock.now()),
        MessageGroupId="lane-0",
        MessageDeduplicationId="as-it-was",
    )
    side_by_side(stand)

    assert len(stand.comments(page)) == 1
    assert stand.dead_letters() == []
