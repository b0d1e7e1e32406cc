"""``triage``: from a terminal with a token and nothing else, against simulated vendors."""

import json
from collections.abc import Iterator

import pytest

from infra.local.simulators.notion import faults
from infra.local.simulators.notion.demo import TASKS_DATABASE
from infra.operate import triage
from infra.operate.__main__ import main
from infra.operate.vendor_access import Surroundings
from steward.incidents.classes import Class, Severity
from tests.unit.operate.vendors import NOW, Out, World, simulated
from triage.diagnosis.diagnosis import Diagnosis
from triage.vendors import known


@pytest.fixture
def world() -> Iterator[World]:
    with simulated() as one:
        yield one


def sections(text: str) -> dict[str, str]:
    """Section → its first line."""
    found = {}
    for line in text.splitlines():
        if line.startswith("  ") and line[2] != " ":
            found[line[2:19].strip()] = line[19:]
    return found


@pytest.mark.req("T2")
def test_a_token_is_enough_for_four_sections_the_class_and_the_next_step(world: World, capsys: Out) -> None:
    assert world.triage() == 0
    told = sections(capsys.readouterr().out)

    assert list(told) == [
        "time",
        "platform status",
        "auth",
        "responsiveness",
        "classification",
        "next step",
    ]
    assert told["time"].startswith("2026-11-20 12:00:00Z")
    assert told["platform status"] == "ok   none: All Systems Operational"
    assert told["auth"] == "ok   connected as Steward in Northwind"
    assert told["responsiveness"].startswith("ok   it answered who we are in 0.")
    assert told["classification"] == "healthy (99% sure)"
    assert told["next step"] == "nothing"


@pytest.mark.req("T2")
def test_a_test_database_lets_a_query_be_timed(world: World, capsys: Out) -> None:
    world.triage()
    without = capsys.readouterr().out
    world.environ["NOTION_TEST_DATABASE_ID"] = TASKS_DATABASE
    world.triage()
    with_one = capsys.readouterr().out

    assert "one row of a data source: not asked, no data source is known" in without
    assert "ok   one row of a data source in 0." in with_one
    assert "ok   may read comments: allowed" in with_one


@pytest.mark.req("T2")
def test_the_json_says_the_same_as_the_text(world: World, capsys: Out) -> None:
    assert world.triage(as_json=True) == 0
    told = json.loads(capsys.readouterr().out)

    (vendor,) = told["vendors"]
    assert (told["exit"], vendor["vendor"], vendor["class"], vendor["severity"]) == (
        0,
        "notion",
        "healthy",
        None,
    )
    auth = next(f for f in vendor["findings"] if f["probe"] == "auth")
    assert (auth["verdict"], auth["status"], auth["says"]) == (
        "good",
        200,
        "connected as Steward in Northwind",
    )
    assert 0 < told["seconds"] < 5  # of the injected clock


@pytest.mark.req("T2")
def test_a_wrong_token_is_asked_for_three_times_before_it_is_called_wrong(world: World, capsys: Out) -> None:
    world.environ["NOTION_TOKEN"] = "ntn_wrong"
    assert world.triage() == triage.EXITS[Class.TOKEN] == 12
    text = capsys.readouterr().out

    assert "BAD  who we are: 401 unauthorized, 3 times in a row [" in text
    assert sections(text)["next step"] == "rotate the token"
    assert sections(text)["do not"] == "restart or redeploy, retry harder"
    assert world.slept == [0.3, 0.3]
    assert "ntn_wrong" not in text


@pytest.mark.req("T2")
def test_without_a_token_the_status_page_is_told_and_what_to_set(world: World, capsys: Out) -> None:
    del world.environ["NOTION_TOKEN"]
    assert world.triage() == 2
    said = capsys.readouterr()

    told = sections(said.out)
    assert told["platform status"] == "ok   none: All Systems Operational"
    assert told["auth"] == "?    not asked: put a token into NOTION_TOKEN"
    assert said.err == "triage: no token to ask with: put one into NOTION_TOKEN\n"
    assert world.notion.requests() == []


@pytest.mark.req("T2")
def test_a_status_page_that_is_down_is_unknown_and_no_reason_for_an_alarm(world: World, capsys: Out) -> None:
    world.page.add_fault({"kind": "html"}, times=None)
    assert world.triage() == 0

    assert sections(capsys.readouterr().out)["platform status"] == (
        "?    says nothing (127.0.0.1: no status document)"
    )


@pytest.mark.req("T2")
def test_a_green_page_does_not_hide_a_vendor_in_trouble(world: World, capsys: Out) -> None:
    world.notion.add_fault(faults.answer(529), times="forever")
    assert world.triage() == triage.EXITS[Class.OUTAGE]

    told = sections(capsys.readouterr().out)
    assert told["platform status"].startswith("ok ")
    assert told["auth"].startswith("BAD  who we are: 529 service_overload")
    assert told["classification"].startswith("vendor outage (P1, ")


@pytest.mark.req("T2", "T4")
def test_of_all_vendors_the_worst_decides_and_those_without_a_token_do_not(world: World, capsys: Out) -> None:
    assert world.triage("all") == 0
    without = capsys.readouterr().out
    world.environ["HUBSPOT_ACCESS_TOKEN"] = "wrong"
    world.page.set_status("minor")
    assert world.triage("all", as_json=True) == triage.EXITS[Class.TOKEN]
    told = json.loads(capsys.readouterr().out)

    assert "none: there is no HUBSPOT_ACCESS_TOKEN" in without
    assert {v["vendor"]: v["severity"] for v in told["vendors"]} == {"hubspot": "P1", "notion": "P4"}


@pytest.mark.req("T2")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_vendor_that_is_well_does_not_hide_one_that_is_not(order: tuple[int, int]) -> None:
    well = Diagnosis("hubspot", Class.HEALTHY, 0.99, None)
    sick = Diagnosis("notion", Class.CAPABILITY, 0.6, Severity.P3)
    results = [triage.Result(known()[d.vendor], (), d) for d in (well, sick)]

    assert triage.exit_of([results[number] for number in order]) == triage.EXITS[Class.CAPABILITY]


@pytest.mark.req("T2", "T4")
def test_hubspot_tells_its_headroom(world: World, capsys: Out) -> None:
    world.environ["HUBSPOT_ACCESS_TOKEN"] = world.hubspot.token
    assert world.triage("hubspot") == 0
    text = capsys.readouterr().out

    assert "ok   connected as account 62515 (standard)" in text
    assert "ok   daily: 249998 of 250000 left, 10 seconds: 98 of 100 left" in text


@pytest.mark.req("T2")
def test_what_takes_longer_than_is_slow_is_called_slow_and_not_unreachable(world: World, capsys: Out) -> None:
    world.environ["NOTION_TEST_DATABASE_ID"] = TASKS_DATABASE
    world.notion.add_fault(faults.latency(2.1), match={"path": "query"}, times="forever")
    here = Surroundings(world.environ, lambda: NOW)

    # One slow answer is no diagnosis yet.
    assert triage.run("notion", here, as_json=False) == triage.EXITS[Class.UNKNOWN]
    text = capsys.readouterr().out
    assert "BAD  one row of a data source took 2." in text
    assert sections(text)["next step"] == "probe again before doing anything; look at: latency, auth"


@pytest.mark.req("T2")
def test_a_clock_that_is_wrong_is_said(world: World, capsys: Out) -> None:
    world.notion.set_clock_offset(-90)
    world.triage()

    assert sections(capsys.readouterr().out)["time"].endswith("our clock is 90 s ahead of Notion's")


@pytest.mark.req("T2")
def test_every_class_has_an_exit_status_of_its_own_and_the_help_has_the_table() -> None:
    assert set(triage.EXITS) == set(Class)
    assert len(set(triage.EXITS.values()) | {1, 2}) == len(Class) + 2
    for cls, code in triage.EXITS.items():
        assert f"  {code:>2}  {cls}" in triage.epilog().splitlines()


@pytest.mark.req("T2")
def test_the_command_line_knows_every_vendor_that_is_described(
    world: World, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)

    assert main(["triage", "notion", "--json"]) == 0
    assert [v["vendor"] for v in json.loads(capsys.readouterr().out)["vendors"]] == ["notion"]
    with pytest.raises(SystemExit):
        main(["triage", "nobody"])
    assert "hubspot" in capsys.readouterr().err
