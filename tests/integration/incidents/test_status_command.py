"""``status`` on a journal that the desk wrote: what people outside the team may read."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from infra.operate import status, target
from infra.operate.__main__ import main
from steward.incidents.classes import Severity
from tests.integration.incidents.rig import Rig
from tests.integration.incidents.test_incident_command import Here

Run = Callable[..., str]


@pytest.fixture
def run(rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(target, "find", lambda *_: Here(rig))
    monkeypatch.setattr(status, "utc_now", rig.clock.now)

    def running(*arguments: str) -> str:
        assert main(["status", *arguments]) == 0
        return capsys.readouterr().out

    return running


@pytest.mark.req("C4", "O4")
def test_without_an_incident_everything_works(run: Run) -> None:
    assert "Everything works." in run()
    assert json.loads(run("--json"))["incidents"] == []


@pytest.mark.req("C4", "O4")
def test_what_is_going_on_and_what_is_over_lately_is_told(rig: Rig, run: Run) -> None:
    rig.run("ooo", severity=Severity.P1)
    assert "There is an outage." in run()
    assert [(i["id"], i["stage"]) for i in json.loads(run("--json"))["incidents"]] == [
        ("notion-20261121-1", "investigating")
    ]

    rig.run("h" * 9)
    told = json.loads(run("--json"))
    assert told["status"] == "operational"
    assert [i["stage"] for i in told["incidents"]] == ["resolved"]
    assert "**Resolved:**" in run()

    rig.wait(timedelta(days=2))
    assert json.loads(run("--json"))["incidents"] == []
