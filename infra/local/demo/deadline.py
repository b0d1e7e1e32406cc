"""A deadline that is reminded of."""

from datetime import UTC, datetime, timedelta

from infra.local.demo.stage import Stage


def tomorrow() -> str:
    """The day of the deadline, where the rules file says the team is."""
    return (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def play(stage: Stage, page: str, title: str) -> None:
    """Let the scheduler's tick come, for a task that is due tomorrow."""
    due = stage.notion.page(page)["properties"]["Due"]["date"]["start"]
    stage.story.chapter(f"“{title}” is due tomorrow")
    stage.tick("remind")
    stage.story.tell(
        "tick", f"the scheduler's, of every quarter of an hour; Due is {due}, and Ben is assigned"
    )
    stage.settle()
    stage.told(
        page,
        {"comment": stage.comments(page, "due"), "direct: Ben": stage.messages("Ben", title)},
    )
