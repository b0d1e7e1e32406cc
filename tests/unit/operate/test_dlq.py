"""Dead letters are looked at without being consumed, and moved with the same event under a new id."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.operate import dead_letters
from infra.operate.__main__ import main
from infra.operate.dead_letters import DeadLetters
from infra.operate.dlq import Mover
from steward.envelope import TICKS, decode, encode
from steward.events import Event
from steward.lane import Lane, Parked, lane_of
from tests.unit.operate.account import ARGUMENTS, Account, account

SEEN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PAGE = "7a5c0000-0000-4000-8000-000000000002"
PARKED = Parked("notion.page: invalid", SEEN, 3, "CallFailed/invalid", "notion.page")

pytestmark = pytest.mark.req("P4")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "WAIT", 0)


@pytest.fixture
def deployed() -> Iterator[Account]:
    with account(Lanes="4") as made:
        yield made


def event(event_id: str, entity: str = PAGE, minute: int = 0) -> str:
    made = Event(event_id, "page.properties_updated", "official", entity_id=entity, entity_type="page")
    return encode(made, SEEN.replace(minute=minute))


def run(*arguments: str) -> int:
    return main(["dlq", *arguments, *ARGUMENTS])


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run("list", "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["dead_letters"]
    return found


def test_an_empty_queue_is_said(deployed: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert "no dead letters in the stack steward-test" in capsys.readouterr().out


def test_the_list_says_what_and_why_newest_last_and_consumes_nothing(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.move(event("e2", minute=2), "m2")
    deployed.park(event("e1", minute=1), "m1", PARKED)
    deployed.park("no json", "m3", Parked("not JSON", SEEN.replace(minute=3), 1, "Undecodable"))

    assert run("list") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "first", "seen", "attempts", "event", "reason"]
    assert [line[38:58] for line in lines[1:4]] == [f"2026-11-20 12:0{n}:00Z" for n in (0, 2, 3)]
    assert f"3         page.properties_updated {PAGE}  notion.page: invalid" in lines[1]
    assert "?         " in lines[2]
    assert "no reason: the processor died" in lines[2]
    assert "no envelope" in lines[3]
    assert lines[4].startswith("3 dead letters")
    assert deployed.visible() == 3


def test_the_list_as_json_holds_every_fact(deployed: Account, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.park(event("e1"), "m1", PARKED)

    row = listed(capsys)[0]

    assert {key: row[key] for key in row if key != "id"} == {
        "first_seen": "2026-11-20T12:00:00+00:00",
        "attempts": 3,
        "event_id": "e1",
        "type": "page.properties_updated",
        "entity": PAGE,
        "reason": "notion.page: invalid",
        "exception": "CallFailed/invalid",
        "effect": "notion.page",
        "undecodable": None,
    }


def test_what_sqs_does_not_hand_out_is_said(deployed: Account, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(12):
        deployed.move(event(f"e{number}"), f"m{number}")

    assert run("list") == 0

    out = capsys.readouterr().out
    assert "10 dead letters" in out
    assert "SQS tells of about 2 more" in out
    assert deployed.visible() == 12


def test_everything_of_one_is_shown_and_nothing_changed(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.park(event("e1"), "m1", PARKED)
    deployed.park("\x1b[2Jno json", "m2", Parked("the message is not JSON", SEEN, 1, "Undecodable"))
    ids = {row["event_id"]: row["id"] for row in listed(capsys)}

    assert run("show", ids["e1"]) == 0
    shown = capsys.readouterr().out
    assert run("show", ids[None]) == 0
    poison = capsys.readouterr().out

    for part in ("exception: CallFailed/invalid", "effect: notion.page", '"id": "e1"', "nothing was changed"):
        assert part in shown
    assert "can't be decoded: the message is not JSON" in poison
    assert "\x1b" not in poison
    assert deployed.visible() == 2


@pytest.mark.parametrize("command", [("show", "unknown"), ("redrive", "--id", "unknown")])
def test_one_that_is_not_there_is_said(
    deployed: Account, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    deployed.park(event("e1"), "m1", PARKED)

    assert run(*command) == 1
    assert "no dead letter unknown" in capsys.readouterr().err
    assert deployed.visible() == 1


def test_a_redrive_moves_the_same_event_under_a_new_id_to_its_lane(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = [event(f"e{n}", entity=f"{n}{PAGE[1:]}") for n in range(4)]
    for number, body in enumerate(bodies):
        deployed.park(body, f"m{number}", PARKED)

    assert run("redrive", "--all") == 0

    on_lane = deployed.on_lane()
    assert sorted(m["Body"] for m in on_lane) == sorted(bodies)
    for message in on_lane:
        known = decode(message["Body"]).event
        assert known is not None
        assert message["Attributes"]["MessageGroupId"] == f"lane-{lane_of(known.entity_id, 4)}"
        assert message["Attributes"]["MessageDeduplicationId"].startswith("redrive-")
    assert "4 put on the lane" in capsys.readouterr().out
    assert deployed.visible() == 0


def test_more_than_a_batch_of_one_group_is_moved_whole(deployed: Account) -> None:
    for number in range(23):
        deployed.move(event(f"e{number}"), f"m{number}")

    assert run("redrive", "--all") == 0
    assert len(deployed.on_lane()) == 23


def test_one_is_moved_and_the_others_stay(deployed: Account, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        deployed.park(event(f"e{number}", minute=number), f"m{number}", PARKED)
    wanted = listed(capsys)[1]

    assert run("redrive", "--id", wanted["id"]) == 0

    assert [json.loads(m["Body"])["event"]["id"] for m in deployed.on_lane()] == ["e1"]
    assert deployed.visible() == 2


def test_what_still_can_not_be_decoded_is_left_unless_forced(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.park("no json", "m1", Parked("the message is not JSON", SEEN, 1, "Undecodable"))
    deployed.park(event("e1"), "m2", PARKED)

    assert run("redrive", "--all") == 1
    assert "not JSON; --force" in capsys.readouterr().out
    assert [m["Body"] for m in deployed.on_lane()] == [event("e1")]
    assert deployed.visible() == 1

    assert run("redrive", "--all", "--force") == 0
    assert [m["Body"] for m in deployed.on_lane()] == ["no json"]


def test_what_hides_behind_refused_ones_of_its_group_is_said(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(10):
        deployed.move(f"no json {number}", f"m{number}")
    deployed.move(event("e1"), "m10")

    assert run("redrive", "--all") == 1

    out = capsys.readouterr().out
    assert "0 put on the lane of the stack steward-test, 10 left" in out
    assert "SQS tells of about 1 more" in out


@pytest.mark.parametrize("kind", TICKS)
def test_a_tick_is_told_by_its_kind_and_goes_back_to_the_lane_of_ticks(
    deployed: Account, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    deployed.park(f'{{"v":1,"kind":"{kind}"}}', "m1", Parked("a bug", SEEN, 6, "KeyError"))

    assert run("list") == 0
    assert f"{kind} tick" in capsys.readouterr().out
    assert run("redrive", "--all") == 0
    assert [m["Attributes"]["MessageGroupId"] for m in deployed.on_lane()] == ["lane-0"]


class ParksAgain(Lane):
    """A lane whose messages come back at once, as those of a bug do that is not mended."""

    def __init__(self, deployed: Account) -> None:
        super().__init__(deployed.sqs, deployed.lane)
        self._deployed = deployed
        self.sent = 0

    def republish(self, body: str, group: str, deduplication_id: str) -> None:
        self.sent += 1
        self._deployed.park(body, f"again-{self.sent}", PARKED)


def test_what_is_parked_again_meanwhile_is_not_moved_round_in_circles(
    deployed: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.park(event("e1"), "m1", PARKED)
    queue, lane = DeadLetters(deployed.sqs, deployed.dead), ParksAgain(deployed)
    mover = Mover(queue, lane, force=False)

    for batch in queue.batches():
        for letter in batch:
            mover.move(letter)

    assert (lane.sent, len(mover.removed), len(mover.left)) == (1, 1, 1)
    assert "moved just now" in capsys.readouterr().out


@pytest.mark.parametrize(("method", "places"), [("remove", (1, 1)), ("republish", (0, 1))])
def test_a_refusal_of_sqs_is_told_and_loses_nothing(
    deployed: Account,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    method: str,
    places: tuple[int, int],
) -> None:
    def refuse(*arguments: object) -> None:
        raise ClientError({"Error": {"Code": "RequestThrottled"}}, method)

    deployed.park(event("e1"), "m1", PARKED)
    monkeypatch.setattr(DeadLetters if method == "remove" else Lane, method, refuse)

    assert run("redrive", "--all") == 1

    assert "RequestThrottled" in capsys.readouterr().out
    assert (len(deployed.on_lane()), deployed.visible()) == places
