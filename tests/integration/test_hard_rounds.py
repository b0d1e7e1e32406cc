"""Rounds of the desk that something stands in the way of: what a vendor writes, what AWS refuses, what an operator did."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.simulators.notion import faults
from infra.local.simulators.status_page import StatusPageSimulator
from steward import telemetry
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.incidents.store import Incidents
from steward.lane_switch import EventSource
from steward.memory import Memory
from steward.pending_token import PendingToken
from steward.post_mortems import PostMortems
from tests.integration.stand import Stand, standing

Counted = dict[str, list[float]]


@pytest.fixture
def page() -> Iterator[StatusPageSimulator]:
    with StatusPageSimulator() as simulator:
        yield simulator


@pytest.fixture
def stand(page: StatusPageSimulator) -> Iterator[Stand]:
    with standing(PROBES_PER_MINUTE="60", NOTION_STATUS_URL=page.summary_url) as made:
        yield made


def rounds(stand: Stand, number: int = 1) -> None:
    """Whole rounds, a minute apart, each by a new environment."""
    for _ in range(number):
        stand.clock.sleep(60)
        stand.watcher().handle(lambda: 30_000)


def live(stand: Stand) -> list[Incident]:
    return Incidents(stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]), 90, stand.clock.now).live()


def refused(*_: Any, **__: Any) -> Any:
    raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}, "Lambda")


@pytest.mark.req("T1", "T8")
def test_a_status_page_with_a_word_of_half_a_megabyte_does_not_silence_the_desk(
    stand: Stand, page: StatusPageSimulator, counted: Counted
) -> None:
    page.set_status("x" * 500_000)
    rounds(stand)

    assert counted[telemetry.HEARTBEAT] == [1]


@pytest.mark.req("T6", "T8")
def test_people_are_told_of_an_outage_also_while_aws_lets_nobody_look_at_the_lane(
    stand: Stand, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.notion.add_fault(faults.answer(503), times="forever")
    monkeypatch.setattr(EventSource, "turn", refused)
    for _ in range(4):
        with pytest.raises(ClientError):
            rounds(stand)

    (incident,) = live(stand)
    assert incident.posted is not None
    assert telemetry.HEARTBEAT not in counted, "and the alarm says that something is wrong here, too"


@pytest.mark.req("T3")
def test_what_was_seen_before_a_silence_of_the_triage_makes_nothing_steady(stand: Stand) -> None:
    stand.notion.add_fault(faults.answer(401), match={"path": "/v1/users/me"}, times="forever")
    rounds(stand)
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)
    assert 3 in (memory.recall("FOUND") or {}).values()

    stand.clock.sleep(86400)
    assert memory.recall("FOUND") is None


@pytest.mark.req("T3", "T5")
def test_a_token_that_an_operator_emptied_by_mistake_is_found_as_such(stand: Stand) -> None:
    rounds(stand)
    secrets = boto3.client("secretsmanager", region_name="eu-west-1")
    secrets.put_secret_value(
        SecretId=stand.environ["NOTION_SECRET_ID"], SecretString=json.dumps({"tokem": "ntn_mistyped"})
    )
    rounds(stand, 5)

    assert [str(incident.cls) for incident in live(stand)] == ["token revoked"]


@pytest.mark.req("T5")
def test_a_pending_token_that_nobody_may_promote_does_not_keep_the_lane_from_resting(
    stand: Stand, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PendingToken, "prove_and_promote", refused)
    stand.notion.revoke_token(stand.notion.token)
    rounds(stand, 6)

    (incident,) = live(stand)
    assert (str(incident.cls), stand.functions.enabled) == ("token revoked", False)
    assert counted[telemetry.BUG]


def is_over(stand: Stand, number: int) -> Incident:
    """An incident that a round ended, which died before it wrote it up."""
    table = stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"])
    store, at = Incidents(table, 90, stand.clock.now), stand.clock.now() + timedelta(seconds=number)
    id_ = f"notion-20261120-{number}"
    made = store.create(Incident(id_, "notion", Class.OUTAGE, Severity.P2, Stage.MITIGATING, "words", at, at))
    over = store.save(made, replace(made, stage=Stage.RESOLVED, resolved_at=at))
    store.forget_live(id_)
    return over


@pytest.mark.req("T7")
def test_however_many_incidents_began_since_one_that_is_over_gets_its_post_mortem(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents = [is_over(stand, number) for number in range(1, 13)]
    stand.clock.sleep(2 * 86400)  # and the triage was away
    store = PostMortems(stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]), stand.clock.now)
    keep = PostMortems.keep

    def refuses(store: PostMortems, written: Any) -> bool:
        if written.incident_id == incidents[3].id:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "too large"}}, "PutItem")
        return keep(store, written)

    with monkeypatch.context() as hard:
        hard.setattr(PostMortems, "keep", refuses)
        with pytest.raises(ClientError):
            rounds(stand)
    written = [len(store.versions(incident.id)) for incident in incidents]
    assert written == [1, 1, 1, 0, *[1] * 8]

    rounds(stand, 2)
    assert [len(store.versions(incident.id)) for incident in incidents] == [1] * 12
