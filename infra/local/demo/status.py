"""A status that changed, and whom it is escalated to."""

from infra.local.demo.stage import Stage


def play(stage: Stage, page: str, title: str) -> None:
    """Block a task."""
    stage.story.chapter(f"“{title}” is blocked: that is escalated to Chloé, who leads")
    stage.notion.edit(page, properties={"Status": "Blocked"}, by=stage.demo.ann)
    stage.story.tell("edit", "Status: Not started → Blocked")
    stage.told(
        page,
        {
            "comment": stage.comments(page, "moved from"),
            "#urgent": stage.messages("#urgent", title),
            "direct: Chloé": stage.messages("Chloé", title),
            "e-mail: Chloé": stage.mails("chloe@example.com"),
        },
    )
