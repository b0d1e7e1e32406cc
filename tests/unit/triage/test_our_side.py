"""Our own side, as findings: calls and bugs from the journal, the lane's age, the lane's rest, the budget."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.budget import BudgetRecord
from steward.errors import Failure
from steward.pauses import Cause, Pause, Phase
from triage.findings import Probe, Verdict
from triage.probes.backlog import (
    Depth,
    Throttles,
    dead_letter_finding,
    lane_finding,
    oldest,
    throttle_finding,
)
from triage.probes.calls import bugs_of, calls_of
from triage.probes.standing import breaker_finding, budget_finding

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def row(*effects: dict[str, Any], calls: int = 1, decision: str = "observed", **more: Any) -> dict[str, Any]:
    return {"decision": decision, "calls": calls, "effects": list(effects), **more}


def effect(kind: str, status: str, reason: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "status": status} | ({"reason": reason} if reason else {})


REFUSED = effect(
    "notion.comment", "failed", "notion.create_comment: forbidden, status 403, restricted_resource, said"
)
WAITS = effect("slack.message", "planned", "slack.chat.postMessage: unavailable, status 503, fatal_error")


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("rows", "vendor", "verdict", "failure", "status", "numbers"),
    [
        ([], "notion", Verdict.UNKNOWN, None, None, {"calls": 0, "failed": 0}),
        (
            [row(calls=0, decision="ignored")] * 9,
            "notion",
            Verdict.UNKNOWN,
            None,
            None,
            {"calls": 0, "failed": 0},
        ),
        ([row()] * 3, "notion", Verdict.GOOD, None, None, {"calls": 3, "failed": 0}),
        (
            [row(REFUSED)],
            "notion",
            Verdict.BAD,
            Failure.FORBIDDEN,
            403,
            {"calls": 2, "failed": 1, "failed_forbidden": 1},
        ),
        (
            [row()] * 39 + [row(REFUSED)],
            "notion",
            Verdict.GOOD,
            None,
            None,
            {"calls": 41, "failed": 1, "failed_forbidden": 1},
        ),
        (
            [row(WAITS)],
            "slack",
            Verdict.BAD,
            Failure.UNAVAILABLE,
            503,
            {"calls": 1, "failed": 1, "failed_unavailable": 1},
        ),
        (
            [
                row(
                    calls=0,
                    decision="parked",
                    exception="CallFailed/invalid",
                    why="notion.query: invalid, status 400",
                )
            ],
            "notion",
            Verdict.BAD,
            Failure.INVALID,
            400,
            {"calls": 1, "failed": 1, "failed_invalid": 1},
        ),
        (
            [row(effect("email", "done"), calls=0)],
            "email",
            Verdict.GOOD,
            None,
            None,
            {"calls": 1, "failed": 0},
        ),
        (
            [row(effect("slack.message", "cancelled", "no longer true"), calls=0)],
            "notion",
            Verdict.UNKNOWN,
            None,
            None,
            {"calls": 0, "failed": 0},
        ),
    ],
)
def test_the_journal_tells_how_the_calls_to_each_vendor_ended(
    *,
    rows: list[dict[str, Any]],
    vendor: str,
    verdict: Verdict,
    failure: Failure | None,
    status: int | None,
    numbers: dict[str, float],
) -> None:
    found = {finding.vendor: finding for finding in calls_of(rows, NOW, timedelta(minutes=5))}[vendor]

    assert (found.verdict, found.failure, found.status, dict(found.numbers)) == (
        verdict,
        failure,
        status,
        numbers,
    )


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("exceptions", "verdict", "bugs"),
    [
        ([], Verdict.GOOD, None),
        (["CallFailed/invalid", "Undecodable"], Verdict.GOOD, None),
        (["KeyError", "CallFailed/invalid", "KeyError", "TypeError"], Verdict.BAD, 3),
    ],
)
def test_only_an_exception_of_ours_is_a_bug(
    exceptions: list[str], verdict: Verdict, bugs: int | None
) -> None:
    found = bugs_of(
        [row(decision="parked", exception=name) for name in exceptions], NOW, timedelta(minutes=5)
    )

    assert (found.vendor, found.verdict, found.numbers.get("bugs")) == ("steward", verdict, bugs)
    assert found.code == ("KeyError" if bugs else None)


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("depth", "since", "newest_done", "seconds"),
    [
        (Depth(0, 0), None, None, 0),
        (Depth(0, 0), None, 30, 0),
        (Depth(3, 0), 600, None, 600),
        (Depth(0, 2), 600, None, 600),
        (Depth(3, 0), 600, 45, 45),
        (Depth(3, 0), 60, 900, 60),
        (Depth(3, 0), 0, None, 0),
    ],
    ids=["empty", "empty, moving", "stands", "only hidden", "moves", "moved before it filled", "just filled"],
)
def test_the_oldest_message_is_as_old_as_the_lane_holds_something_and_younger_than_what_is_finished(
    depth: Depth, since: int | None, newest_done: int | None, seconds: float
) -> None:
    ago = [None if one is None else NOW - timedelta(seconds=one) for one in (since, newest_done)]

    assert oldest(depth, ago[0], ago[1], NOW) == seconds


@pytest.mark.req("T1")
def test_a_lane_is_bad_by_its_age_and_not_by_its_depth() -> None:
    assert lane_finding(Depth(0, 0), 0, NOW).verdict is Verdict.GOOD
    assert lane_finding(Depth(5000, 1), 20, NOW).verdict is Verdict.GOOD
    old = lane_finding(Depth(1, 0), 301, NOW)
    assert (old.verdict, dict(old.numbers)) == (
        Verdict.BAD,
        {"waiting": 1, "hidden": 0, "oldest_seconds": 301},
    )


@pytest.mark.req("T1")
def test_one_dead_letter_is_bad() -> None:
    assert dead_letter_finding(Depth(0, 0), NOW).verdict is Verdict.GOOD
    assert dead_letter_finding(Depth(1, 0), NOW).verdict is Verdict.BAD


class CloudWatch:
    """Throttles by function."""

    def __init__(self, **sums: float) -> None:
        self.sums = sums
        self.asked = 0

    def get_metric_statistics(self, **asked: Any) -> dict[str, Any]:
        self.asked += 1
        assert (asked["Namespace"], asked["MetricName"]) == ("AWS/Lambda", "Throttles")
        assert asked["EndTime"] - asked["StartTime"] == timedelta(minutes=5)
        return {"Datapoints": [{"Sum": self.sums[asked["Dimensions"][0]["Value"]]}]}


@pytest.mark.req("T1")
def test_throttled_invocations_are_counted_over_all_functions() -> None:
    found = throttle_finding(CloudWatch(processor=2.0, ingest=1.0), ["processor", "ingest"], NOW)

    assert (found.verdict, found.numbers["throttled"]) == (Verdict.BAD, 3)
    assert throttle_finding(CloudWatch(processor=0.0), ["processor"], NOW).verdict is Verdict.GOOD


@pytest.mark.req("T1", "O6")
def test_throttles_are_asked_for_every_third_minute_while_there_are_none_and_each_minute_while_there_are() -> (
    None
):
    cloudwatch = CloudWatch(processor=0.0)
    throttles = Throttles(cloudwatch, ["processor"])

    found = [throttles.look(NOW + timedelta(minutes=minute)) for minute in range(6)]
    assert [f.verdict for f in found] == [Verdict.GOOD] * 6
    assert [f.at for f in found] == [NOW] * 3 + [NOW + timedelta(minutes=3)] * 3
    assert cloudwatch.asked == 2

    cloudwatch.sums["processor"] = 4.0
    found = [throttles.look(NOW + timedelta(minutes=minute)) for minute in (6, 7, 8)]
    assert [f.verdict for f in found] == [Verdict.BAD] * 3
    assert cloudwatch.asked == 5

    cloudwatch.sums["processor"] = 0.0
    assert throttles.look(NOW + timedelta(minutes=9)).verdict is Verdict.GOOD
    assert throttles.look(NOW - timedelta(minutes=30)).at == NOW - timedelta(minutes=30), "a clock set back"


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("cause", "vendor", "verdict", "failure"),
    [
        (Cause.VENDOR, "notion", Verdict.BAD, Failure.UNAVAILABLE),
        (Cause.TOKEN, "notion", Verdict.BAD, Failure.UNAUTHORIZED),
        (Cause.BLOCKED, "notion", Verdict.BAD, Failure.BLOCKED),
        (Cause.OPERATOR, "steward", Verdict.UNKNOWN, None),
    ],
)
def test_a_resting_lane_tells_for_whom_it_rests(
    cause: Cause, vendor: str, verdict: Verdict, failure: Failure | None
) -> None:
    pause = Pause().trip(cause, "detail", NOW - timedelta(minutes=5))
    found = breaker_finding(pause, NOW)

    assert (found.vendor, found.verdict, found.failure, found.code) == (vendor, verdict, failure, str(cause))
    assert found.numbers["resting_seconds"] == 300


@pytest.mark.req("T1")
@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.RESUMING])
def test_a_lane_that_does_not_rest_is_well(phase: Phase) -> None:
    assert breaker_finding(Pause(phase, Cause.VENDOR), NOW).verdict is Verdict.GOOD


def record(**more: Any) -> BudgetRecord:
    now = int(NOW.timestamp())
    return BudgetRecord({now - 61: 50, now - 59: 30, now: 10}, **more)


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("known", "verdict", "failure", "code"),
    [
        (None, Verdict.UNKNOWN, None, None),
        (record(), Verdict.GOOD, None, None),
        (record(blocked_until=NOW.timestamp() + 40), Verdict.UNKNOWN, None, "waits"),
        (record(blocked_until=NOW.timestamp() - 1), Verdict.GOOD, None, None),
        (
            record(blocked_until=NOW.timestamp() + 40, limited_until=NOW.timestamp() + 20),
            Verdict.BAD,
            Failure.RATE_LIMITED,
            "limited",
        ),
        (record(limited_until=NOW.timestamp() - 1), Verdict.GOOD, None, None),
        (
            record(room=20, room_at=NOW.timestamp() - 90, blocked_until=NOW.timestamp() + 40),
            Verdict.BAD,
            Failure.WORKSPACE_LIMITED,
            "workspace",
        ),
        (record(room=20, room_at=NOW.timestamp() - 600), Verdict.GOOD, None, None),
    ],
    ids=[
        "nothing known",
        "spending",
        "waits",
        "waited",
        "limited",
        "was limited",
        "the workspace's limit",
        "long ago",
    ],
)
def test_the_budget_tells_what_the_vendor_said_of_limits(
    known: BudgetRecord | None, verdict: Verdict, failure: Failure | None, code: str | None
) -> None:
    found = budget_finding(known, 180, NOW)

    assert (found.probe, found.verdict, found.failure, found.code) == (Probe.QUOTA, verdict, failure, code)
    assert known is None or (found.numbers["spent"], found.numbers["remaining"]) == (40, 140)
