"""``doctor``: one line that says who we are, or what is wrong."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.operate import doctor
from infra.operate.__main__ import main
from tests.unit.operate.vendors import Out, World, simulated


@pytest.fixture
def world() -> Iterator[World]:
    with simulated() as one:
        yield one


@pytest.mark.req("T2", "O4")
def test_doctor_says_in_one_line_who_we_are(
    world: World, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "OK: connected as Steward in Northwind\n"
    assert [r["path"] for r in world.notion.requests()] == ["/v1/users/me"]

    world.environ["HUBSPOT_ACCESS_TOKEN"] = world.hubspot.token
    assert doctor.run("all", world.here) == 0
    assert capsys.readouterr().out == (
        "OK: connected as account 62515 (standard) (HubSpot) and Steward in Northwind (Notion)\n"
    )


@pytest.mark.req("T2", "O4")
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (faults.answer(401), "401 unauthorized, 3 times in a row: the token is not accepted"),
        (faults.answer(503), "503 service_unavailable: the vendor is in trouble"),
        (faults.html(), "403, unavailable: the vendor is in trouble"),
        (faults.answer(429, reason="public_api_request_blocked"), "only its support lifts that"),
        (faults.reset(), "unreachable ("),
    ],
)
def test_doctor_says_in_one_line_what_is_wrong(world: World, capsys: Out, fault: Any, says: str) -> None:
    world.notion.add_fault(fault, times="forever")
    assert doctor.run("notion", world.here) == 1

    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Notion: who we are: ")
    assert says in line


@pytest.mark.req("T2", "O4")
def test_doctor_says_the_same_as_json(world: World, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor", "notion", "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert line == {"vendor": "notion", "state": "ok", "says": "connected as Steward in Northwind"}

    world.notion.add_fault(faults.answer(401), times="forever")
    assert doctor.run("notion", world.here, as_json=True) == 1
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert line["state"] == "fault"


@pytest.mark.req("T2", "O4")
def test_doctor_without_a_token_says_which_variable_is_empty(world: World, capsys: Out) -> None:
    world.environ.pop("NOTION_TOKEN")
    assert doctor.run("notion", world.here) == 2
    assert capsys.readouterr().err == "doctor: no token to ask with: put one into NOTION_TOKEN\n"


@pytest.mark.req("O4")
def test_a_stack_is_examined_whole_and_a_vendor_beside_it_is_refused(capsys: Out) -> None:
    assert main(["doctor", "notion", "--local", "--json"]) == 2
    assert "a stack is examined whole" in json.loads(capsys.readouterr().out)["error"]
