"""Notion as the probes find it: what each trouble looks like as findings, and that looking changes nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.local.simulators.notion import NotionSimulator, faults, seed_demo
from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE, TASKS_DATABASE
from steward.budget import Budget
from steward.clients.transport import plain_session
from steward.errors import Failure
from tests.integration.looking import BAD, GOOD, NOW, UNKNOWN, asked, asker, shown
from triage.findings import Finding, Probe
from triage.probes.asking import Asker, OpenPurse
from triage.vendors.notion import VENDOR as NOTION


@pytest.fixture
def notion() -> Iterator[NotionSimulator]:
    with NotionSimulator(clock=NOW.timestamp) as simulator:
        seed_demo(simulator)
        yield simulator
        simulator.release_hangs()


def of_notion(notion: NotionSimulator, **more: Any) -> tuple[Finding, ...]:
    return asked(asker(NOTION, notion.url, notion.token), {"database": TASKS_DATABASE}, **more)


@pytest.mark.req("T1", "T2")
def test_a_healthy_notion_knows_us_and_every_finding_has_its_time(notion: NotionSimulator) -> None:
    found = of_notion(notion, wanted=("see e-mail addresses",))

    assert [(f.probe, f.verdict) for f in found] == [
        (Probe.AUTH, GOOD),
        (Probe.SHARED, GOOD),
        (Probe.CAPABILITIES, UNKNOWN),  # insert comments: only a comment would prove it
        (Probe.CAPABILITIES, GOOD),
        (Probe.LATENCY, GOOD),
        (Probe.CAPABILITIES, GOOD),
    ]
    assert found[0].says == "connected as Steward in Northwind"
    assert found[2].failure is None  # what was provoked has not failed
    assert all(f.seconds is not None and f.seconds > 0 for f in found)


@pytest.mark.req("T1")
def test_looking_writes_nothing(notion: NotionSimulator) -> None:
    of_notion(notion)

    writes = [r for r in notion.requests() if r["method"] != "GET" and not r["path"].endswith("/query")]
    assert [(r["method"], r["path"], r["status"]) for r in writes] == [("POST", "/v1/comments", 404)]


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("capabilities", "name", "probe"),
    [
        ({"read_comments": False}, "read comments", Probe.CAPABILITIES),
        ({"insert_comments": False}, "insert comments", Probe.CAPABILITIES),
        ({"users": "without_email"}, "see e-mail addresses", Probe.CAPABILITIES),
        ({"users": "none"}, "see e-mail addresses", Probe.CAPABILITIES),
    ],
)
def test_a_missing_capability_is_found_and_named(
    notion: NotionSimulator, capabilities: dict[str, Any], name: str, probe: Probe
) -> None:
    notion.set_capabilities(capabilities)
    found = of_notion(notion, wanted=("see e-mail addresses",))

    bad = [f for f in found if f.verdict is BAD]
    assert [(f.probe, f.says.startswith(f"may {name}: ")) for f in bad] == [(probe, True)]


@pytest.mark.req("T1")
def test_lacking_what_nothing_needs_is_not_bad(notion: NotionSimulator) -> None:
    notion.set_capabilities({"users": "without_email"})
    found = of_notion(notion)

    assert BAD not in {f.verdict for f in found}
    assert any("nothing needs it" in f.says for f in found)


@pytest.mark.req("T1")
def test_without_the_capability_to_read_content_the_query_tells_of_the_capability_and_not_of_slowness(
    notion: NotionSimulator,
) -> None:
    notion.set_capabilities({"read_content": False})
    found = asked(asker(NOTION, notion.url, notion.token), {"data_source": TASKS_DATA_SOURCE})

    assert shown(found, Probe.LATENCY) == []
    assert (BAD, "forbidden") in shown(found, Probe.CAPABILITIES)


@pytest.mark.req("T1", "T3")
def test_a_steady_401_is_asked_three_times_and_one_that_passes_is_none(notion: NotionSimulator) -> None:
    notion.revoke_token(notion.token)
    steady = asked(asker(NOTION, notion.url, notion.token))[0]
    assert (steady.verdict, steady.failure, steady.status, steady.times) == (
        BAD,
        Failure.UNAUTHORIZED,
        401,
        3,
    )
    assert steady.correlation_id

    notion.add_token("ntn_fresh")
    notion.add_fault(faults.answer(401), match={"path": "/v1/users/me"}, times=1)
    passing = asked(asker(NOTION, notion.url, "ntn_fresh"))[0]
    assert (passing.verdict, passing.failure, passing.times) == (GOOD, None, 1)


@pytest.mark.req("T1", "T9")
def test_a_token_that_was_replaced_meanwhile_is_read_anew(notion: NotionSimulator) -> None:
    asks = Asker(
        replace(NOTION, base_url=notion.url),
        session=plain_session,
        token=lambda fresh: notion.token if fresh else "ntn_old",
        purse=OpenPurse(),
        now=lambda: NOW,
        clock=time.monotonic,
    )

    assert asked(asks)[0].verdict is GOOD


@pytest.mark.req("T1")
def test_without_a_token_nothing_is_asked_and_that_is_said_once(notion: NotionSimulator) -> None:
    found = asked(asker(NOTION, notion.url, ""))

    assert [(f.probe, f.verdict, f.code, f.says) for f in found] == [
        (Probe.AUTH, BAD, "no_token", "who we are: no token is configured")
    ]
    assert notion.requests() == []


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("fault", "failure", "status", "code"),
    [
        (faults.answer(503), "unavailable", 503, "service_unavailable"),
        (faults.answer(529), "unavailable", 529, "service_overload"),
        (faults.html(), "unavailable", 403, None),
        (faults.malformed(), "unavailable", 200, None),
        (
            faults.answer(429, reason="public_api_space_request_rate_limit", retry_after=30),
            "workspace_limited",
            429,
            "public_api_space_request_rate_limit",
        ),
        (
            faults.answer(429, reason="public_api_request_blocked"),
            "blocked",
            429,
            "public_api_request_blocked",
        ),
    ],
)
def test_a_vendor_in_trouble_is_told_with_its_raw_status_and_code(
    notion: NotionSimulator, fault: Any, failure: str, status: int, code: str | None
) -> None:
    notion.add_fault(fault, times="forever")
    auth = of_notion(notion)[0]

    assert (auth.verdict, str(auth.failure), auth.status, auth.code) == (BAD, failure, status, code)


@pytest.mark.req("T1")
def test_a_vendor_that_is_silent_is_unreachable_and_the_round_goes_on(notion: NotionSimulator) -> None:
    notion.add_fault(faults.hang(), match={"path": "/v1/users/me"}, times="forever")
    found = of_notion(notion, each=1.2)

    assert (found[0].verdict, found[0].failure, found[0].code) == (BAD, Failure.UNREACHABLE, "ReadTimeout")
    assert shown(found, Probe.LATENCY) == [(GOOD, None)]


@pytest.mark.req("T1")
def test_a_database_that_is_not_shared_is_not_shared_and_what_needs_it_is_left_out(
    notion: NotionSimulator,
) -> None:
    notion.unshare(TASKS_DATABASE)
    found = of_notion(notion)

    assert shown(found, Probe.SHARED) == [(BAD, "not_found")]
    assert [(f.verdict, f.says) for f in found if f.probe is Probe.LATENCY] == [
        (UNKNOWN, "one row of a data source: not asked, no data source is known")
    ]


@pytest.mark.req("T1", "P2")
def test_probes_are_paid_for_and_what_a_refusal_says_of_waiting_is_obeyed(notion: NotionSimulator) -> None:
    purse = Budget(20, NOW.timestamp)
    asked(asker(NOTION, notion.url, notion.token, purse))
    assert purse.total == len(notion.requests()) == 3

    notion.add_fault(faults.answer(429, retry_after=30), match={"path": "/v1/users/me"}, times=1)
    asked(asker(NOTION, notion.url, notion.token, purse))
    before = len(notion.requests())
    found = asked(asker(NOTION, notion.url, notion.token, purse))
    assert len(notion.requests()) == before
    assert shown(found, Probe.AUTH) == [(UNKNOWN, "budget_spent")]
