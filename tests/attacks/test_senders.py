"""Who else sends while Notion does: replays, rotations, handshakes after the first, floods. Genuine events are never lost."""

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from steward.dialects import normalise
from steward.envelope import encode
from tests.attacks.aftermath import no_log_has_a_secret, nobody_else_was_reached, nothing_is_left_of_an_attack
from tests.attacks.flood import delays, figures, flood
from tests.attacks.rotation import rotate
from tests.attacks.site import CANDIDATE, FORGER, FRESH, REFRESH, Site, eventually, handshake
from tests.attacks.stream import Stream
from tests.attacks.wire import post

pytestmark = pytest.mark.stack

FLOOD = 500
GENUINE, PAGES = 100, 20
"""Events that no rule watches, and pages that are told of."""

COMPRESSION = 600.0
"""Of the times at which Notion tries again: a minute is a tenth of a second."""

ENVIRONMENTS = 4
"""Of ingest during the flood; on AWS the account's concurrency bounds it, here two cores do."""

Says = Callable[[str], None]


def told(site: Site) -> tuple[int, int]:
    """How many comments and messages there are."""
    channels = ("#tasks", "#team")
    return len(site.notion.comments()), sum(len(site.slack.messages(channel)) for channel in channels)


def again(site: Site, body: bytes, run: str) -> None:
    """Put a delivery on the lane as SQS does once it has forgotten the event's id, which is after five minutes."""
    now = datetime.now(UTC)
    site.stack.client("sqs").send_message(
        QueueUrl=site.stack.resource("LaneQueue"),
        MessageBody=encode(normalise(json.loads(body)), now),
        MessageGroupId="lane-0",
        MessageDeduplicationId=f"{run}-{now.timestamp()}",
    )


@pytest.mark.req("I2", "P3")
@pytest.mark.parametrize("age", [timedelta(hours=25), timedelta(days=20)], ids=["25 hours", "20 days"])
def test_a_recorded_delivery_that_is_sent_again_tells_nobody_twice(site: Site, age: timedelta) -> None:
    page = site.demo.tasks["Review the contract"]
    assignee = site.demo.ann if age.days == 1 else site.demo.chloe
    site.notion.edit(page, properties={"Assignee": [assignee]}, by=site.demo.ben)
    eventually(lambda: [c for c in site.notion.comments(page) if assignee in json.dumps(c["rich_text"])])
    site.settle()
    before, happened = told(site), (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
    name = f"recorded {age}"
    recorded = site.event(
        name, "page.properties_updated", entity={"id": page, "type": "page"}, timestamp=happened
    )
    first = site.deliver(recorded)
    row = eventually(lambda: site.row(name))

    replies = [site.deliver(recorded) for _ in range(3)]
    again(site, recorded, name)
    site.settle()

    assert {first.status, *(reply.status for reply in replies)} == {200}
    assert told(site) == before
    assert site.row(name) == {**row, "deliveries": 2}, "the ledger knew it"
    # The ledger outlives every replay of that age.
    assert int(row["ttl"]) >= (datetime.now(UTC) + timedelta(days=30) - timedelta(minutes=10)).timestamp()


@pytest.mark.req("I2", "P3")
def test_a_delivery_from_the_future_tells_nothing_and_hides_nothing(site: Site) -> None:
    page = site.demo.tasks["Write the launch plan"]
    site.notion.edit(page, properties={"Assignee": [site.demo.chloe]}, by=site.demo.ben)
    eventually(lambda: site.notion.comments(page))
    site.settle()
    before = told(site)
    about = {"entity": {"id": page, "type": "page"}, "timestamp": "2099-01-01T00:00:00.000Z"}
    assert site.deliver(site.event("future", "page.properties_updated", **about)).status == 200
    eventually(lambda: site.row("future"))
    site.settle()
    assert told(site) == before

    site.notion.edit(page, properties={"Assignee": [site.demo.ann]}, by=site.demo.ben)

    eventually(lambda: len(site.notion.comments(page)) > 1)
    site.settle()
    assert len(site.notion.comments(page)) == 2


@pytest.mark.req("I2", "I3", "T9")
def test_a_rotation_in_the_middle_of_a_stream_loses_nothing_and_retires_the_old_token(
    site: Site, says: Says
) -> None:
    with Stream(site, compression=2400.0, concurrency=3) as stream:
        retired = rotate(site, stream)
    site.settle()

    assert 200 not in stream.statuses(site.token, retired), "the retired token opens nothing"
    events = sorted({one.event for one in stream.tries})
    assert sorted(one.event for one in stream.tries if one.status == 200) == events, "each is taken once"
    rows = {row["pk"]: row["deliveries"] for row in site.rows() if row["pk"].startswith("EVENT#stream ")}
    assert rows == {f"EVENT#{event}": 1 for event in events}
    refused = len(stream.tries) - len(events)
    says(f"{len(events)} events through a rotation, 0 lost, {refused} refusals delivered again")


@pytest.mark.req("I3")
def test_a_second_handshake_after_activation_is_a_candidate_and_opens_nothing(site: Site) -> None:
    others = [f"secret_{letter * 40}" for letter in "abcde"]
    with site.armed(900):
        first = site.deliver(handshake(CANDIDATE), CANDIDATE)
        under = site.deliver(site.event("attack: candidate"), CANDIDATE)
        replies = [site.send(post(handshake(token))) for token in others]
        kept = json.loads(site.secret("PendingSigningSecret"))["candidates"]
        active = site.secret("SigningSecret")

    assert (first.status, under.status, under.error) == (200, 401, "signature_mismatch")
    assert CANDIDATE.encode() not in first.body
    assert [reply.status for reply in replies] == [200, 200, 200, 200, 409]
    assert [candidate["token"] for candidate in kept] == [CANDIDATE, *others[:4]]
    assert active == site.secrets["SigningSecret"]


@pytest.mark.req("I2", "I3", "I7")
def test_forgeries_cause_no_more_than_one_read_of_a_secret_in_its_interval(site: Site) -> None:
    assert site.deliver(site.event("warm", "view.created")).status == 200
    site.turn(REFRESH)
    mark, began = site.mark(), time.monotonic()

    for number in range(30):
        assert site.deliver(site.event(f"attack: {number}"), FORGER).status == 401
        assert site.send(post(handshake(CANDIDATE))).status == 403

    # Of the active tokens one in half a minute, of the pending ones one in five seconds.
    lasted = time.monotonic() - began
    assert 2 <= site.operations(mark).count("GetSecretValue") <= 2 + lasted // 30 + lasted // 5


@pytest.mark.req("I6", "I7")
def test_while_secrets_are_refused_genuine_deliveries_are_taken_and_forged_ones_are_not(site: Site) -> None:
    assert site.deliver(site.event("before", "view.created")).status == 200
    with site.denied("secretsmanager:*"):
        site.turn(FRESH)
        assert site.deliver(site.event("meanwhile", "view.created")).status == 200
        assert site.deliver(site.event("attack: meanwhile"), FORGER).status == 401
    site.turn(FRESH)

    assert eventually(lambda: site.row("meanwhile"))


@pytest.mark.req("I7")
def test_only_the_named_workspace_and_subscription_may_deliver(site: Site) -> None:
    sample = json.loads(site.event("sample"))
    named = {key.upper() + "S": sample[key] for key in ("workspace_id", "subscription_id")}
    strangers = {"workspace_id": "unknown_workspace", "subscription_id": "unknown_subscription"}
    with site.environ(**named):
        mark = site.mark()
        assert site.deliver(site.event("named", "view.created")).status == 200
        for key, error in strangers.items():
            for value in ("f" * 32, None, [sample[key]], f"{sample[key]},", ""):
                reply = site.deliver(site.event("attack: stranger", **{key: value}))
                assert (reply.status, reply.error) == (403, error)
        assert site.deeds(mark) == ["SendMessage"]


@pytest.mark.req("I6", "I7")
def test_slow_bodies_keep_nobody_waiting_and_never_become_a_delivery(site: Site, says: Says) -> None:
    body = site.event("attack: slow")
    whole = post(body, site.signed(body))
    mark = site.mark()
    with ExitStack() as held:
        slow = [
            held.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=5))
            for _ in range(100)
        ]
        for number, connection in enumerate(slow):
            connection.sendall(whole[: -1 - number % 50])
        began = time.monotonic()
        assert site.deliver(site.event("fast", "view.created")).status == 200
        says(f"a delivery beside {len(slow)} slow bodies took {time.monotonic() - began:.2f} s")
    assert eventually(lambda: site.row("fast"))
    assert site.deeds(mark) == ["SendMessage"]


@pytest.mark.req("I6", "I7", "P3")
def test_a_flood_of_junk_loses_no_genuine_event(site: Site, says: Says) -> None:
    answered: list[dict[int, int]] = []
    attack = threading.Thread(target=lambda: answered.append(flood(site, FLOOD)))
    names = [f"genuine {n:03}" for n in range(GENUINE)]
    with ExitStack() as meanwhile:
        meanwhile.enter_context(site.bounded(ENVIRONMENTS))
        site.notion.configure_webhooks(retry_compression=COMPRESSION, concurrency=ENVIRONMENTS)
        meanwhile.callback(site.notion.configure_webhooks, retry_compression=1.0, concurrency=1)
        stream = meanwhile.enter_context(Stream(site, compression=COMPRESSION, concurrency=ENVIRONMENTS))
        # Environments that start would turn everybody away, and no junk would come as far as ingest.
        for number in range(2 * ENVIRONMENTS):
            stream.send(f"warm {number}", lambda: site.token)
        assert stream.drain(60)
        stream.tries.clear()
        attack.start()
        for name in names:
            stream.send(name, lambda: site.token)
        pages = [
            site.notion.add_page(site.demo.data_source_id, {"Name": f"Genuine {n:02}"}, by=site.demo.ben)
            for n in range(PAGES)
        ]
        attack.join()
        assert site.notion.drain(60)
        assert stream.drain(60)
    (statuses,) = answered
    site.settle()

    told = [d for d in site.notion.deliveries() if d["entity_id"] in pages]
    took = [*delays(told), *stream.delays()]
    says(figures(statuses, PAGES + GENUINE, len(told) + len(stream.tries) - len(took), took))
    assert sum(statuses.values()) == FLOOD
    assert set(statuses) <= {0, 401, 403, 404, 405, 429, 503}
    assert statuses.get(0, 0) <= FLOOD // 10, "it was a flood: nearly all of it came in, and was answered"
    assert {401, 404} <= set(statuses), "and some of it came past the throttles"
    assert len(took) == PAGES + GENUINE
    rows = [row for row in site.rows() if row.get("entity") in pages]
    assert {row["pk"] for row in rows} == {f"EVENT#{d['event_id']}" for d in told}
    effects = {effect["id"] for row in rows for effect in row["effects"]}
    assert (len(rows), len(effects)) == (PAGES, PAGES), "each event is worked, and each page told of once"
    streamed = [row["pk"] for row in site.rows() if row["pk"].startswith("EVENT#genuine ")]
    assert sorted(streamed) == [f"EVENT#{name}" for name in names]


@pytest.mark.req("O5")
def test_after_all_that_nothing_is_changed_nobody_else_was_reached_and_no_log_has_a_secret(
    site: Site,
) -> None:
    nothing_is_left_of_an_attack(site)
    nobody_else_was_reached(site)
    no_log_has_a_secret(site)
