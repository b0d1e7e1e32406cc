"""The admin API of the Notion simulator: the same in this process and over HTTP, and a process of its own."""

import inspect
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.simulators.notion import (
    NotionAdmin,
    NotionControl,
    NotionSimulator,
    SimulatorError,
    seed_demo,
)
from infra.local.simulators.notion.operations import NAMES, Operations
from tests.integration.notion_simulator.stand import Api, Receiver

pytestmark = pytest.mark.req("O1")
ROOT = Path(__file__).parents[3]


def test_control_and_operations_have_the_same_methods_and_arguments() -> None:
    control = {
        name: set(inspect.signature(method).parameters)
        for name, method in inspect.getmembers(NotionControl, inspect.isfunction)
        if not name.startswith("_") and name != "replay"
    }
    operations = {name: set(inspect.signature(getattr(Operations, name)).parameters) for name in NAMES}
    assert control == operations


def test_the_admin_api_does_the_same_over_http(sim: NotionSimulator, receiver: Receiver) -> None:
    admin = NotionAdmin(sim.url)
    demo = seed_demo(admin)
    task = demo.tasks["Café menu & prices"]
    admin.create_subscription(receiver.url, active=True)
    assert admin.edit(task, properties={"Assignee": [demo.chloe]}, by=demo.ann) == ["XGe%40"]
    assert admin.drain()
    assert admin.page(task) == sim.page(task)
    assert admin.truth()["pages"] == sim.truth()["pages"]
    assert receiver.types() == ["page.properties_updated"]
    assert admin.counters()["requests"] == 0


def test_nonsense_is_refused_with_a_reason(sim: NotionSimulator) -> None:
    admin = NotionAdmin(sim.url)
    with pytest.raises(SimulatorError, match="Could not find page"):
        admin.page("nope")
    with pytest.raises(SimulatorError, match="add_user first"):
        admin.add_page(properties={"title": "x"}) and admin.edit(admin.add_page(), properties={"title": "x"})
    with pytest.raises(SimulatorError, match="no operation"):
        admin.replay([{"call": "explode"}])
    with pytest.raises(SimulatorError, match="exactly one property of type title"):
        admin.add_data_source("x", {"a": "number"})
    with pytest.raises(SimulatorError, match="no simulator answers"):
        NotionAdmin("http://127.0.0.1:9").users()


def test_requests_are_logged_with_what_tests_need(sim: NotionSimulator, api: Api, task: str) -> None:
    api.ok("PATCH", f"/v1/pages/{task}?filter_properties=title", {"in_trash": False})
    row = sim.requests(path="^/v1/pages/", method="PATCH")[0]
    assert row["time"] == "2026-11-21T10:15:42.123Z"
    assert (row["status"], row["connection"], row["version"]) == (200, "Steward", "2026-03-11")
    assert (row["query"], json.loads(row["body"])) == ("filter_properties=title", {"in_trash": False})
    assert sim.counters()["by_status"] == {"200": 1}


def test_schema_changes_show_in_pages(sim: NotionSimulator, task: str) -> None:
    source = sim.page(task)["parent"]["data_source_id"]
    sim.update_schema(source, rename={"Status": "State"}, retype={"Priority": "number"}, remove=["Due"])
    properties = sim.page(task)["properties"]
    assert properties["State"]["status"]["name"] == "In progress"
    assert (properties["Priority"]["type"], properties["Priority"]["number"]) == ("number", None)
    assert "Due" not in properties


def test_reset_empties_the_workspace_and_keeps_the_door(sim: NotionSimulator, api: Api, task: str) -> None:
    before = api.ok("GET", "/v1/users/me")["id"]
    sim.reset()
    assert api.ok("GET", "/v1/users/me")["id"] == before == sim.bot_id
    assert api.refused("GET", f"/v1/pages/{task}") == (404, "object_not_found")
    assert sim.counters()["requests"] == 2
    seed_demo(sim)
    api.ok("GET", f"/v1/pages/{task}")


def test_the_same_seed_makes_the_same_ids() -> None:
    def ids(seed: int) -> list[str]:
        with NotionSimulator(seed=seed) as simulator:
            simulator.add_user("Ann")
            return [simulator.bot_id, simulator.add_page(properties={"title": "x"})]

    assert ids(1) == ids(1) != ids(2)


def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    seeds = tmp_path / "seed.json"
    seeds.write_text(json.dumps([{"call": "add_user", "arguments": {"name": "Dora"}}]), "utf-8")
    command = [
        sys.executable,
        "-m",
        "infra.local.simulators.notion",
        "--port",
        "0",
        "--token",
        "ntn_t",
        "--demo",
    ]
    with subprocess.Popen([*command, "--seed-file", str(seeds)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        api = Api(url, "ntn_t")
        names = [user["name"] for user in api.ok("GET", "/v1/users")["results"]]
        api.connection.close()
        assert names == ["Steward", "Ann", "Ben", "Chloé", "Dan", "Eve", "Dora"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_is_named(sim: NotionSimulator, capfd: pytest.CaptureFixture[str]) -> None:
    port = sim.url.rpartition(":")[2]
    command = [sys.executable, "-m", "infra.local.simulators.notion", "--port", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"cannot listen on port {port}" in done.stderr
