"""The small simulators: faults on order, and operated from another process by their admin API."""

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.simulators.hubspot import HubSpotAdmin, HubSpotSimulator
from infra.local.simulators.small_client import MachineAdmin
from infra.local.simulators.small_machine import Machine, SimulatorError
from infra.local.simulators.status_page import StatusPageAdmin, StatusPageSimulator

ROOT = Path(__file__).parents[3]


@pytest.fixture
def page() -> Iterator[StatusPageSimulator]:
    with StatusPageSimulator() as simulator:
        yield simulator


def operate(url: str, operation: str, **arguments: Any) -> requests.Response:
    return requests.post(f"{url}/_admin/{operation}", json=arguments, timeout=5)


def test_a_fault_is_for_its_path_and_its_times_and_the_log_has_it(page: StatusPageSimulator) -> None:
    page.add_fault({"kind": "answer", "status": 503, "headers": {"Retry-After": "7"}}, path="status", times=1)
    answers = [
        requests.get(f"{page.url}/api/v2/{name}.json", timeout=5) for name in ("summary", "status", "status")
    ]

    assert [a.status_code for a in answers] == [200, 503, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert [row["status"] for row in page.requests()] == [200, 503, 200]


def test_a_request_that_hangs_is_let_go_unanswered(page: StatusPageSimulator) -> None:
    page.add_fault({"kind": "hang"})
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(page.summary_url, timeout=0.2)
    page.release()

    assert requests.get(page.summary_url, timeout=5).status_code == 200


def test_an_incident_is_on_the_page_until_it_is_resolved(page: StatusPageSimulator) -> None:
    incident = operate(page.url, "open_incident", name="API errors").json()["result"]
    operate(page.url, "update_incident", incident=incident, status="identified", body="We know why.")
    (shown,) = requests.get(page.summary_url, timeout=5).json()["incidents"]
    operate(page.url, "resolve", incident=incident)

    assert [u["body"] for u in shown["incident_updates"]] == ["We know why.", "We are investigating."]
    assert requests.get(page.summary_url, timeout=5).json()["incidents"] == []


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("explode", {}),
        ("__init__", {}),
        ("add_fault", {"action": {"kind": "nothing"}}),
        ("set_status", {"color": 1}),
    ],
)
def test_a_wrong_use_of_the_admin_api_is_refused(
    page: StatusPageSimulator, operation: str, arguments: dict[str, Any]
) -> None:
    assert operate(page.url, operation, **arguments).status_code == 400


@pytest.mark.parametrize(("name", "key"), [("status_page", "summary_url"), ("hubspot", "url")])
def test_a_simulator_runs_in_a_process_of_its_own_and_says_where(name: str, key: str) -> None:
    command = [sys.executable, "-m", f"infra.local.simulators.{name}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        answer = requests.get(told[key], timeout=5)
        process.terminate()
        assert process.wait(10) == 0

    assert answer.status_code == (200 if name == "status_page" else 401)


def test_ten_seconds_free_the_short_limit_and_the_headers_count_down() -> None:
    now = [1_000.0]
    with HubSpotSimulator(clock=lambda: now[0], rolling=1) as hubspot:

        def ask() -> requests.Response:
            headers = {"Authorization": f"Bearer {hubspot.token}"}
            return requests.get(f"{hubspot.url}/account-info/v3/details", headers=headers, timeout=5)

        first, second = ask(), ask()
        now[0] += 10
        third = ask()

    assert [a.status_code for a in (first, second, third)] == [200, 429, 200]
    assert first.headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert second.json()["policyName"] == "TEN_SECONDLY_ROLLING"


@pytest.mark.parametrize(
    ("simulator", "admin"), [(HubSpotSimulator, HubSpotAdmin), (StatusPageSimulator, StatusPageAdmin)]
)
def test_an_admin_client_has_every_operation_of_its_simulator(
    simulator: type[Machine], admin: type[MachineAdmin]
) -> None:
    for operation in simulator.operations:
        assert inspect.signature(getattr(admin, operation)) == inspect.signature(
            getattr(simulator, operation)
        )


def test_an_admin_client_does_over_http_what_the_simulator_does() -> None:
    with StatusPageSimulator() as page, HubSpotSimulator() as hubspot:
        admin, desk = StatusPageAdmin(page.url), HubSpotAdmin(hubspot.url)
        admin.set_status("critical", "All is out")
        incident = admin.open_incident("API is down", "critical")
        admin.set_component("API", "major_outage")
        shown = requests.get(page.summary_url, timeout=5).json()
        admin.update_incident(incident, "identified", "We know why.")
        admin.resolve(incident)
        assert shown["status"] == {"indicator": "critical", "description": "All is out"}
        assert [one["impact"] for one in shown["incidents"]] == ["critical"]
        assert {"name": "API", "status": "major_outage"} in shown["components"]
        assert requests.get(page.summary_url, timeout=5).json()["incidents"] == []

        def ask(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            address = f"{hubspot.url}/crm/v3/objects/contacts"
            return requests.get(address, headers=headers, timeout=5).status_code

        desk.set_token("another")
        assert [ask(hubspot.token), ask("made up")] == [200, 401]
        desk.set_scopes([])
        assert ask("another") == 403
        desk.fail(503, path="contacts", times=1)
        assert ask("another") == 503
        desk.spend_daily()
        assert ask("another") == 429
        desk.add_fault({"kind": "html", "status": 502}, path="contacts", times=None)
        assert ask("another") == 502
        desk.clear_faults()
        assert ask("another") == 429
        assert [row["status"] for row in desk.requests()][-3:] == [429, 502, 429]
        with pytest.raises(SimulatorError, match="a fault's kind is one of"):
            desk.add_fault({"kind": "nothing"})


def test_an_admin_client_lets_go_what_hangs() -> None:
    with StatusPageSimulator() as page:
        admin = StatusPageAdmin(page.url)
        admin.add_fault({"kind": "hang"})
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(page.summary_url, timeout=0.2)
        admin.release()

        assert requests.get(page.summary_url, timeout=5).status_code == 200
