"""When Slack is down, or is what is broken: pages instead, and Slack is made up for without a storm."""

from dataclasses import replace

import pytest

from steward import telemetry
from steward.clients.slack_bot import SlackBot
from steward.errors import CallFailed, Failure
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Stage
from tests.integration.incidents.rig import Rig
from tests.unit.triage.incident_words import diagnosis

PAGE = "[INVESTIGATING] P2 Notion: vendor outage (notion-20261121-1)"


def lost(failure: Failure = Failure.UNREACHABLE, *, maybe_done: bool) -> CallFailed:
    return CallFailed(failure, "sns", "sns.publish", maybe_done=maybe_done)


@pytest.mark.req("T6", "T10")
def test_slack_down_through_the_whole_incident_is_two_pages_and_one_message_afterwards(rig: Rig) -> None:
    rig.break_slack()
    rig.run("ooo")
    assert rig.pager.subjects == [PAGE]

    rig.run("o" * 20 + "h" * 9)
    assert rig.pager.subjects == [PAGE, PAGE.replace("INVESTIGATING", "RESOLVED")]
    assert rig.messages() == []

    rig.slack.clear_faults()
    rig.run("h" * 20)
    assert len(rig.messages()) == 1
    assert "Resolved" in rig.messages()[0]["text"]
    assert rig.replies() == []
    assert rig.store.live() == []
    assert len(rig.pager.pages) == 2


@pytest.mark.req("T6", "T10")
def test_slack_that_comes_back_meanwhile_gets_one_message_that_says_how_it_stands(rig: Rig) -> None:
    rig.break_slack()
    rig.run("ooo")
    rig.run("ooo", severity=Severity.P1)
    rig.run("o" * 10, severity=Severity.P1)
    assert len(rig.pager.pages) == 2  # it got graver

    rig.slack.clear_faults()
    rig.run("o" * 16, severity=Severity.P1)
    assert len(rig.messages()) == 1
    assert "*P1 · Notion" in rig.messages()[0]["text"]
    assert rig.replies() == []
    assert len(rig.pager.pages) == 2


@pytest.mark.req("T6")
def test_slack_that_goes_down_later_is_made_up_for_by_one_reply(rig: Rig) -> None:
    rig.run("ooo")
    rig.break_slack()
    rig.run("o" * 5, severity=Severity.P1)
    assert len(rig.pager.pages) == 1
    rig.run("h" * 9, severity=Severity.P1)

    rig.slack.clear_faults()
    rig.run("h" * 20)
    assert len(rig.messages()) == len(rig.replies()) == 1
    for line in ("severity P2 → P1", "monitoring", "resolved after"):
        assert line in rig.replies()[0]
    assert len(rig.pager.pages) == 2  # who was paged learns of the end


@pytest.mark.req("T6")
def test_a_slack_whose_secret_can_t_be_read_is_a_slack_that_is_down(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: object) -> bool:
        raise CallFailed(Failure.UNREACHABLE, "slack", "slack.secret")

    with monkeypatch.context() as away:
        away.setattr(SlackBot, "can_find", property(unreadable))
        rig.run("ooo")
        assert rig.pager.subjects == [PAGE]
        rig.run("oo")

    rig.run("o")
    assert len(rig.messages()) == 1
    assert len(rig.pager.pages) == 1


@pytest.mark.req("T6")
def test_one_failure_leaves_slack_alone_for_the_rest_of_the_run(rig: Rig) -> None:
    rig.break_slack()
    others = [diagnosis(Class.TOKEN, vendor="hubspot"), diagnosis(Class.BUG, vendor="steward")]
    rig.run("ooo", more=others)

    assert rig.calls("chat.postMessage") == 1
    assert len(rig.pager.pages) == 3

    rig.slack.clear_faults()
    rig.run("o" * 3, more=others)
    assert len(rig.messages()) == 3
    assert len(rig.pager.pages) == 3


@pytest.mark.req("T6")
def test_trouble_of_slack_itself_is_paged_whatever_slack_takes(rig: Rig) -> None:
    broken = diagnosis(Class.DEGRADED, vendor="slack")
    for _ in range(4):
        rig.run("h", more=[broken])
    for _ in range(9):
        rig.run("h", more=[diagnosis(Class.HEALTHY, vendor="slack")])

    assert rig.pager.subjects == [
        "[INVESTIGATING] P2 Slack: vendor degraded (slack-20261121-1)",
        "[RESOLVED] P2 Slack: vendor degraded (slack-20261121-1)",
    ]
    assert len(rig.messages()) == 1


@pytest.mark.req("T6")
def test_a_moments_rate_limit_is_waited_for_and_a_long_one_is_paged(rig: Rig) -> None:
    rig.break_slack(kind="answer", status=429, retry_after=600)
    rig.run("ooo")
    assert rig.pager.pages == []
    rig.run("oo")
    assert rig.pager.subjects == [PAGE]
    assert rig.calls("chat.postMessage") == 1


@pytest.mark.req("T6")
@pytest.mark.parametrize("action", [{"kind": "reset", "saved": True}, {"kind": "saved", "status": 500}])
def test_a_first_message_whose_answer_was_lost_is_found_and_not_repeated(
    rig: Rig, action: dict[str, object]
) -> None:
    rig.slack.add_fault(action, match={"path": "chat.postMessage"})
    rig.run("ooo")
    rig.run("o" * 3)

    assert len(rig.messages()) == 1
    assert rig.calls("chat.postMessage") == 1
    assert rig.store.live()[0].posted == f"{rig.messages()[0]['channel']}/{rig.messages()[0]['ts']}"


@pytest.mark.req("T6")
def test_a_reply_whose_answer_was_lost_is_found_and_not_repeated(rig: Rig) -> None:
    rig.run("ooo")
    rig.slack.add_fault({"kind": "saved", "status": 500}, match={"path": "chat.postMessage"})
    rig.run("ooo", severity=Severity.P1)

    assert len(rig.replies()) == 1


@pytest.mark.req("T6")
def test_what_cant_be_looked_for_is_not_said_again(rig: Rig) -> None:
    rig.slack.add_fault({"kind": "saved", "status": 500}, match={"path": "chat.postMessage"})
    rig.slack.add_fault({"kind": "answer", "status": 503}, match={"path": "conversations"}, times="forever")
    rig.run("o" * 30)

    assert len(rig.messages()) == 1
    assert rig.pager.subjects == [PAGE]


@pytest.mark.req("T6")
@pytest.mark.parametrize(("when_unsure", "messages"), [("resend", 2), ("skip", 1)])
def test_by_webhook_a_lost_answer_is_decided_by_the_setting_and_counted(
    rig: Rig, when_unsure: str, messages: int
) -> None:
    rig.webhook, rig.when_unsure = True, "skip" if when_unsure == "skip" else "resend"
    rig.slack.add_fault({"kind": "saved", "status": 500}, match={"path": "services"})
    rig.run("o" * 8)

    assert len(rig.messages()) == messages
    assert rig.counted.count(telemetry.UNSURE) == 1


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("maybe_done", "when_unsure", "pages", "unsure"),
    [(False, "resend", 1, 0), (True, "resend", 2, 1), (True, "skip", 1, 1)],
)
def test_a_page_that_failed_is_sent_again_where_that_is_right(
    rig: Rig, maybe_done: bool, when_unsure: str, pages: int, unsure: int
) -> None:
    rig.when_unsure = "skip" if when_unsure == "skip" else "resend"
    rig.break_slack(kind="error", error="invalid_auth")
    rig.pager.fails = lost(maybe_done=maybe_done)
    rig.run("o" * 15)

    assert rig.pager.subjects == [PAGE] * pages
    assert rig.counted.count(telemetry.UNSURE) == unsure


@pytest.mark.req("T6")
def test_a_silenced_incident_is_not_paged(rig: Rig) -> None:
    (incident,) = rig.run("ooo")
    rig.break_slack()
    rig.store.save(incident, replace(incident, silenced_until=rig.clock.now().replace(hour=23)))
    rig.run("o" * 10)
    assert rig.pager.pages == []

    rig.run("o" * 10, severity=Severity.P1)
    assert len(rig.pager.pages) == 1  # what was silenced was something smaller


@pytest.mark.req("T6")
def test_without_a_pager_and_without_slack_the_desk_goes_on(rig: Rig) -> None:
    rig.has_pager = False
    rig.break_slack(kind="error", error="channel_not_found")
    rig.run("ooo" + "h" * 9)
    assert [i.stage for i in rig.store.live()] == [Stage.RESOLVED]

    rig.clock.sleep(24 * 3600)
    rig.run("h")
    assert rig.store.live() == []
    assert rig.counted.count(telemetry.INCIDENT_UNTOLD) == 1
