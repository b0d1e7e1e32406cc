"""The small simulators: faults on order, and operated from another process by their admin API."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.status_page import StatusPageSimulator

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
