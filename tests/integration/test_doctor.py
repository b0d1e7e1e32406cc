"""``doctor`` on the whole of Steward in one process, against the simulators; what AWS tells of itself is said by a fake."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from infra.operate import target
from infra.operate.__main__ import main
from infra.operate.doctor import alarms, command, schedules
from infra.operate.doctor.stack import Stack
from infra.operate.rules_of import rules_of
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from tests.integration.aws import TOKEN
from tests.integration.here import OUTPUTS, Here
from tests.integration.stand import Stand, standing
from triage.probes.alarms import NAMES

CONSOLE = "console-token-that-is-long-enough-0123456789"


class Told:
    """What an AWS service tells: each method's answer, or each paginator's one page."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **_: self._answers[name]

    def get_paginator(self, name: str) -> Any:
        return Told(paginate=[self._answers[name]])


@dataclass
class Aws:
    """What a deployed stack's AWS tells of it."""

    reserved: int | None = 1
    subscribed: str = "arn:aws:sns:eu-west-1:1:topic:1"
    schedule: str = "ENABLED"


class Deployed(Here):
    """The stand, deployed."""

    def __init__(self, stand: Stand, aws: Aws) -> None:
        super().__init__(stand)
        self._aws = aws

    def output(self, name: str) -> str:
        if name == "MirrorSecretArn":
            raise target.TargetError("made only for who keeps a mirror by DSN")
        return super().output(name)

    def client(self, service: str) -> Any:
        aws, name = self._aws, self.stack_name
        match service:
            case "sqs":
                return self._stand.sqs
            case "lambda":
                functions: Any = self._stand.functions
                functions.get_function_concurrency = lambda **_: {
                    "ReservedConcurrentExecutions": aws.reserved
                }
                functions.get_function_configuration = lambda **_: {
                    "Environment": {"Variables": self._stand.environ}
                }
                return functions
            case "cloudwatch":
                found = [f"{name}-{alarm}" for alarm in (*NAMES, *alarms.COMPOSITES)]
                return Told(describe_alarms={"MetricAlarms": [{"AlarmName": one} for one in found]})
            case "sns":
                page = {"Subscriptions": [{"SubscriptionArn": aws.subscribed}]}
                return Told(list_subscriptions_by_topic=page)
            case "scheduler":
                found = [f"{name}-{one}-X" for one in schedules.ALWAYS]
                rows = [{"Name": one, "State": aws.schedule} for one in found]
                return Told(list_schedules={"Schedules": rows})
        return super().client(service)


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        secrets = {
            "NOTION": {"token": "ntn_doctorstoken0123456789"},
            "SLACK": {"bot_token": made.slack.bot_token, "webhook_url": ""},
        }
        made.notion.add_token("ntn_doctorstoken0123456789")
        for name, document in secrets.items():
            put(made, name, document)
        console = made.secrets.create_secret(Name="console", SecretString=json.dumps({"token": CONSOLE}))
        made.environ |= {"CONSOLE_SECRET_ID": console["ARN"], "ALERT_TOPIC": "arn:aws:sns:eu-west-1:1:topic"}
        yield made


def put(stand: Stand, name: str, document: object) -> None:
    stand.secrets.put_secret_value(
        SecretId=stand.environ[f"{name}_SECRET_ID"], SecretString=json.dumps(document)
    )


@dataclass
class Practice:
    """The stand as a patient."""

    stand: Stand
    aws: Aws
    capsys: pytest.CaptureFixture[str]

    def examined(self) -> tuple[int, list[dict[str, str]]]:
        """The exit status and the lines; no secret is in what was printed."""
        where: Any = Deployed(self.stand, self.aws)
        stack = Stack(where, rules_of(where), now=self.stand.clock.now)
        self.capsys.readouterr()
        status = command.run(stack, as_json=True)
        printed = "".join(self.capsys.readouterr())
        for secret in ("ntn_doctorstoken", self.stand.slack.bot_token, CONSOLE, TOKEN):
            assert secret not in printed
        return status, json.loads(printed)["lines"]

    def wrong(self) -> list[tuple[str, str, str]]:
        """What is neither ok nor unknown."""
        _, lines = self.examined()
        told = [(line["check"], line["state"], line["says"]) for line in lines]
        return [one for one in told if one[1] in ("fault", "warning")]


@pytest.fixture
def practice(stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Practice:
    monkeypatch.setitem(OUTPUTS, "ConsoleSecretArn", "CONSOLE_SECRET_ID")
    monkeypatch.setitem(OUTPUTS, "AlertTopicArn", "ALERT_TOPIC")
    stand.send(stand.demo.tasks["Review the contract"])
    stand.work()
    stand.clock.sleep(60)
    return Practice(stand, Aws(), capsys)


@pytest.mark.req("O4")
def test_a_stack_that_works_has_no_fault_and_nothing_is_written(practice: Practice) -> None:
    tables = practice.stand.tables
    assert tables is not None
    before = {name: repr(tables.Table(name).scan()) for name in ("StateTable", "JournalTable")}
    spent = len(practice.stand.notion.requests())

    status, lines = practice.examined()
    assert [line for line in lines if line["state"] in ("fault", "warning")] == []
    assert status == 0
    assert {line["check"] for line in lines} == {
        *("secrets", "notion", "data sources", "hubspot", "slack", "channels", "webhooks", "lane"),
        *("dead letters", "schedules", "functions", "alarms", "on-call", "mirror", "clocks"),
    }
    asked = practice.stand.notion.requests()[spent:]
    assert len(asked) <= 8
    assert {call["method"] for call in asked} <= {"GET", "POST"}
    assert practice.stand.comments(practice.stand.demo.tasks["Review the contract"]) == []
    assert {name: repr(tables.Table(name).scan()) for name in before} == before


def _revoke(practice: Practice) -> None:
    practice.stand.notion.revoke_token("ntn_doctorstoken0123456789")


def _no_comments(practice: Practice) -> None:
    practice.stand.notion.set_capabilities({"read_comments": False})


def _outage(practice: Practice) -> None:
    practice.stand.notion.add_fault(faults.answer(503), times="forever")


def _slack_revoked(practice: Practice) -> None:
    put(practice.stand, "SLACK", {"bot_token": "xoxb-another-token-0123", "webhook_url": ""})


def _no_scope(practice: Practice) -> None:
    practice.stand.slack.set_scopes(["channels:read", "channels:history", "users:read", "users:read.email"])


def _archived(practice: Practice) -> None:
    practice.stand.slack.archive("#tasks")


def _left(practice: Practice) -> None:
    practice.stand.slack.leave("#tasks")
    practice.stand.slack.set_scopes(
        ["chat:write", "channels:read", "channels:history", "users:read", "users:read.email"]
    )


def _no_signing(practice: Practice) -> None:
    put(practice.stand, "SIGNING", {"active": []})


def _paused(practice: Practice) -> None:
    stand = practice.stand
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)
    source = EventSource(stand.functions, stand.environ["LANE_QUEUE_ARN"], "processor")
    LaneSwitch(memory, source, stand.clock.now).pause(Cause.OPERATOR, "a drill")


def _silent(practice: Practice) -> None:
    practice.stand.clock.sleep(30 * 24 * 3600)


def _throttled(practice: Practice) -> None:
    practice.aws.reserved = 0


def _unconfirmed(practice: Practice) -> None:
    practice.aws.subscribed = "PendingConfirmation"


def _unscheduled(practice: Practice) -> None:
    practice.aws.schedule = "DISABLED"


def _dead(practice: Practice) -> None:
    practice.stand.sqs.send_message(
        QueueUrl=practice.stand.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody="?",
        MessageGroupId="g",
        MessageDeduplicationId="d",
    )


def _no_property(practice: Practice) -> None:
    practice.stand.notion.update_schema(practice.stand.demo.data_source_id, remove=["Assignee"])


def _unshared(practice: Practice) -> None:
    practice.stand.notion.unshare(practice.stand.demo.database_id)


@pytest.mark.req("O4", "O5", "A10")
@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (
            (_revoke, _no_signing, _no_scope, _throttled, _unconfirmed, _unscheduled),
            (
                ("notion", "fault", "401"),
                ("data sources", "warning", "401"),
                ("secrets", "fault", "no token is active"),
                ("slack", "fault", "chat:write is missing"),
                ("functions", "fault", "reserved concurrency 0"),
                ("on-call", "fault", "none has confirmed"),
                ("schedules", "fault", "not enabled: TriageSchedule"),
            ),
        ),
        (
            (_no_comments, _archived, _paused, _no_property, _dead),
            (
                ("notion", "fault", "may read comments: refused"),
                ("channels", "fault", "#tasks: it is archived"),
                ("lane", "fault", "a drill"),
                ("data sources", "fault", "Assignee"),
                ("dead letters", "warning", "wait: SQS deletes them"),
            ),
        ),
        (
            (_outage, _left, _silent),
            (
                ("notion", "warning", "503"),
                ("channels", "fault", "#tasks: the app is no member"),
                ("webhooks", "warning", "none was ever heard of"),
            ),
        ),
        (
            (_slack_revoked, _unshared),
            (("slack", "fault", "the token is refused"), ("data sources", "fault", "404")),
        ),
    ],
)
def test_what_is_broken_is_told_where_it_is(
    practice: Practice, breaks: tuple[Callable[[Practice], None], ...], told: tuple[tuple[str, str, str], ...]
) -> None:
    for one in breaks:
        one(practice)
    wrong = practice.wrong()
    for check, state, says in told:
        assert any(one[:2] == (check, state) and says in one[2] for one in wrong), (check, wrong)


@pytest.mark.req("O4")
def test_people_read_a_line_for_each_and_a_count(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    where: Any = Deployed(practice.stand, practice.aws)
    monkeypatch.setattr(target, "find", lambda *_: where)
    for name in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    practice.aws.reserved = 3
    practice.capsys.readouterr()
    assert main(["doctor"]) == 1
    lines = practice.capsys.readouterr().out.splitlines()
    (fault,) = [line for line in lines if line.startswith("fault") and "functions" in line]
    assert fault.endswith("→ deploy the stack's template again")
    assert " fault" in lines[-1]


@pytest.mark.req("T2", "O4")
def test_without_a_stack_and_without_a_token_it_says_what_would_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(*_: object) -> None:
        raise target.TargetError("no local stack runs on this machine")

    monkeypatch.setattr(target, "find", find)
    for name in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert main(["doctor"]) == 2
    told = capsys.readouterr().err
    assert "no local stack runs" in told
    assert "NOTION_TOKEN" in told
