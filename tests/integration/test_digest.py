"""Many messages at once become one digest for each channel, told exactly once, and never of what is no longer true (A13)."""

from collections.abc import Iterator

import pytest

from tests.integration.stand import Stand, standing


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def burst(stand: Stand, count: int) -> list[str]:
    """Pages that are assigned to Ann all at once."""
    pages = stand.known_tasks(count)
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.clock.sleep(20)
    stand.work()
    return pages


@pytest.mark.req("A13", "T10")
def test_fifty_messages_become_two_digests_and_every_line_is_there_once(stand: Stand) -> None:
    burst(stand, 50)
    assert stand.messages() == []

    stand.gather()

    assert [text.split("\n")[0] for text in stand.messages()] == ["*40 changes*", "*10 changes*"]
    assert len(stand.notices()) == len(set(stand.notices())) == 50
    stand.gather()
    assert len(stand.messages()) == 2


@pytest.mark.req("A13")
def test_few_late_messages_go_one_by_one(stand: Stand) -> None:
    page = stand.demo.tasks["Review the contract"]
    stand.assign(page, stand.demo.ann)
    late = stand.payload(page)
    stand.clock.sleep(3600)
    stand.send(page, **{key: late[key] for key in ("id", "timestamp")})
    stand.work()
    assert stand.messages() == []

    stand.gather()

    assert len(stand.messages()) == 1
    assert "Review the contract" in stand.messages()[0]


@pytest.mark.req("A13", "P3")
def test_what_is_no_longer_true_when_the_digest_can_go_is_left_out(stand: Stand) -> None:
    stand.slack.add_fault({"kind": "error", "error": "ratelimited"}, times=2)
    pages = burst(stand, 12)
    stand.gather()  # folded, and Slack refuses
    assert stand.messages() == []

    for page in pages[:5]:
        stand.assign(page, stand.demo.ben)
        stand.send(page)
    stand.notion.trash(pages[5])
    stand.send(pages[5], type="page.deleted")
    stand.clock.sleep(5)
    stand.work()
    for _ in range(20):
        stand.gather()

    told = stand.notices()
    assert len([line for line in told if "Ann" in line]) == 6
    assert len([line for line in told if "Ben" in line]) == 5
    assert len(told) == len(set(told)) == 11


@pytest.mark.req("A13", "P3")
def test_a_message_that_waits_to_be_gathered_is_cancelled_when_it_is_no_longer_true(stand: Stand) -> None:
    pages = burst(stand, 12)
    for page in pages:
        stand.assign(page)
        stand.send(page)
    stand.clock.sleep(20)
    stand.work()
    stand.gather()

    assert stand.notices() == []


@pytest.mark.req("A13", "A1", "P3")
def test_a_message_that_waits_while_its_page_is_in_the_trash_is_told_once_when_the_page_is_back(
    stand: Stand,
) -> None:
    pages = burst(stand, 12)
    for page in pages[:3]:
        stand.notion.trash(page)
        stand.send(page, type="page.deleted")
    stand.work()
    for _ in range(3):
        stand.gather()
    assert len(stand.notices()) == 9

    for page in pages[:3]:
        stand.notion.restore(page)
        stand.send(page, type="page.undeleted")
    stand.clock.sleep(20)
    stand.work()
    for _ in range(3):
        stand.gather()

    assert len(stand.notices()) == len(set(stand.notices())) == 12
    assert all(len(stand.comments(page)) == 1 for page in pages)


@pytest.mark.req("A13")
def test_a_digest_closes_its_messages_and_names_itself_in_them(stand: Stand) -> None:
    pages = burst(stand, 12)
    stand.gather()

    rows = stand.dynamodb.Table(stand.environ["STATE_TABLE"]).scan()["Items"]
    messages = [r for r in rows if "#slack.message#" in r["sk"]]
    folded = [r for r in messages if r["status"] == "folded"]
    digests = [r for r in messages if r["status"] == "done"]
    assert len(folded) == len(pages)
    assert len(digests) == 1
    assert {r["external_id"] for r in folded} == {digests[0]["sk"].rsplit("#", 1)[1]}
    assert all("ttl" in r and "due" not in r for r in messages)
