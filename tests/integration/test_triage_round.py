"""A round against simulators and moto: what each trouble looks like as findings, and that looking changes nothing."""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.notion import NotionSimulator, faults, seed_demo
from infra.local.simulators.notion.demo import STATUS_ID, TASKS_DATA_SOURCE, TASKS_DATABASE
from steward.budget import Budget, Purse
from steward.clients.transport import plain_session
from steward.errors import Failure
from steward.journal import Journal
from steward.lane_switch import pause_of
from steward.memory import Memory
from steward.rules import parse
from tests.integration.stand import Stand, standing
from triage.findings import Finding, Probe, Verdict
from triage.looks import OurSide, Patience, at_data_sources, at_ourselves, at_vendor
from triage.probes.asking import Asker, OpenPurse
from triage.round import look
from triage.vendors.hubspot import VENDOR as HUBSPOT
from triage.vendors.notion import VENDOR as NOTION
from triage.vendors.vendor import Vendor

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GOOD, BAD, UNKNOWN = Verdict.GOOD, Verdict.BAD, Verdict.UNKNOWN


@pytest.fixture
def notion() -> Iterator[NotionSimulator]:
    with NotionSimulator(clock=NOW.timestamp) as simulator:
        seed_demo(simulator)
        yield simulator
        simulator.release_hangs()


@pytest.fixture
def hubspot() -> Iterator[HubSpotSimulator]:
    with HubSpotSimulator(clock=NOW.timestamp) as simulator:
        yield simulator


def asker(vendor: Vendor, url: str, token: str, purse: Purse | None = None) -> Asker:
    return Asker(
        replace(vendor, base_url=url),
        session=plain_session,
        token=lambda _: token,
        purse=purse or OpenPurse(),
        now=lambda: NOW,
        clock=time.monotonic,
    )


def asked(
    asks: Asker, settings: Mapping[str, str] | None = None, wanted: tuple[str, ...] = (), each: float = 5.0
) -> tuple[Finding, ...]:
    one = at_vendor(
        asks,
        lambda: settings or {},
        now=lambda: NOW,
        sleep=lambda _: None,
        wanted=wanted,
        patience=Patience(ask=each, asks=9.0),
    )
    return look([one], now=lambda: NOW)


def shown(findings: tuple[Finding, ...], probe: Probe) -> list[tuple[Verdict, str | None]]:
    return [(f.verdict, str(f.failure) if f.failure else None) for f in findings if f.probe is probe]


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
    one = at_vendor(asks, dict, now=lambda: NOW, patience=Patience(ask=1.0, asks=1.2))
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


RULES = parse(f"""
[slack]
default_channel = "#tasks"
[[data_source]]
name = "Tasks"
id = "{TASKS_DATA_SOURCE}"
[data_source.properties]
assignee = "Assignee"
status = "Status"
[[data_source.automation]]
kind = "status"
""")


class Kept:
    """A memory that is a dictionary."""

    def __init__(self, **documents: Any) -> None:
        self.documents = documents

    def recall(self, name: str) -> Any:
        return self.documents.get(name)


def sources(notion: NotionSimulator, **known: Any) -> tuple[Finding, ...]:
    memory: Any = Kept(**known)
    looks = at_data_sources(asker(NOTION, notion.url, notion.token), RULES, lambda: memory, now=lambda: NOW)
    return look(list(looks), now=lambda: NOW)


@pytest.mark.req("T1", "A10")
def test_a_data_source_that_fits_is_shared_and_fits(notion: NotionSimulator) -> None:
    assert [(f.probe, f.verdict) for f in sources(notion)] == [(Probe.SHARED, GOOD), (Probe.SCHEMA, GOOD)]


@pytest.mark.req("T1", "A10")
def test_a_renamed_property_breaks_the_rules_only_where_its_id_is_not_known(notion: NotionSimulator) -> None:
    notion.update_schema(TASKS_DATA_SOURCE, rename={STATUS_ID: "Stage"})
    drift = sources(notion)
    known = {f"PROPERTIES#{TASKS_DATA_SOURCE}": {"status": ["Status", STATUS_ID, "status"]}}

    assert [(f.probe, f.verdict) for f in drift] == [(Probe.SHARED, GOOD), (Probe.SCHEMA, BAD)]
    assert drift[1].numbers == {"breaks": 1, "automations": 1}
    assert [f.verdict for f in sources(notion, **known)] == [GOOD, GOOD]


@pytest.mark.req("T1")
def test_a_data_source_that_is_not_shared_is_told_and_trouble_of_notions_says_nothing_of_it(
    notion: NotionSimulator,
) -> None:
    notion.unshare(TASKS_DATA_SOURCE)
    assert [(f.probe, f.verdict, f.failure) for f in sources(notion)] == [
        (Probe.SHARED, BAD, Failure.NOT_FOUND)
    ]

    notion.share(TASKS_DATA_SOURCE)
    notion.add_fault(faults.answer(503), times="forever")
    assert [(f.probe, f.verdict) for f in sources(notion)] == [(Probe.SCHEMA, UNKNOWN)]


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(PROBES_PER_MINUTE="12") as one:
        yield one


def our_side(stand: Stand) -> OurSide:
    def memory() -> Memory:
        return Memory(stand.dynamodb.Table("StateTable"), stand.clock.now)

    return OurSide(
        journal=lambda: Journal(stand.dynamodb.Table("JournalTable"), 90, stand.clock.now),
        memory=memory,
        pause=lambda: pause_of(*memory().recall_version("PAUSE")),
        budget=lambda: None,
        limit=180,
        keep_days=90,
        sqs=stand.sqs,
        lane_url=stand.environ["LANE_QUEUE_URL"],
        dead_letter_url=stand.environ["DEAD_LETTER_QUEUE_URL"],
    )


def ours(stand: Stand) -> dict[tuple[str, Probe], Finding]:
    found = look(list(at_ourselves(our_side(stand), now=stand.clock.now)), now=stand.clock.now)
    return {(f.vendor, f.probe): f for f in found}


@pytest.mark.req("T1")
def test_our_own_side_is_seen_working_standing_and_stuck(stand: Stand) -> None:
    idle = ours(stand)
    assert {key: f.verdict for key, f in idle.items()} == {
        ("notion", Probe.BREAKER): GOOD,
        ("notion", Probe.QUOTA): UNKNOWN,
        ("steward", Probe.LANE): GOOD,
        ("steward", Probe.DEAD_LETTERS): GOOD,
        ("notion", Probe.CALLS): UNKNOWN,
        ("steward", Probe.BUGS): GOOD,
        ("notion", Probe.WEBHOOKS): UNKNOWN,
    }

    page = stand.demo.tasks["Review the contract"]
    stand.assign(page, stand.demo.ben)
    stand.send(page)
    stand.work()
    stand.clock.sleep(1)
    working = ours(stand)
    assert (working["notion", Probe.CALLS].verdict, working["notion", Probe.WEBHOOKS].verdict) == (GOOD, GOOD)

    stand.send(page)
    assert ours(stand)["steward", Probe.LANE].numbers["oldest_seconds"] == 0
    stand.clock.sleep(400)
    stuck = ours(stand)
    assert stuck["steward", Probe.LANE].verdict is BAD
    assert stuck["steward", Probe.LANE].numbers == {"waiting": 1, "hidden": 0, "oldest_seconds": 400}

    stand.sqs.send_message(
        QueueUrl=stand.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody="{}",
        MessageGroupId="m",
        MessageDeduplicationId="m",
    )
    assert ours(stand)["steward", Probe.DEAD_LETTERS].verdict is BAD


@pytest.mark.req("T1", "P8")
def test_the_journal_gives_what_was_finished_in_a_time_over_midnight_too(stand: Stand) -> None:
    journal = our_side(stand).journal()
    page = stand.demo.tasks["Review the contract"]
    stand.clock.sleep(11 * 3600 + 59 * 60 + 30)  # half a minute before midnight
    sent = []
    for _ in range(4):
        sent.append(stand.send(page)["id"])
        stand.work()
        stand.clock.sleep(20)
    end = stand.clock.now()

    def last(seconds: float) -> datetime:
        return datetime.fromtimestamp(end.timestamp() - seconds, UTC)

    ids = [row["pk"].removeprefix("EVENT#") for row in journal.between(last(80), end)]
    assert ids == sent[::-1]
    assert len(journal.between(last(40), end)) == 2
    assert len(journal.between(last(80), end, limit=3)) == 3
    assert journal.between(last(80), last(80)) == []
    assert journal.count_between(last(80), end, ["official"]) == 4
    assert journal.count_between(last(80), end, ["sweep"]) == 0


@pytest.mark.req("T1")
def test_a_table_that_hangs_is_one_unknown_finding(stand: Stand) -> None:
    never = threading.Event()

    def hangs() -> Journal:
        never.wait()
        raise AssertionError("nobody waits for this any more")

    stuck = replace(our_side(stand), journal=hangs)
    reading = (Probe.CALLS, Probe.WEBHOOKS)
    looks = [
        replace(one, seconds=0.3) if one.probe in reading else one
        for one in at_ourselves(stuck, now=stand.clock.now)
    ]
    found = look(looks, now=stand.clock.now)
    never.set()

    assert [f.probe for f in found if f.says == "no end after 0.3 s"] == list(reading)
    assert {f.verdict for f in found if f.probe in reading} == {UNKNOWN}
    assert {f.verdict for f in found if f.probe in (Probe.LANE, Probe.BREAKER)} == {GOOD}
