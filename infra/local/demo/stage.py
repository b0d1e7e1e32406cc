"""The stage that the scenarios of the automations play on: the simulated Notion and Slack, and what Steward did there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.demo.story import Story, must, readable, seen
from infra.local.simulators.notion import Demo, NotionAdmin
from infra.local.simulators.slack import SlackAdmin
from infra.local.stack import LocalStack
from steward.envelope import Tick, encode_tick
from steward.lane import FIRST, Lane

Look = Callable[[], list[str]]
"""What people now see somewhere."""


@dataclass(frozen=True)
class Stage:
    """A stack whose Notion and Slack are simulated, and the demo's workspace in it."""

    stack: LocalStack
    story: Story
    notion: NotionAdmin
    partner: NotionAdmin
    slack: SlackAdmin
    demo: Demo

    def comments(self, page: str, saying: str) -> Look:
        """Comments of a page."""
        return lambda: [c["text"] for c in self.notion.comments(page) if saying in c["text"]]

    def messages(self, place: str, saying: str) -> Look:
        """Messages of a channel, or direct messages to somebody by name."""
        return lambda: [text for text in posted(self.slack, place) if saying in text]

    def mails(self, to: str) -> Look:
        """E-mails to an address, by subject."""
        return lambda: [mail["Subject"] for mail in self.stack.mails() if to in mail["To"]]

    def told(self, entity: str, looks: Mapping[str, Look]) -> None:
        """Show what was sent where, which has to be exactly one in each place when everything is worked off.

        Args:
            entity: the page or data source whose events have to be worked off.
            looks: where → what is seen there.

        Raises:
            DemoFailure: something was not sent in time, or twice.
        """
        for where, look in looks.items():
            seen(f"something in {where}", look)
        self.worked_off(entity)
        for where, look in looks.items():
            texts = look()
            must(len(texts) == 1, f"one in {where}, but there are {len(texts)}: {texts}")
            self.story.tell(where, texts[0])

    def worked_off(self, entity: str, workspace: NotionAdmin | None = None) -> list[Mapping[str, Any]]:
        """What the journal says of every event of a page or data source so far, once all of them are worked off."""
        told = (workspace or self.notion).events

        def look() -> list[Mapping[str, Any] | None]:
            events = (event for event in told() if event["entity"]["id"] == entity)
            return [journal(self.stack, event["id"]) for event in events]

        seen("every event in the journal", lambda: None not in look())
        return [row for row in look() if row is not None]

    def tick(self, kind: Tick, part: int = 0) -> None:
        """Put a tick on the lane, as the scheduler does in its time."""
        now = datetime.now(UTC)
        lane = Lane(self.stack.client("sqs"), self.stack.resource("LaneQueue"))
        lane.republish(encode_tick(kind, now, part), FIRST, f"demo-{kind}-{now.timestamp()}")

    def settle(self) -> None:
        """Let what is due in the outbox be told at once, not at the next full minute.

        As a part of a tick that goes on: another first part within the minute would be taken for a repetition.
        """
        self.tick("settle", part=1)


def posted(slack: SlackAdmin, place: str) -> list[str]:
    """The messages of a channel, or the direct messages to somebody by name, as people see them, oldest first."""
    names = {user["id"]: user["real_name"] for user in slack.users()}
    where = next((user for user, name in names.items() if name == place), place)
    return [readable(message["text"], names) for message in slack.messages(where)]


def journal(stack: LocalStack, event_id: str) -> dict[str, Any] | None:
    """What the journal says of an event; None when it is not worked off."""
    answer = stack.table("JournalTable").get_item(
        Key={"pk": f"EVENT#{event_id}", "sk": "RECORD"}, ConsistentRead=True
    )
    item: dict[str, Any] | None = answer.get("Item")
    return item
