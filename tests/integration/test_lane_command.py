"""``lane status | pause | resume`` on the whole of Steward in one process."""

import json
from collections.abc import Iterator

import pytest

from infra.local.simulators.notion import faults
from infra.operate import target
from infra.operate.__main__ import main
from tests.integration.here import Here
from tests.integration.stand import Stand, standing


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with standing() as made:
        monkeypatch.setattr(target, "find", lambda *_: Here(made))
        yield made


@pytest.fixture
def task(stand: Stand) -> str:
    return stand.demo.tasks["Review the contract"]


@pytest.mark.req("T5", "O4")
def test_an_operators_pause_holds_events_until_an_operator_lets_them_go_on(
    stand: Stand, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lane", "pause", "--reason", "we move the workspace"]) == 0
    assert "we move the workspace" in capsys.readouterr().out
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    for _ in range(60):
        stand.clock.sleep(60)
        assert stand.look() == "resting"
        assert stand.work() == 0

    assert main(["lane", "resume"]) == 0
    stand.work()
    stand.gather()

    assert len(stand.comments(task)) == len(stand.notices()) == 1


@pytest.mark.req("T5", "O4")
def test_an_operators_pause_takes_the_place_of_one_that_a_probe_would_end(stand: Stand, task: str) -> None:
    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    main(["lane", "pause"])
    stand.notion.clear_faults()
    stand.clock.sleep(7200)

    assert stand.look() == "resting"


@pytest.mark.req("T5", "O4")
def test_the_status_says_since_when_why_and_how_much_waits(
    stand: Stand, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lane", "status"]) == 0
    assert (
        capsys.readouterr().out == "the lane runs; about 0 messages wait, 0 more are hidden or being worked\n"
    )
    main(["lane", "pause", "--reason", "a drill"])
    stand.send(task)
    capsys.readouterr()

    main(["lane", "status"])
    assert (
        "(operator): a drill; no probe: `lane resume` ends it; about 1 messages wait"
        in capsys.readouterr().out
    )
    main(["lane", "status", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert (document["phase"], document["cause"], document["waiting"]) == ("paused", "operator", 1)


@pytest.mark.req("O4")
def test_resuming_a_lane_that_runs_is_harmless(stand: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lane", "resume"]) == 0
    assert "did not rest" in capsys.readouterr().out
    assert stand.functions.enabled


@pytest.mark.req("T5", "O4")
def test_pause_and_resume_are_short_for_those_of_the_lane(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pause", "--reason", "a drill", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["phase"], document["cause"], document["detail"]) == ("paused", "operator", "a drill")
    assert stand.functions.updates == [False]
    assert main(["pause"]) == 0
    assert "(operator): a drill" in capsys.readouterr().out

    assert main(["resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rested": True}
    assert stand.functions.updates == [False, True]
    assert main(["resume"]) == 0
    assert "did not rest" in capsys.readouterr().out
