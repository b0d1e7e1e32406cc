"""What each part of ``doctor`` makes of what it was told: a case that is well and one that is not, for every part."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from infra.operate.doctor import alarms, clocks, functions, lane, mail, mirror, schedules
from infra.operate.doctor.by_finding import line_of
from infra.operate.doctor.examination import examine, unmade
from infra.operate.doctor.line import Check, Line, State, ok, unchecked
from infra.operate.target import TargetError
from steward.errors import Failure
from steward.mirror.migrate import Standing
from steward.mirror.schema import LATEST
from steward.pauses import Cause, Pause, Phase
from triage.findings import Finding, Probe, Verdict
from triage.probes.alarms import NAMES
from triage.probes.backlog import Depth

pytestmark = pytest.mark.req("O4")

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

NOTION = "ntn_" + "n" * 40


def states(lines: Iterable[Line]) -> list[str]:
    return [str(line.state) for line in lines]


def mapping(state: str = "Enabled", function: str = "processor") -> dict[str, str]:
    return {"FunctionArn": f"arn:aws:lambda:eu-west-1:1:function:{function}", "State": state}


def resting(cause: Cause) -> Pause:
    return Pause(phase=Phase.PAUSED, cause=cause, detail="why", since=NOW)


@pytest.mark.parametrize(
    ("pause", "mappings", "expected"),
    [
        (Pause(), [mapping()], "ok"),
        (Pause(), [mapping("Enabling"), mapping("Disabled", "another")], "ok"),
        (Pause(), [mapping("Disabled")], "fault"),
        (Pause(), [mapping(function="processor-of-another")], "fault"),
        (Pause(), [], "fault"),
        (resting(Cause.OPERATOR), [mapping("Disabled")], "fault"),
        (resting(Cause.VENDOR), [mapping("Disabled")], "warning"),
    ],
)
def test_the_lane_runs_or_says_why_not(pause: Pause, mappings: list[dict[str, str]], expected: str) -> None:
    assert states(lane.judged(pause, mappings, "processor", Depth(1, 0))) == [expected]


def alarm(name: str, **changes: Any) -> dict[str, Any]:
    return {"AlarmName": f"prod-{name}", "StateValue": "OK", "ActionsEnabled": True, **changes}


ALL = [alarm(name) for name in (*NAMES, *alarms.COMPOSITES)]


@pytest.mark.parametrize(
    ("found", "expected", "says"),
    [
        (ALL, ["ok"], f"all {len(ALL)}"),
        ([*ALL, alarm("of-another-stack", StateValue="ALARM")], ["ok"], f"all {len(ALL)}"),
        (ALL[1:], ["fault"], f"1 of {len(ALL)} are not there: prod-heartbeat-missing"),
        ([], ["fault"], f"{len(ALL)} of {len(ALL)}"),
        ([*ALL[1:], alarm(NAMES[0], ActionsEnabled=False)], ["fault"], "switched off"),
        ([*ALL[1:], alarm(NAMES[0], StateValue="ALARM")], ["warning"], "on: prod-heartbeat-missing"),
    ],
)
def test_every_alarm_is_there_and_acts(found: list[dict[str, Any]], expected: list[str], says: str) -> None:
    lines = list(alarms.judged("prod", found, mirrored=True))
    assert states(lines) == expected
    assert says in lines[0].says


def test_the_alarm_of_the_mirror_is_missed_only_where_there_is_a_mirror() -> None:
    without = [one for one in ALL if one["AlarmName"] != "prod-mirror-rests"]

    assert states(list(alarms.judged("prod", without, mirrored=False))) == ["ok"]
    assert states(list(alarms.judged("prod", without, mirrored=True))) == ["fault"]


@pytest.mark.parametrize(
    ("arns", "expected"),
    [
        (["arn:aws:sns:eu-west-1:1:t:1"], "ok"),
        ([], "fault"),
        (["PendingConfirmation"], "fault"),
        (["arn:aws:sns:eu-west-1:1:t:1", "PendingConfirmation"], "warning"),
    ],
)
def test_somebody_has_confirmed_to_hear_the_alarms(arns: list[str], expected: str) -> None:
    found = [{"SubscriptionArn": arn, "Endpoint": "ann@example.com"} for arn in arns]
    line = alarms.judged_topic(found)
    assert states([line]) == [expected]
    assert "ann@example.com" not in line.says + line.remedy


@pytest.mark.parametrize(
    ("reserved", "lanes", "local", "expected"),
    [
        (1, "1", False, "ok"),
        (1, "", False, "ok"),
        (0, "1", False, "fault"),
        (2, "3", False, "fault"),
        (None, "1", False, "fault"),
        (None, "1", True, "not checked"),
    ],
)
def test_the_reserved_concurrency_is_the_number_of_lanes(
    reserved: int | None, lanes: str, *, local: bool, expected: str
) -> None:
    assert states([functions.concurrency(reserved, lanes, local=local)]) == [expected]


def test_a_variable_that_was_changed_by_hand_is_named() -> None:
    same = {"LANES": "1", "NOTION_VERSION": "2026-03-11"}
    parameters = {"Lanes": "1", "NotionVersion": "2026-03-11", "WhenUnsure": ""}
    assert states(functions.judged(same, parameters)) == ["ok"]
    (line,) = functions.judged({**same, "LANES": "2"}, parameters)
    assert line.state is State.WARNING
    assert "LANES" in line.says


def schedule(name: str, state: str = "ENABLED") -> dict[str, str]:
    return {"Name": f"prod-{name}-1A2B", "State": state}


def test_every_schedule_is_there_and_enabled() -> None:
    found = [schedule(name) for name in schedules.ALWAYS]
    assert states(schedules.judged(found, schedules.ALWAYS)) == ["ok"]
    assert states(schedules.judged(found, (*schedules.ALWAYS, schedules.MIRROR))) == ["fault"]
    off = [*found[1:], schedule("TriageSchedule", "DISABLED")]
    (line,) = schedules.judged(off, schedules.ALWAYS)
    assert (line.state, line.says) == (State.FAULT, "not enabled: TriageSchedule")


@pytest.mark.parametrize(
    ("headers", "expected", "says"),
    [
        ({"date": "Fri, 20 Nov 2026 12:00:02 GMT"}, "ok", "agree"),
        ({"date": "Fri, 20 Nov 2026 11:59:40 GMT"}, "warning", "20 s ahead of"),
        ({"date": "Fri, 20 Nov 2026 12:10:00 GMT"}, "fault", "600 s behind"),
        ({"date": "yesterday"}, "not checked", "told no time"),
        ({}, "not checked", "told no time"),
    ],
)
def test_a_clock_that_differs_is_noticed(headers: dict[str, str], expected: str, says: str) -> None:
    line = clocks.judged("Notion", headers, NOW)
    assert states([line]) == [expected]
    assert says in line.says


def test_the_mirrors_schema_is_that_of_this_version() -> None:
    there = Standing(LATEST, frozenset(), {"budget": "numeric"})
    assert states([mirror.judged(there, ["budget"], is_used=True)]) == ["ok"]
    assert states([mirror.judged(there, [], is_used=False)]) == ["warning"]
    assert states([mirror.judged(there, ["owner"], is_used=True)]) == ["fault"]
    assert states([mirror.judged(Standing(LATEST - 1), [], is_used=True)]) == ["fault"]


@pytest.mark.parametrize(
    ("probe", "verdict", "failure", "expected"),
    [
        (Probe.AUTH, Verdict.GOOD, None, "ok"),
        (Probe.AUTH, Verdict.BAD, Failure.UNAUTHORIZED, "fault"),
        (Probe.SHARED, Verdict.BAD, Failure.NOT_FOUND, "fault"),
        (Probe.LATENCY, Verdict.BAD, None, "warning"),
        (Probe.SCHEMA, Verdict.UNKNOWN, Failure.UNAVAILABLE, "warning"),
        (Probe.CAPABILITIES, Verdict.UNKNOWN, None, "not checked"),
    ],
)
def test_a_finding_is_a_line_and_what_nobody_knows_is_never_ok(
    probe: Probe, verdict: Verdict, failure: Failure | None, expected: str
) -> None:
    line = line_of("notion", Finding("notion", probe, verdict, NOW, "says", failure=failure))
    assert states([line]) == [expected]


def raising(error: Exception) -> Callable[[], list[Line]]:
    def run() -> list[Line]:
        raise error

    return run


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"not with {NOTION}"}}, "DescribeAlarms")


@pytest.mark.parametrize(
    ("error", "expected", "says"),
    [
        (refused("AccessDenied"), "not checked", "may not call DescribeAlarms"),
        (refused("InternalError"), "not checked", "AWS refused DescribeAlarms"),
        (EndpointConnectionError(endpoint_url="https://x"), "warning", "can't be reached"),
        (TargetError("the stack has no output X"), "not checked", "no output X"),
        (KeyError(NOTION), "warning", "KeyError"),
    ],
)
def test_a_check_that_can_not_be_made_is_a_line_of_its_own_and_takes_none_from_the_others(
    error: Exception, expected: str, says: str
) -> None:
    lines = examine([Check("bad", raising(error)), Check("good", lambda: [ok("good", f"has {NOTION}")])])
    assert states(lines) == [expected, "ok"]
    assert says in lines[0].says
    assert NOTION not in "".join(line.says + line.remedy for line in lines)


def test_whoever_watches_hears_of_each_check_that_ended_also_of_one_that_failed() -> None:
    heard: list[int] = []
    checks = [Check("good", lambda: [ok("good", "-")]), Check("bad", raising(KeyError("x")))]
    examine(checks, ended=lambda: heard.append(1))
    assert len(heard) == 2


def test_a_check_that_hangs_ends_with_its_time() -> None:
    forever = threading.Event()
    lines = examine([Check("slow", lambda: [ok("slow", str(forever.wait(20)))], seconds=0.05)])
    forever.set()
    assert states(lines) == ["warning"]
    assert "no answer" in lines[0].says


@pytest.mark.parametrize("error", [refused("AccessDenied"), TargetError("no output X"), KeyError("x")])
def test_a_vital_check_that_can_not_be_made_is_named_and_one_that_says_so_little_is_not(
    error: Exception,
) -> None:
    checks = [
        Check("secrets", raising(error), vital=True),
        Check("secrets", raising(error), vital=True),
        Check("alarms", lambda: [unchecked("alarms", "the local AWS has none")], vital=True),
        Check("mirror", raising(error)),
    ]
    assert unmade(checks, examine(checks)) == ("secrets",)


@pytest.mark.parametrize(
    ("found", "expected", "says"),
    [
        ([{"VerifiedForSendingStatus": True, "VerificationStatus": "SUCCESS"}, None], "ok", "verified"),
        ([{"VerificationStatus": "PENDING"}, {"VerifiedForSendingStatus": True}], "ok", "verified"),
        ([{"VerifiedForSendingStatus": False, "VerificationStatus": "PENDING"}, None], "fault", "PENDING"),
        ([None, {"VerifiedForSendingStatus": False}], "fault", "not verified"),
        ([None, None], "fault", "neither the sender nor its domain"),
    ],
)
def test_a_sender_is_verified_by_its_address_or_its_domain(
    found: list[dict[str, Any] | None], expected: str, says: str
) -> None:
    line = mail.judged(found)
    assert (str(line.state), says in line.says) == (expected, True)


@pytest.mark.parametrize(
    ("sender", "asked"),
    [
        ("a@example.com", ["a@example.com", "example.com"]),
        (
            "a@mail.eu.example.com",
            ["a@mail.eu.example.com", "mail.eu.example.com", "eu.example.com", "example.com"],
        ),
        ("a@localhost", ["a@localhost", "localhost"]),
    ],
)
def test_a_domain_that_holds_the_senders_suffices_but_no_top_level_one(sender: str, asked: list[str]) -> None:
    assert list(mail.identities(sender)) == asked
