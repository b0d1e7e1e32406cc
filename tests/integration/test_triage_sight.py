"""The scheduled round as it is put together from an environment: every vendor that has a secret, and ourselves."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.notion import faults
from infra.local.simulators.status_page import StatusPageSimulator
from steward.clients.transport import plain_session
from steward.deployed_rules import path_in
from steward.memory import Memory
from steward.rules import load
from tests.integration.aws import REGION
from tests.integration.stand import Stand, standing
from triage.findings import Finding, Probe, Verdict
from triage.round import look
from triage.sight import Sight


class Clients:
    """The stand's AWS."""

    cloudwatch = None

    def __init__(self, stand: Stand) -> None:
        self.sqs = stand.sqs
        self.secrets = stand.secrets

    def table(self, name: str) -> Any:
        return boto3.Session(region_name=REGION).resource("dynamodb").Table(name)


@pytest.fixture
def page() -> Iterator[StatusPageSimulator]:
    with StatusPageSimulator() as simulator:
        yield simulator


@pytest.fixture
def stand(page: StatusPageSimulator) -> Iterator[Stand]:
    with standing(PROBES_PER_MINUTE="12", NOTION_STATUS_URL=page.summary_url) as one:
        yield one


def findings(stand: Stand, clients: Clients | None = None, **environ: str) -> tuple[Finding, ...]:
    settings = {**stand.environ, **environ}
    sight = Sight(
        settings,
        clients=clients or Clients(stand),
        rules=load(path_in(settings)),
        session=plain_session,
        now=stand.clock.now,
        sleep=lambda _: None,
    )
    return look(sight.looks(), now=stand.clock.now)


@pytest.mark.req("T1")
def test_a_round_looks_at_notion_and_at_ourselves_and_leaves_out_who_has_no_secret(stand: Stand) -> None:
    found = findings(stand)

    assert {f.vendor for f in found} == {"notion", "steward"}
    assert Counter(f.probe for f in found) == {
        Probe.STATUS_PAGE: 1,
        Probe.AUTH: 1,
        Probe.LATENCY: 1,
        Probe.CAPABILITIES: 3,
        Probe.SHARED: 2,
        Probe.SCHEMA: 1,
        Probe.BREAKER: 1,
        Probe.QUOTA: 1,
        Probe.LANE: 1,
        Probe.DEAD_LETTERS: 1,
        Probe.CALLS: 1,
        Probe.BUGS: 1,
        Probe.WEBHOOKS: 1,
    }
    assert [f.says for f in found if f.verdict is Verdict.BAD] == []


@pytest.mark.req("T1", "P2")
def test_a_round_is_paid_from_the_reserved_share_and_not_from_the_lane(stand: Stand) -> None:
    findings(stand)
    memory = Memory(Clients(stand).table("StateTable"), stand.clock.now)

    assert memory.recall("BUDGET#notion#probes") is not None
    assert memory.recall("BUDGET#notion") is None
    assert len(stand.notion.requests()) <= 12


@pytest.mark.req("T1")
def test_the_budget_is_refused_where_it_is_spent_and_that_is_unknown_and_no_outage(stand: Stand) -> None:
    found = findings(stand, PROBES_PER_MINUTE="2")
    refused = [f for f in found if f.failure == "budget_spent"]

    assert len(stand.notion.requests()) == 2
    assert refused
    assert {f.verdict for f in refused} == {Verdict.UNKNOWN}


@pytest.mark.req("T1", "T4")
def test_a_vendor_with_a_secret_is_looked_at(stand: Stand, page: StatusPageSimulator) -> None:
    with HubSpotSimulator(clock=stand.clock.time) as hubspot:
        arn = stand.secrets.create_secret(Name="hubspot", SecretString=json.dumps({"token": hubspot.token}))[
            "ARN"
        ]
        found = findings(
            stand, HUBSPOT_SECRET_ID=arn, HUBSPOT_API_URL=hubspot.url, HUBSPOT_STATUS_URL=page.summary_url
        )

    of_hubspot = {f.probe: f.verdict for f in found if f.vendor == "hubspot"}
    assert of_hubspot == dict.fromkeys(
        (Probe.STATUS_PAGE, Probe.AUTH, Probe.LATENCY, Probe.QUOTA), Verdict.GOOD
    )


@pytest.mark.req("T1")
def test_a_lane_that_rests_is_seen_with_its_cause(stand: Stand) -> None:
    stand.notion.add_fault(faults.answer(401), times="forever")
    stand.send(stand.demo.tasks["Review the contract"])
    stand.step()
    found = {f.probe: f for f in findings(stand)}

    assert (found[Probe.BREAKER].verdict, found[Probe.BREAKER].code) == (Verdict.BAD, "token")
    assert (found[Probe.AUTH].status, found[Probe.AUTH].times) == (401, 3)


class WithoutTables(Clients):
    """An AWS whose DynamoDB refuses."""

    def table(self, name: str) -> Any:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")


class Late(WithoutTables):
    """The same, but its tables could still be had when the round was put together."""

    def __init__(self, stand: Stand) -> None:
        super().__init__(stand)
        self.left = 1

    def table(self, name: str) -> Any:
        self.left -= 1
        return Clients.table(self, name) if self.left >= 0 else super().table(name)


@pytest.mark.req("T1")
def test_tables_out_of_reach_do_not_end_the_round(stand: Stand) -> None:
    found = {f.probe: f for f in findings(stand, Late(stand))}

    assert found[Probe.STATUS_PAGE].verdict is Verdict.GOOD
    assert found[Probe.DEAD_LETTERS].verdict is Verdict.GOOD
    assert {found[probe].says for probe in (Probe.AUTH, Probe.SCHEMA, Probe.CALLS, Probe.BREAKER)} == {
        "the probe failed: EndpointConnectionError"
    }
