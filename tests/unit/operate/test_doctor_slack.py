"""What ``doctor`` makes of Slack's scopes and channels, held against what the rules need."""

from collections.abc import Iterable

import pytest

from infra.operate.doctor import slack
from infra.operate.doctor.line import Line, State
from infra.operate.doctor.slack_needs import channels_of, needs_of
from steward.rules import parse

pytestmark = pytest.mark.req("O4")

RULES = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = { title = "Name", assignee = "Assignee", status = "Status" }
slack_channel = "C0123456789"
[[data_source.automation]]
kind = "assignment"
"""


def test_the_scopes_are_those_that_the_rules_need() -> None:
    quiet, direct = parse(RULES), parse(RULES + "direct = true\n")
    channels = channels_of(quiet, "#incidents")
    assert channels == ("#team", "C0123456789", "#incidents")
    needs = needs_of(quiet, channels)
    everything = frozenset(need.scope for need in needs_of(direct, channels))
    assert "im:write" not in {need.scope for need in needs}
    assert states(slack.scope_lines(everything, needs_of(direct, channels))) == ["ok"]
    assert states(slack.scope_lines(None, needs)) == ["not checked"]
    assert states(slack.scope_lines(everything - {"chat:write"}, needs)) == ["fault"]
    assert states(slack.scope_lines(everything - {"users:read.email"}, needs)) == ["warning"]
    (line,) = slack.scope_lines(everything - {"users:read.email"}, needs_of(direct, channels))
    assert line.state is State.FAULT
    assert "add users:read.email" in line.remedy


@pytest.mark.parametrize(
    ("channel", "anywhere", "expected"),
    [
        (slack.Channel("C1", "team", archived=False, member=True), False, "ok"),
        (slack.Channel("C1", "team", archived=False, member=False), True, "ok"),
        (slack.Channel("C1", "team", archived=False, member=False), False, "fault"),
        (slack.Channel("C1", "team", archived=True, member=True), True, "fault"),
        (slack.Channel("C1", "teams", archived=False, member=True), True, "warning"),
    ],
)
def test_a_channel_can_be_written_to_or_says_what_to_do(
    channel: slack.Channel, *, anywhere: bool, expected: str
) -> None:
    assert states(slack.channel_lines(["#team"], [channel], may_write_anywhere=anywhere)) == [expected]


def states(lines: Iterable[Line]) -> list[str]:
    return [str(line.state) for line in lines]
