"""What can't be worked says why, survives, and after a redrive is told exactly once."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.simulators.notion import faults
from infra.operate import dead_letters, target
from infra.operate.__main__ import main
from infra.operate.dead_letters import DeadLetters
from processor import reconcile
from processor.pipeline import Pipeline
from tests.integration.here import Here
from tests.integration.stand import Death, Stand, standing


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setattr(dead_letters, "WAIT", 0)
    with standing() as made:
        monkeypatch.setattr(target, "find", lambda *_: Here(made))
        yield made


@pytest.fixture
def task(stand: Stand) -> str:
    return stand.demo.tasks["Review the contract"]


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["dlq", "list", "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["dead_letters"]
    return found


def attributes(stand: Stand) -> dict[str, str]:
    (letter,) = stand.dead_letters()
    return {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}


def breaks(error: BaseException) -> Callable[[object], Any]:
    def broken(_: object) -> Any:
        raise error

    return broken


@pytest.mark.req("P4")
def test_a_refusal_is_parked_with_reason_first_sight_attempts_exception_and_call(
    stand: Stand, task: str
) -> None:
    stand.notion.add_fault(faults.answer(400, code="validation_error"))
    received = stand.clock.now()
    event = stand.send(task)
    stand.clock.sleep(60)
    stand.work()

    facts = attributes(stand)
    reason = facts.pop("reason")
    row = stand.journal(event["id"])
    assert facts == {
        "first_seen": received.isoformat(timespec="milliseconds"),
        "attempts": "1",
        "exception": "CallFailed/invalid",
        "effect": "notion.page",
    }
    assert "validation_error" in reason
    assert (row["decision"], row["why"], row["exception"], row["attempts"]) == (
        "parked",
        reason,
        "CallFailed/invalid",
        1,
    )


@pytest.mark.req("P4")
def test_a_bug_is_parked_at_the_last_receive_by_its_place_and_not_by_its_text(
    stand: Stand, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "decode_page", breaks(KeyError("ann@example.com")))
    event = stand.send(task)

    assert stand.work() == 1

    facts = attributes(stand)
    assert facts["exception"] == "KeyError"
    assert facts["attempts"] == "6"
    assert facts["reason"].startswith("a bug: KeyError in ")
    assert facts["reason"].endswith("called by processor.reconcile.Reconciler._take")
    assert "ann@example.com" not in json.dumps(facts)
    assert "effect" not in facts
    assert stand.journal(event["id"])["decision"] == "parked"


@pytest.mark.req("P4")
def test_a_journal_that_fails_too_leaves_one_dead_letter(
    stand: Stand, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "decode_page", breaks(KeyError("x")))

    def park(*_: object) -> None:
        raise RuntimeError("the journal is broken")

    monkeypatch.setattr(Pipeline, "park", park)
    stand.send(task)

    assert stand.work() == 1
    assert len(stand.dead_letters()) == 1


@pytest.mark.req("P4")
def test_poison_is_parked_with_when_the_lane_first_had_it(stand: Stand) -> None:
    for number in range(12):
        stand.sqs.send_message(
            QueueUrl=stand.environ["LANE_QUEUE_URL"],
            MessageBody="no json",
            MessageGroupId="lane-0",
            MessageDeduplicationId=str(number),
        )
    stand.work()

    letters = stand.dead_letters()
    assert len(letters) == 12, "each is a group of its own, so that none hides the others"
    facts = {name: value["StringValue"] for name, value in letters[0]["MessageAttributes"].items()}
    assert set(facts) == {"reason", "first_seen", "attempts", "exception"}
    assert facts["exception"] == "Undecodable"


@pytest.mark.req("P4")
@pytest.mark.parametrize("error", [KeyError("x"), Death()], ids=["bug", "death"])
def test_after_the_mend_a_redrive_tells_exactly_once(
    stand: Stand,
    task: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
) -> None:
    stand.assign(task, stand.demo.ann)
    with monkeypatch.context() as broken:
        broken.setattr(reconcile, "decode_page", breaks(error))
        event = stand.send(task)
        stand.work()
    (letter,) = listed(capsys)
    died = isinstance(error, Death)
    assert (letter["reason"] == "no reason: the processor died") is died
    assert letter["event_id"] == event["id"]

    assert main(["dlq", "redrive", "--all"]) == 0
    stand.work()
    stand.gather()

    assert len(stand.comments(task)) == len(stand.messages()) == 1
    assert stand.journal(event["id"])["decision"] == "observed"
    assert listed(capsys) == []


@pytest.mark.req("P3", "P4")
def test_a_redrive_that_dies_before_it_removes_the_dead_letter_tells_once(
    stand: Stand, task: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.assign(task, stand.demo.ann)
    stand.notion.add_fault(faults.answer(400, code="validation_error"))
    event = stand.send(task)
    stand.work()

    def died(*_: object) -> None:
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "DeleteMessage")

    with monkeypatch.context() as halfway:
        halfway.setattr(DeadLetters, "remove", died)
        assert main(["dlq", "redrive", "--all"]) == 1
    assert len(listed(capsys)) == 1
    assert main(["dlq", "redrive", "--all"]) == 0
    stand.work()

    assert len(stand.comments(task)) == len(stand.messages()) == 1
    assert stand.journal(event["id"])["deliveries"] == 2


@pytest.mark.req("P8")
def test_an_assignment_is_explained_with_what_changed_and_what_was_told(
    stand: Stand, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.send(task)
    stand.work()
    stand.clock.sleep(60)
    stand.assign(task, stand.demo.ann)
    event = stand.send(task)
    stand.slack.add_fault({"kind": "answer", "status": 500}, match={"path": "chat.postMessage"})
    stand.work()

    def explained() -> Any:
        capsys.readouterr()
        assert main(["explain", event["id"], "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    early = explained()
    stand.clock.sleep(60)
    stand.settle()
    stand.work()
    late = explained()

    assert early["changes"] == {
        "assignees": {"before": "nobody", "after": f"Ann ({stand.demo.ann})"},
    }
    assert early["decision"] == "observed"
    assert [e["status"] for e in early["effects"]] == ["done", "started"]
    assert [e["status"] for e in late["effects"]] == ["done", "done"]
    assert late["effects"][1]["done_at"] > early["event"]["finished_at"]
    assert all(e["external_id"] for e in late["effects"])


@pytest.mark.req("P8")
def test_every_item_that_names_somebody_expires_or_belongs_to_a_living_page(stand: Stand, task: str) -> None:
    other = stand.demo.tasks["Café menu & prices"]
    for page in (task, other):
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.work()
    stand.clock.sleep(60)
    stand.notion.trash(task)
    stand.send(task)
    stand.work()

    journal, state = (
        stand.dynamodb.Table(stand.environ[name]).scan()["Items"] for name in ("JOURNAL_TABLE", "STATE_TABLE")
    )
    assert all(item["ttl"] > stand.clock.time() for item in journal)
    lasting = {(item["pk"], item["sk"]) for item in state if "ttl" not in item}
    assert {key for key in lasting if key[1] != "MEMORY"} == {(f"PAGE#{other}", "SNAPSHOT")}
    # Lasting memory is of things, not of people.
    assert {key[0].split("#")[1] for key in lasting if key[1] == "MEMORY"} <= {
        "PROPERTIES",
        "BUDGET",
        "SLACK",
    }


@pytest.mark.req("P8")
def test_a_page_that_is_gone_is_forgotten_after_forty_days_unless_it_comes_back(
    stand: Stand, task: str
) -> None:
    stand.send(task)
    stand.work()
    assert "ttl" not in stand.snapshot(task)

    stand.clock.sleep(60)
    stand.notion.trash(task)
    stand.send(task)
    stand.work()
    assert stand.snapshot(task)["ttl"] == pytest.approx(stand.clock.time() + 40 * 86_400, abs=60)

    stand.clock.sleep(60)
    stand.notion.restore(task)
    stand.send(task, type="page.undeleted")
    stand.work()
    assert "ttl" not in stand.snapshot(task)


@pytest.mark.req("P3", "P8")
def test_a_page_that_comes_back_after_it_was_forgotten_is_told_of_anew(stand: Stand, task: str) -> None:
    table = stand.dynamodb.Table(stand.environ["STATE_TABLE"])
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    # DynamoDB deletes what has expired in any order, and days late: here the snapshot first.
    table.delete_item(Key={"pk": f"PAGE#{task}", "sk": "SNAPSHOT"})
    stand.clock.sleep(41 * 86_400)

    stand.send(task)
    stand.work()

    assert len(stand.comments(task)) == 2
