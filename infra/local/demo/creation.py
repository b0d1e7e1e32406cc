"""A new page that gets an assignee, a value and a welcome."""

from infra.local.demo.stage import Stage
from infra.local.demo.story import must, seen
from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE

TITLE = "Bug: the export is empty"


def play(stage: Stage) -> None:
    """Create a task, and see what it was given."""
    stage.story.chapter(f"Chloé writes a new task, “{TITLE}”, and nothing else")
    page = stage.notion.add_page(TASKS_DATA_SOURCE, {"Name": TITLE}, by=stage.demo.chloe)
    stage.story.tell("page", "created; nobody is assigned, and it has no priority")

    def given() -> tuple[str, str] | None:
        properties = stage.notion.page(page)["properties"]
        people, priority = properties["Assignee"]["people"], properties["Priority"]["select"]
        return (people[0]["name"], priority["name"]) if people and priority else None

    who, priority = seen("an assignee and a priority", given)
    (write,) = stage.notion.requests(method="PATCH", path=page)
    stage.story.tell("to Notion", f"{write['method']} {write['path']} → {write['status']}")
    stage.story.tell("property", f"Assignee = {who}, whose turn it is; Priority = {priority}, by the title")
    stage.told(
        page,
        {
            "welcome": stage.comments(page, "Thank you for the report"),
            "comment": stage.comments(page, "this task is now assigned to you"),
            "#tasks": stage.messages("#tasks", TITLE),
        },
    )
    ours = [row for row in stage.worked_off(page) if row["decision"] == "ignored"]
    must(bool(ours), "that the event of Steward's own write is ignored")
    stage.story.tell("own write", f"Notion tells of it, too: {ours[0]['decision']}, {ours[0]['why']}")
