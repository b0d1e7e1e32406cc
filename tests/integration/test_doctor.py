"""``doctor`` on the whole of Steward in one process, against the simulators."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.processes import free_port
from infra.operate import target
from infra.operate.__main__ import main
from infra.operate.doctor import mail, mirror
from infra.operate.doctor.line import State
from infra.operate.doctor.stack import Stack
from steward.mirror.connection import NONE
from steward.rules import parse
from tests.integration import ails
from tests.integration.aws import ROOT
from tests.integration.here import OUTPUTS, PARAMETERS
from tests.integration.practice import Aws, Deployed, Practice, patient, put
from tests.integration.stand import Stand


@pytest.fixture
def stand() -> Iterator[Stand]:
    with patient() as made:
        yield made


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
        *("dead letters", "schedules", "functions", "alarms", "on-call", "mirror", "clocks", "e-mail"),
    }
    asked = practice.stand.notion.requests()[spent:]
    assert len(asked) <= 8
    assert {call["method"] for call in asked} <= {"GET", "POST"}
    assert practice.stand.comments(practice.stand.demo.tasks["Review the contract"]) == []
    assert {name: repr(tables.Table(name).scan()) for name in before} == before


@pytest.mark.req("O4", "O5", "A10")
@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (
            (ails.revoke, ails.no_signing, ails.no_scope, ails.throttled, ails.unconfirmed, ails.unscheduled),
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
            (ails.no_comments, ails.archived, ails.paused, ails.no_property, ails.dead),
            (
                ("notion", "fault", "may read comments: refused"),
                ("channels", "fault", "#tasks: it is archived"),
                ("lane", "fault", "a drill"),
                ("data sources", "fault", "Assignee"),
                ("dead letters", "warning", "wait: SQS deletes them"),
            ),
        ),
        (
            (ails.outage, ails.left, ails.silent),
            (
                ("notion", "warning", "503"),
                ("channels", "fault", "#tasks: the app is no member"),
                ("webhooks", "warning", "none was ever heard of"),
            ),
        ),
        (
            (ails.slack_revoked, ails.unshared),
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


@pytest.mark.req("O4", "A7")
def test_a_mirror_that_the_rules_want_has_a_database_that_answers(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: Any = Deployed(practice.stand, practice.aws)
    text = (ROOT / "functions" / "steward.toml").read_text()
    rules = parse(text + '\n[[data_source.automation]]\nkind = "mirror"\n')
    (line,) = mirror.look(Stack(where, rules))
    assert (line.state, line.says) == (State.FAULT, NONE)

    dsn = f"postgresql://steward:pa55word@127.0.0.1:{free_port(0)}/steward"
    put(practice.stand, "MIRROR", {"dsn": dsn})
    monkeypatch.setattr(Deployed, "hidden", ())
    (line,) = mirror.look(Stack(where, rules, sleep=lambda _: None))
    assert line.state is State.FAULT
    assert line.says.startswith("it does not answer: ")
    assert "pa55word" not in line.says


@pytest.mark.req("O4")
def test_who_may_ask_nothing_is_not_told_that_all_is_well(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetSecretValue")

    class Denied:
        def __init__(self, *_: object) -> None:
            self.exceptions = self

        ResourceNotFoundException = KeyError

        def __getattr__(self, name: str) -> Any:
            raise denied

    where: Any = Deployed(practice.stand, practice.aws)
    monkeypatch.setattr(target, "find", lambda *_: where)
    monkeypatch.setattr(Deployed, "client", Denied)
    for name in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    practice.capsys.readouterr()

    assert main(["doctor"]) == 1
    lines = practice.capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.startswith("fault")]
    assert lines[-1] == (
        "nobody knows whether the stack works: could not be checked: "
        "secrets, notion, hubspot, slack, lane, alarms, on-call"
    )
    assert main(["doctor", "--json"]) == 1
    assert "alarms" in json.loads(practice.capsys.readouterr().out)["unmade"]


@pytest.mark.req("O4", "A11")
def test_the_sender_of_e_mail_is_known_to_ses(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    where: Any = Deployed(practice.stand, practice.aws)
    monkeypatch.setitem(PARAMETERS, "EmailSender", "EMAIL_SENDER")
    text = (ROOT / "functions" / "steward.toml").read_text()
    stack = Stack(
        where, parse(text.partition("\n[email]")[0] + '\n[email]\nsender = "steward@mail.example.com"\n')
    )

    def state() -> tuple[State, str]:
        (line,) = mail.look(stack)
        assert "@" not in line.says + line.remedy
        return line.state, line.says

    assert state() == (State.FAULT, "the rules send it, and the stack may not")
    practice.stand.environ["EMAIL_SENDER"] = "another@example.com"
    assert state()[0] is State.FAULT
    practice.stand.environ["EMAIL_SENDER"] = "steward@mail.example.com"
    assert state()[0] is State.FAULT
    ses: Any = where.client("sesv2")
    ses.create_email_identity(EmailIdentity="example.com")
    assert state() == (State.OK, "SES has verified the sender")
    absent = ClientError({"Error": {"Code": "501", "Message": ""}}, "GetEmailIdentity")
    ses.get_email_identity = lambda **_: (_ for _ in ()).throw(absent)
    monkeypatch.setattr(Deployed, "client", lambda *_: ses)
    assert state() == (State.WARNING, "not checked: SES does not tell of the sender (501)")


@pytest.mark.req("O4")
def test_people_read_a_line_for_each_and_a_count(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    where: Any = Deployed(practice.stand, practice.aws)
    monkeypatch.setattr(target, "find", lambda *_: where)
    for name in ("NOTION_TOKEN", "HUBSPOT_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    practice.aws.reserved = 3
    practice.capsys.readouterr()
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    assert main(["doctor"]) == 1
    assert "checks" in screen.getvalue()
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
