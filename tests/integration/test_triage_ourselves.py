"""Our own side as the probes find it, on moto."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from steward.journal import Journal
from steward.lane_switch import pause_of
from steward.memory import Memory
from tests.integration.looking import BAD, GOOD, UNKNOWN
from tests.integration.stand import Stand, standing
from triage.findings import Finding, Probe
from triage.looks import OurSide, at_ourselves
from triage.probes.backlog import TICKS
from triage.round import look


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(PROBES_PER_MINUTE="12") as one:
        yield one


def our_side(stand: Stand) -> OurSide:
    def memory() -> Memory:
        return Memory(stand.dynamodb.Table("StateTable"), stand.clock.now)

    return OurSide(
        journal=lambda: Journal(stand.dynamodb.Table("JournalTable"), 90, stand.clock.now),
        memory=memory,
        pause=lambda: pause_of(*memory().recall_version("PAUSE")),
        budget=lambda: None,
        limit=180,
        keep_days=90,
        sqs=stand.sqs,
        lane_url=stand.environ["LANE_QUEUE_URL"],
        dead_letter_url=stand.environ["DEAD_LETTER_QUEUE_URL"],
    )


def ours(stand: Stand) -> dict[tuple[str, Probe], Finding]:
    found = look(list(at_ourselves(our_side(stand), now=stand.clock.now)), now=stand.clock.now)
    return {(f.vendor, f.probe): f for f in found}


@pytest.mark.req("T1")
def test_our_own_side_is_seen_working_standing_and_stuck(stand: Stand) -> None:
    idle = ours(stand)
    assert {key: f.verdict for key, f in idle.items()} == {
        ("notion", Probe.BREAKER): GOOD,
        ("notion", Probe.QUOTA): UNKNOWN,
        ("steward", Probe.LANE): GOOD,
        ("steward", Probe.DEAD_LETTERS): GOOD,
        ("notion", Probe.CALLS): UNKNOWN,
        ("steward", Probe.BUGS): GOOD,
        ("notion", Probe.WEBHOOKS): UNKNOWN,
    }

    page = stand.demo.tasks["Review the contract"]
    stand.assign(page, stand.demo.ben)
    stand.send(page)
    stand.work()
    stand.clock.sleep(1)
    working = ours(stand)
    assert (working["notion", Probe.CALLS].verdict, working["notion", Probe.WEBHOOKS].verdict) == (GOOD, GOOD)

    stand.send(page)
    ours(stand)
    stand.clock.sleep(400)
    assert ours(stand)["steward", Probe.LANE].verdict is GOOD, "it may be a tick that came just now"
    for _ in range(TICKS):
        stand.send(page)
    assert ours(stand)["steward", Probe.LANE].numbers["oldest_seconds"] == 0
    stand.clock.sleep(400)
    stuck = ours(stand)
    assert stuck["steward", Probe.LANE].verdict is BAD
    assert stuck["steward", Probe.LANE].numbers == {"waiting": 4, "hidden": 0, "oldest_seconds": 400}

    stand.sqs.send_message(
        QueueUrl=stand.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody="{}",
        MessageGroupId="m",
        MessageDeduplicationId="m",
    )
    assert ours(stand)["steward", Probe.DEAD_LETTERS].verdict is BAD


@pytest.mark.req("T1", "P8")
def test_the_journal_gives_what_was_finished_in_a_time_over_midnight_too(stand: Stand) -> None:
    journal = our_side(stand).journal()
    page = stand.demo.tasks["Review the contract"]
    stand.clock.sleep(11 * 3600 + 59 * 60 + 30)  # half a minute before midnight
    sent = []
    for _ in range(4):
        sent.append(stand.send(page)["id"])
        stand.work()
        stand.clock.sleep(20)
    end = stand.clock.now()

    def last(seconds: float) -> datetime:
        return datetime.fromtimestamp(end.timestamp() - seconds, UTC)

    ids = [row["pk"].removeprefix("EVENT#") for row in journal.newest(last(80), end)]
    assert ids == sent[::-1]
    assert len(journal.newest(last(40), end)) == 2
    assert len(journal.newest(last(80), end, limit=3)) == 3
    assert journal.newest(last(80), last(80)) == []
    assert journal.count_between(last(80), end, ["official"]) == 4
    assert journal.count_between(last(80), end, ["sweep"]) == 0


@pytest.mark.req("T1")
def test_a_table_that_hangs_is_one_unknown_finding(stand: Stand) -> None:
    never = threading.Event()

    def hangs() -> Journal:
        never.wait()
        raise AssertionError("nobody waits for this any more")

    stuck = replace(our_side(stand), journal=hangs)
    reading = (Probe.CALLS, Probe.WEBHOOKS)
    looks = [
        replace(one, seconds=0.3) if one.probe in reading else one
        for one in at_ourselves(stuck, now=stand.clock.now)
    ]
    found = look(looks, now=stand.clock.now)
    never.set()

    assert [f.probe for f in found if f.says == "no end after 0.3 s"] == list(reading)
    assert {f.verdict for f in found if f.probe in reading} == {UNKNOWN}
    assert {f.verdict for f in found if f.probe in (Probe.LANE, Probe.BREAKER)} == {GOOD}
