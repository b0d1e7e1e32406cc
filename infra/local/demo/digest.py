"""Many notices that become one message."""

import time

from infra.local.demo.stage import Stage
from infra.local.demo.story import must, seen

MANY = (
    "Book the hall",
    "Print the badges",
    "Order the lunch",
    "Test the stream",
    "Ask the speakers",
    "Plan the walk",
)
LATE = 900
"""Seconds: events so old are no news by the minute."""


def play(stage: Stage, pages: list[str]) -> None:
    """Assign many tasks at once, of which Notion tells late.

    Args:
        stage: the stage.
        pages: the tasks, assigned to nobody.
    """
    notion = stage.notion
    stage.story.chapter(f"Ben assigns {len(pages)} tasks to Chloé at once, while Notion's webhooks are late")
    notion.set_clock_offset(-LATE)
    for page in pages:
        notion.edit(page, properties={"Assignee": [stage.demo.chloe]}, by=stage.demo.ben)
    notion.set_clock_offset(0)
    stage.story.tell(
        "edits", f"{len(pages)} events come {LATE // 60} minutes late (simulated by Notion's clock)"
    )
    for page in pages:
        stage.worked_off(page)
        told = seen("a comment", stage.comments(page, "assigned to you"))
        must(len(told) == 1, f"one comment, but there are {told}")
    stage.story.tell("comments", f"{len(pages)}, one on each page")
    assert stage.stack.rules is not None  # noqa: S101 - they were deployed
    time.sleep(stage.stack.rules.digest.window_seconds)  # what they wait for is time
    stage.settle()
    stage.told(pages[0], {"#tasks": stage.messages("#tasks", MANY[0])})
    for title in MANY[1:]:
        must(
            stage.messages("#tasks", title)() == stage.messages("#tasks", MANY[0])(),
            f"{title} in the same message",
        )
