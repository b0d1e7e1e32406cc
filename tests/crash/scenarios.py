"""What the processor is doing when something fails: one row each, and what people must have seen in the end.

A new feature adds its row: what has happened ``before``, undisturbed; what then ``happens``, call by call in danger; and
how often each person is told, at least and at most, in which way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.local.simulators.notion import faults
from tests.crash.world import Stage

Told = Mapping[str, tuple[int, int]]
"""Way and person, e.g. ``comment Ann``, to the least and the most times that they are told."""

ONCE, NEVER, AT_MOST_ONCE = (1, 1), (0, 0), (0, 1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row.

    Attributes:
        name: for the report.
        before: what has happened already.
        happens: what the calls are numbered of.
        told: what people have seen in the end; whoever is not named is told nothing.
        environ: settings that differ.
        webhook: Slack is reached by incoming webhook, which keeps no history.
        remembers: False for an installation that has never worked an event.
    """

    name: str
    before: Callable[[Stage], None]
    happens: Callable[[Stage], None]
    told: Told
    environ: Mapping[str, str] = field(default_factory=dict)
    webhook: bool = False
    remembers: bool = True


def _nothing(_: Stage) -> None:
    """The page is new."""


def _ann_and_ben(stage: Stage) -> None:
    stage.assign("Ann", "Ben")
    stage.deliver()


def _ann(stage: Stage) -> None:
    stage.assign("Ann")
    stage.deliver()


def _ann_while_slack_is_limited(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 600})
    _ann(stage)
    stage.work()


def _ann_while_slack_loses_answers(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "saved", "status": 503})
    _ann(stage)
    stage.work()


def _ann_while_slack_is_down(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "answer", "status": 503})
    _ann(stage)
    stage.work()


def _ann_is_told(stage: Stage) -> None:
    _ann(stage)
    stage.work()


def _ann_after_three_deaths_while_notion_is_limited(stage: Stage) -> None:
    stage.notion.add_fault(faults.answer(429, retry_after=30), match={"path": stage.page_id})
    _ann(stage)
    for _ in range(3):
        stage.spend_a_receive()


def _ben_instead(stage: Stage) -> None:
    stage.wait(60)
    stage.assign("Ben")
    stage.deliver()


def _page_goes(stage: Stage) -> None:
    stage.wait(60)
    stage.notion.trash(stage.page_id)
    stage.deliver(type="page.deleted")


def _same_event_again(stage: Stage) -> None:
    stage.wait(301)
    stage.deliver_again()


def _tick_when_it_may_go(stage: Stage) -> None:
    stage.wait(601)
    stage.tick()


def _by_an_automation_without_names(stage: Stage) -> None:
    stage.notion.set_capabilities({"users": "none"})
    stage.assign("Ann")
    stage.deliver(authors=[{"id": "another-bot", "type": "bot"}])


def _it_is_on_the_lane_already(_: Stage) -> None:
    """Put on the lane anew, hidden there while Notion still limits, and then worked."""


_BOTH = {"comment Ann": ONCE, "message Ann": ONCE, "comment Ben": ONCE, "message Ben": ONCE}
_ONLY_ANN = {"comment Ann": ONCE, "message Ann": ONCE}

SCENARIOS = (
    Scenario("two people in one event", _nothing, _ann_and_ben, _BOTH),
    Scenario("the first event of an installation", _nothing, _ann, _ONLY_ANN, remembers=False),
    Scenario(
        "reassigned while a message waits",
        _ann_while_slack_is_limited,
        _ben_instead,
        {**_BOTH, "message Ann": NEVER},
    ),
    Scenario("reassigned while a message is in doubt", _ann_while_slack_loses_answers, _ben_instead, _BOTH),
    Scenario(
        "reassigned after a message was lost",
        _ann_while_slack_is_down,
        _ben_instead,
        {**_BOTH, "message Ann": AT_MOST_ONCE},
    ),
    Scenario(
        "trashed while a message waits",
        _ann_while_slack_is_limited,
        _page_goes,
        {**_ONLY_ANN, "message Ann": NEVER},
    ),
    Scenario("the same event after five minutes", _ann_is_told, _same_event_again, _ONLY_ANN),
    Scenario("a tick sends what waited", _ann_while_slack_is_limited, _tick_when_it_may_go, _ONLY_ANN),
    Scenario(
        "an event that was received often is put on the lane anew",
        _ann_after_three_deaths_while_notion_is_limited,
        _it_is_on_the_lane_already,
        _ONLY_ANN,
    ),
    Scenario(
        "an automation assigns, names are hidden",
        _nothing,
        _by_an_automation_without_names,
        {"comment Ann": ONCE, "message Somebody": ONCE},
    ),
)

BY_WEBHOOK = {
    way: Scenario(
        f"by incoming webhook, when unsure {way}",
        _nothing,
        _ann,
        _ONLY_ANN,
        environ={"WHEN_UNSURE": way},
        webhook=True,
    )
    for way in ("resend", "skip")
}
"""Here a lost answer can't be looked up: what is told twice, or not at all, has to be counted as unsure."""
