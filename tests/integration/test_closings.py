"""What becomes of an effect after its event was finished is a row beside the event's: one, and in step with State."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from steward.closings import Closings
from tests.integration.stand import Death, Stand, standing

pytestmark = pytest.mark.req("P8", "T7")


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def journalled(stand: Stand) -> list[dict[str, Any]]:
    """All rows of the Journal that say how an effect ended."""
    rows = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]).scan()["Items"]
    return [row for row in rows if row["sk"].startswith("EFFECT#")]


def effects(stand: Stand) -> list[dict[str, Any]]:
    """All effects of State."""
    rows = stand.dynamodb.Table(stand.environ["STATE_TABLE"]).scan()["Items"]
    return [row for row in rows if row["sk"].startswith("EFFECT#")]


def assigned(stand: Stand, count: int) -> list[str]:
    """Pages that are assigned to Ann all at once; the ids of their events."""
    pages = stand.known_tasks(count)
    ids = []
    for page in pages:
        stand.assign(page, stand.demo.ann)
        ids.append(str(stand.send(page)["id"]))
    stand.clock.sleep(20)
    stand.work()
    return ids


def of(stand: Stand, event_id: str) -> list[dict[str, Any]]:
    """What the journal says of the effects of an event after its row."""
    table = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"])
    return list(Closings(table, 90, stand.clock.now).of_event(event_id).values())


def test_what_ends_with_its_event_has_no_row_of_its_own(stand: Stand) -> None:
    (event,) = assigned(stand, 1)

    assert {e["status"] for e in stand.journal(event)["effects"]} == {"done"}
    assert journalled(stand) == []


def test_a_message_that_waited_for_slack_has_one_row_when_it_is_sent(stand: Stand) -> None:
    stand.slack.add_fault({"kind": "answer", "status": 503}, times=4)
    (event,) = assigned(stand, 1)
    assert of(stand, event) == []

    for _ in range(10):
        stand.gather()

    (ended,) = of(stand, event)
    assert (ended["kind"], ended["status"]) == ("slack.message", "done")
    assert stand.journal(event)["finished_at"] < ended["done_at"]
    (row,) = journalled(stand)
    assert row["changed_at"] == ended["done_at"]
    assert row["ttl"] == pytest.approx(stand.journal(event)["ttl"], abs=3600)
    assert len(stand.messages()) == 1


def test_every_line_of_a_digest_has_one_row_when_the_digest_is_sent_and_none_when_it_is_made(
    stand: Stand,
) -> None:
    stand.slack.add_fault({"kind": "error", "error": "ratelimited"}, times=1)
    assigned(stand, 12)
    stand.gather()
    folded = {e["sk"].rsplit("#", 1)[1] for e in effects(stand) if e["status"] == "folded"}
    assert len(folded) == 12
    assert [row for row in journalled(stand) if row["effect"]["kind"] == "slack.message"] == []

    for _ in range(5):
        stand.gather()

    ended = [row["effect"] for row in journalled(stand) if row["effect"]["kind"] == "slack.message"]
    assert {e["id"] for e in ended} == folded
    assert len(ended) == 12
    assert {(e["status"], e["external_id"], e["digest"]) for e in ended} == {
        ("done", ended[0]["external_id"], ended[0]["digest"])
    }
    assert len(stand.messages()) == 1


def test_a_line_that_a_digest_leaves_out_ends_as_no_longer_true(stand: Stand) -> None:
    stand.slack.add_fault({"kind": "error", "error": "ratelimited"}, times=2)
    assigned(stand, 12)
    stand.gather()
    folded = [e["pk"].removeprefix("PAGE#") for e in effects(stand) if e["status"] == "folded"]
    stand.assign(folded[0])
    stand.send(folded[0])
    stand.clock.sleep(5)
    stand.work()
    for _ in range(20):
        stand.gather()

    said = [row["effect"] for row in journalled(stand) if row["effect"]["kind"] == "slack.message"]
    assert sorted(e["status"] for e in said) == ["cancelled", *["done"] * 11]
    assert [e["reason"] for e in said if e["status"] == "cancelled"] == ["no longer true"]


def test_what_another_event_cancels_has_a_row(stand: Stand) -> None:
    stand.slack.add_fault({"kind": "answer", "status": 503}, times="forever")
    page = stand.known_tasks(1)[0]
    stand.assign(page, stand.demo.ann)
    first = str(stand.send(page)["id"])
    stand.clock.sleep(20)
    stand.work()
    stand.slack.clear_faults()
    stand.assign(page)
    stand.send(page)
    stand.clock.sleep(1)
    stand.work()
    for _ in range(10):
        stand.gather()

    assert [e["status"] for e in of(stand, first)] == ["cancelled"]


def test_a_message_that_lapsed_and_came_back_ends_as_it_ended_last(stand: Stand) -> None:
    stand.slack.add_fault({"kind": "error", "error": "ratelimited"}, times=1)
    events = assigned(stand, 12)
    pages = [stand.journal(event)["entity"] for event in events]
    stand.notion.trash(pages[0])
    stand.send(pages[0], type="page.deleted")
    stand.work()
    (lapsed,) = (row["sk"] for row in journalled(stand) if row["effect"]["status"] == "lapsed")

    stand.notion.restore(pages[0])
    stand.send(pages[0], type="page.undeleted")
    stand.clock.sleep(20)
    stand.work()
    for _ in range(5):
        stand.gather()

    assert [r["effect"]["status"] for r in journalled(stand) if r["sk"] == lapsed] == ["done"]


@pytest.mark.parametrize("dies_after", range(8))
def test_no_death_and_no_repetition_leaves_an_end_without_its_row_or_a_row_without_its_end(
    stand: Stand, dies_after: int
) -> None:
    stand.slack.add_fault({"kind": "error", "error": "ratelimited"}, times=1)
    events = assigned(stand, 12)
    left = [dies_after]

    class Dying:
        """A table after some writes of which the environment dies."""

        def __init__(self, table: Any) -> None:
            self._table = table
            self.meta = self
            self.client = self

        def __getattr__(self, name: str) -> Any:
            inner = getattr(self._table, name) if hasattr(self._table, name) else None
            inner = inner or getattr(self._table.meta.client, name)
            if name not in ("put_item", "transact_write_items"):
                return inner

            def write(**asked: Any) -> Any:
                done = inner(**asked)
                left[0] -= 1
                if left[0] == 0:
                    raise Death
                return done

            return write

    stand.aws.wrap = Dying
    stand.restart()
    for _ in range(8):
        stand.gather()

    ended = {e["id"]: e["status"] for event in events for e in of(stand, event)}
    folded = {e["sk"].rsplit("#", 1)[1] for e in effects(stand) if e["status"] == "folded"}
    assert folded <= ended.keys()
    assert set(ended.values()) == {"done"}
    assert len(stand.notices()) == len(set(stand.notices())) == 12


def test_an_end_that_another_writer_was_faster_with_has_no_second_row(stand: Stand) -> None:
    stand.slack.add_fault({"kind": "answer", "status": 503}, times=4)
    (event,) = assigned(stand, 1)
    table = stand.dynamodb.meta.client
    real, lost = table.transact_write_items, [0]

    def loses(**asked: Any) -> Any:
        real(**asked)
        lost[0] += 1
        reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed"}]
        answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(answer, "TransactWriteItems")

    for _ in range(6):
        stand.gather()
        if lost[0] == 0:
            table.transact_write_items = loses
        else:
            table.transact_write_items = real

    assert [e["status"] for e in of(stand, event)] == ["done"]
    assert len(stand.messages()) == 1
