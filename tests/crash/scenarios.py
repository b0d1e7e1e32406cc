"""What the processor is doing when something fails: one row each, and what people must have seen in the end.

A new feature adds its row: what has happened ``before``, undisturbed; what then ``happens``, call by call in danger; and
how often each person is told, at least and at most, in which way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from infra.local.simulators.notion import faults
from tests.crash import partnership
from tests.crash.world import Stage

Told = Mapping[str, tuple[int, int]]
"""Way and person, e.g. ``comment Ann``, to the least and the most times that they are told."""

ONCE, NEVER, AT_MOST_ONCE = (1, 1), (0, 0), (0, 1)


class Repeated(Enum):
    """What strikes a call that an earlier scenario has made: ``make test`` has no time for everything everywhere.

    A call that none has made is struck by one fault of each kind at least.
    """

    ALL = "every fault"
    KINDS = "one fault of each kind"
    DEATHS = "deaths before and after it"


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
        warm: what happened before happened in the same environment.
        ticks: kinds of the scheduler's ticks that come every quarter of an hour, too.
        repeated: what also strikes calls that a row above makes as well.
    """

    name: str
    before: Callable[[Stage], None]
    happens: Callable[[Stage], None]
    told: Told
    environ: Mapping[str, str] = field(default_factory=dict)
    webhook: bool = False
    remembers: bool = True
    warm: bool = False
    ticks: tuple[str, ...] = ()
    repeated: Repeated = Repeated.DEATHS


_POST = {"path": "chat.postMessage"}


def _nothing(_: Stage) -> None:
    """The page is new."""


def _ann_and_ben(stage: Stage) -> None:
    stage.assign("Ann", "Ben")
    stage.deliver()


def _ann(stage: Stage) -> None:
    stage.assign("Ann")
    stage.deliver()


def _ann_while_slack_is_limited(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 600}, match=_POST)
    _ann(stage)
    stage.work()


def _ann_while_slack_loses_answers(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "saved", "status": 503}, match=_POST)
    _ann(stage)
    stage.work()


def _ann_while_slack_is_down(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "answer", "status": 503}, match=_POST)
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


def _a_page_is_created(stage: Stage) -> None:
    stage.deliver(type="page.created")


def _a_page_is_created_while_writes_are_lost(stage: Stage) -> None:
    stage.notion.add_fault(faults.saved(503), times=1, match={"method": "PATCH"})
    _a_page_is_created(stage)


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


def _a_known_page(stage: Stage) -> None:
    stage.deliver(type="page.created")
    stage.work()


def _three_pages_on_a_deep_lane(stage: Stage) -> None:
    """The first is known, and so is heard of by its own event and by a query; of the others nothing is remembered."""
    stage.wait(60)
    for page, name in enumerate(("Ann", "Ben", "Chloe")):
        if page:
            stage.add_page()
        stage.assign(name, page=page)
        stage.deliver(page)
    stage.stale_ticks(10)
    stage.wait(20)


def _swept_while_a_message_waits(stage: Stage) -> None:
    _a_known_page(stage)
    stage.add_page()
    stage.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 600}, match=_POST)
    stage.assign("Ann", page=1)
    stage.deliver(1)
    stage.work()
    stage.wait(600)
    stage.tick("sweep")
    stage.work()


def _two_webhooks_are_lost(stage: Stage) -> None:
    stage.wait(300)
    stage.assign("Ben")
    stage.notion.trash(stage.pages[1])
    stage.wait(600)
    stage.tick("sweep")


def _four_late_messages(stage: Stage) -> None:
    stage.add_page()
    for page in (0, 1):
        stage.assign("Ann", "Ben", page=page)
        stage.deliver_late(page)
    stage.work()


def _two_ticks(stage: Stage) -> None:
    for _ in range(2):
        stage.wait(60)
        stage.tick()
        stage.work()


def _the_token_is_wrong_for_a_while(stage: Stage) -> None:
    stage.notion.revoke_token(stage.notion.token)
    _ann(stage)
    stage.work()
    stage.deploy()
    stage.work()
    stage.notion.add_token(stage.notion.token)


def _notion_fails_three_times(stage: Stage) -> None:
    stage.notion.add_fault(faults.answer(503), times="forever")
    _ann(stage)
    for _ in range(3):
        stage.work_one()


def _notion_is_away_for_a_while(stage: Stage) -> None:
    """The next failure trips the breaker."""
    stage.work()
    stage.minute()
    stage.notion.clear_faults()


def _a_message_of_the_other_lane_waits(stage: Stage) -> None:
    stage.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 600}, match=_POST)
    _an_event_on_the_wrong_lane(stage)
    stage.work()


def _an_event_on_the_wrong_lane(stage: Stage) -> None:
    """Ingest took it when there was one lane only."""
    stage.add_page(lane=1)
    stage.assign("Ann", page=1)
    stage.deliver(1)


def _it_is_on_the_lane_already(_: Stage) -> None:
    """Put on the lane anew, hidden there while Notion still limits, and then worked."""


def _a_deadline_of_ann(stage: Stage) -> None:
    stage.wait_for_noon()
    stage.assign("Ann")
    stage.let_be_due(3)


def _it_is_time_to_remind(stage: Stage) -> None:
    stage.tick("remind")
    stage.work()
    stage.minute()


def _ann_is_reminded_while_slack_is_limited(stage: Stage) -> None:
    _a_deadline_of_ann(stage)
    stage.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 600}, match=_POST)
    _it_is_time_to_remind(stage)


def _the_date_moves(stage: Stage) -> None:
    stage.let_be_due(2)
    stage.deliver()
    stage.work()
    stage.wait_for_noon()


def _a_deadline_while_notion_is_away(stage: Stage) -> None:
    _a_deadline_of_ann(stage)
    _a_known_page(stage)
    stage.wait(60)
    stage.notion.add_fault(faults.answer(503), times="forever")
    stage.deliver()
    stage.work()


def _two_minutes_of_rest(stage: Stage) -> None:
    for _ in range(2):
        stage.minute()
    stage.notion.clear_faults()


_DEADLINES = {"RULES_FILE": str(Path(__file__).with_name("deadlines.toml"))}


def _a_property_breaks(stage: Stage) -> None:
    stage.wait(60)
    stage.retype("Assignee", "rich_text", back_to="people")


def _a_told_break(stage: Stage) -> None:
    _a_known_page(stage)
    _a_property_breaks(stage)
    stage.work()
    stage.minute()
    stage.minute()


def _it_is_mended(stage: Stage) -> None:
    stage.wait(60)
    stage.retype("Assignee", "people", back_to="people")


def _a_source_is_ordered(stage: Stage) -> None:
    stage.add_page()
    stage.assign("Ann", page=1)
    stage.wait(60)
    stage.order_baseline()


_BOTH = {"comment Ann": ONCE, "message Ann": ONCE, "comment Ben": ONCE, "message Ben": ONCE}
_ONLY_ANN = {"comment Ann": ONCE, "message Ann": ONCE}

SCENARIOS = (
    Scenario("two people in one event", _nothing, _ann_and_ben, _BOTH, repeated=Repeated.ALL),
    Scenario(
        "the first event of an installation",
        _nothing,
        _ann,
        _ONLY_ANN,
        remembers=False,
        repeated=Repeated.ALL,
    ),
    Scenario(
        "reassigned while a message waits",
        _ann_while_slack_is_limited,
        _ben_instead,
        {**_BOTH, "message Ann": NEVER},
    ),
    Scenario(
        "reassigned while a message is in doubt",
        _ann_while_slack_loses_answers,
        _ben_instead,
        _BOTH,
        repeated=Repeated.KINDS,
    ),
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
    Scenario(
        "a tick sends what waited",
        _ann_while_slack_is_limited,
        _tick_when_it_may_go,
        _ONLY_ANN,
        repeated=Repeated.KINDS,
    ),
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
    Scenario(
        "three pages on a deep lane",
        _a_known_page,
        _three_pages_on_a_deep_lane,
        {
            **_ONLY_ANN,
            "comment Ben 1": ONCE,
            "message Ben 1": ONCE,
            "comment Chloe 2": ONCE,
            "message Chloé 2": ONCE,
        },
    ),
    Scenario(
        "a sweep finds an assignment and a page in the trash",
        _swept_while_a_message_waits,
        _two_webhooks_are_lost,
        {"comment Ben": ONCE, "message Ben": ONCE, "comment Ann 1": ONCE, "message Ann 1": AT_MOST_ONCE},
        ticks=("sweep",),
    ),
    Scenario(
        "four late messages become a digest",
        _four_late_messages,
        _two_ticks,
        {"message Ann": ONCE, "message Ben": ONCE, "message Ann 1": ONCE, "message Ben 1": ONCE},
        environ={"RULES_FILE": str(Path(__file__).with_name("messages_only.toml"))},
    ),
    Scenario(
        "a tick reminds of a deadline",
        _a_deadline_of_ann,
        _it_is_time_to_remind,
        _ONLY_ANN,
        environ=_DEADLINES,
        ticks=("remind",),
    ),
    Scenario(
        "the date moves while a reminder waits",
        _ann_is_reminded_while_slack_is_limited,
        _the_date_moves,
        {"comment Ann": (2, 2), "message Ann": ONCE},
        environ=_DEADLINES,
        ticks=("remind",),
    ),
    Scenario(
        "a deadline while Notion is away",
        _a_deadline_while_notion_is_away,
        _two_minutes_of_rest,
        {"comment Ann": AT_MOST_ONCE, "message Ann": ONCE},
        environ=_DEADLINES,
        ticks=("remind",),
        warm=True,
    ),
    Scenario(
        "a property breaks an automation",
        _a_known_page,
        _a_property_breaks,
        {"message breaks:": ONCE},
    ),
    Scenario(
        "a broken property is mended",
        _a_told_break,
        _it_is_mended,
        {"message breaks:": ONCE, "message well again": ONCE},
    ),
    Scenario(
        "an operator lets a data source be remembered",
        _a_known_page,
        _a_source_is_ordered,
        {},
    ),
    Scenario(
        "a new page is assigned by turn and welcomed",
        _nothing,
        _a_page_is_created,
        _ONLY_ANN,
        environ={"RULES_FILE": str(Path(__file__).with_name("on_creation.toml"))},
    ),
    Scenario(
        "the answer to a write is lost",
        _nothing,
        _a_page_is_created_while_writes_are_lost,
        _ONLY_ANN,
        environ={"RULES_FILE": str(Path(__file__).with_name("on_creation.toml"))},
    ),
    Scenario(
        "the token is wrong for a while",
        _nothing,
        _the_token_is_wrong_for_a_while,
        _ONLY_ANN,
    ),
    Scenario(
        "Notion is away for a while",
        _notion_fails_three_times,
        _notion_is_away_for_a_while,
        _ONLY_ANN,
        warm=True,
    ),
    Scenario(
        "a tick is handed on to the other lane",
        _a_message_of_the_other_lane_waits,
        _tick_when_it_may_go,
        {"comment Ann 1": ONCE, "message Ann 1": ONCE},
        environ={"LANES": "2"},
    ),
    Scenario(
        "a status is carried over to the other workspace",
        partnership.a_linked_pair,
        partnership.the_task_is_done,
        {"order Shipped": ONCE, "task Done": ONCE},
        environ=partnership.ENVIRON,
    ),
    Scenario(
        "an event of a workspace that is away waits beside the lane",
        partnership.a_linked_pair,
        partnership.the_order_is_shipped_while_its_workspace_is_away,
        {"order Shipped": ONCE, "task Done": ONCE},
        environ=partnership.ENVIRON,
    ),
    Scenario(
        "both workspaces change a status within a minute",
        partnership.a_linked_pair,
        partnership.both_are_changed,
        {"order Shipped": ONCE, "task Done": ONCE},
        environ=partnership.ENVIRON,
    ),
    Scenario(
        "an event is forwarded to its lane",
        _nothing,
        _an_event_on_the_wrong_lane,
        {"comment Ann 1": ONCE, "message Ann 1": ONCE},
        environ={"LANES": "2"},
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
