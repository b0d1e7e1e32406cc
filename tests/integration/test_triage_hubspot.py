"""HubSpot as the probes find it, and what goes wrong with a probe itself."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from infra.local.simulators.hubspot import HubSpotSimulator
from steward.errors import Failure
from tests.integration.looking import BAD, GOOD, NOW, UNKNOWN, asked, asker, shown
from triage.findings import Probe
from triage.looks import Patience, at_vendor
from triage.probes.asking import Asker, OpenPurse
from triage.round import look
from triage.vendors.hubspot import VENDOR as HUBSPOT


@pytest.fixture
def hubspot() -> Iterator[HubSpotSimulator]:
    with HubSpotSimulator(clock=NOW.timestamp) as simulator:
        yield simulator


@pytest.mark.req("T4")
def test_a_healthy_hubspot_tells_its_account_and_its_headroom(hubspot: HubSpotSimulator) -> None:
    found = asked(asker(HUBSPOT, hubspot.url, hubspot.token))

    assert [(f.probe, f.verdict) for f in found] == [
        (Probe.AUTH, GOOD),
        (Probe.LATENCY, GOOD),
        (Probe.QUOTA, GOOD),
    ]
    assert found[0].says == "connected as account 62515 (standard)"
    assert found[2].numbers == {
        "daily_limit": 250_000,
        "daily_remaining": 249_998,
        "10_seconds_limit": 100,
        "10_seconds_remaining": 98,
    }


@pytest.mark.req("T4")
@pytest.mark.parametrize(
    ("status", "failure", "code"),
    [
        (401, "unauthorized", "INVALID_AUTHENTICATION"),
        (403, "forbidden", "MISSING_SCOPES"),
        (423, "unavailable", "RATE_LIMITS"),
        (477, "unavailable", "MIGRATION_IN_PROGRESS"),
        (502, "unavailable", None),
        (503, "unavailable", None),
    ],
)
def test_every_error_of_hubspot_is_told_with_its_correlation_id(
    hubspot: HubSpotSimulator, status: int, failure: str, code: str | None
) -> None:
    hubspot.fail(status)
    auth = asked(asker(HUBSPOT, hubspot.url, hubspot.token))[0]

    assert (auth.verdict, str(auth.failure), auth.status, auth.code) == (BAD, failure, status, code)
    assert (auth.correlation_id or "").startswith("00000000-")


@pytest.mark.req("T4")
@pytest.mark.parametrize("status", [521, 522, 523])
def test_hubspots_edge_speaks_html_and_is_trouble_all_the_same(
    hubspot: HubSpotSimulator, status: int
) -> None:
    hubspot.add_fault({"kind": "html", "status": status}, times=None)
    auth = asked(asker(HUBSPOT, hubspot.url, hubspot.token))[0]

    assert (auth.verdict, auth.failure, auth.status) == (BAD, Failure.UNAVAILABLE, status)


@pytest.mark.req("T4")
def test_a_spent_day_and_a_spent_moment_are_told_apart(hubspot: HubSpotSimulator) -> None:
    hubspot.spend_daily(12_000)
    low = asked(asker(HUBSPOT, hubspot.url, hubspot.token))
    assert [f.code for f in low if f.probe is Probe.QUOTA and f.verdict is BAD] == ["daily"]

    hubspot.spend_daily(0)
    spent = asked(asker(HUBSPOT, hubspot.url, hubspot.token))
    assert (spent[0].failure, spent[0].code) == (Failure.RATE_LIMITED, "DAILY")

    with HubSpotSimulator(clock=NOW.timestamp, rolling=0) as other:
        rolling = asked(asker(HUBSPOT, other.url, other.token))
    assert (rolling[0].failure, rolling[0].code) == (Failure.RATE_LIMITED, "TEN_SECONDLY_ROLLING")


class Stuck(requests.Session):
    """A session that hangs where no timeout of its own reaches, as a name server can."""

    def __init__(self, free: threading.Event) -> None:
        super().__init__()
        self._free = free

    def request(self, *args: Any, **more: Any) -> requests.Response:
        self._free.wait()
        raise requests.exceptions.ConnectionError


@pytest.mark.req("T1")
def test_a_call_that_hangs_beyond_its_own_timeout_is_given_up_and_told() -> None:
    free = threading.Event()
    asks = Asker(
        HUBSPOT,
        session=lambda: Stuck(free),
        token=lambda _: "pat",
        purse=OpenPurse(),
        now=lambda: NOW,
        clock=time.monotonic,
    )
    one = at_vendor(asks, dict, patience=Patience(ask=1.0, asks=1.2))
    found = look([one], now=lambda: NOW)
    free.set()

    assert [(f.probe, f.verdict) for f in found] == [(Probe.AUTH, UNKNOWN), (Probe.LATENCY, UNKNOWN)]
    assert all("no end after 1." in f.says for f in found)


@pytest.mark.req("T1")
def test_a_description_with_a_mistake_blinds_one_ask_and_not_the_others(hubspot: HubSpotSimulator) -> None:
    def mistaken(_: Any) -> Any:
        raise KeyError("portal of somebody")

    wrong = replace(HUBSPOT, who=mistaken, headroom=mistaken)
    found = asked(asker(wrong, hubspot.url, hubspot.token))

    assert [(f.probe, f.verdict, f.says.rpartition(": ")[2]) for f in found if f.verdict is not GOOD] == [
        (Probe.AUTH, UNKNOWN, "KeyError"),
        (Probe.QUOTA, UNKNOWN, "KeyError"),
    ]
    assert shown(found, Probe.LATENCY) == [(GOOD, None)]
