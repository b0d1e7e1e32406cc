"""A page that is locked, and deleted."""

from infra.local.demo.stage import Stage


def play(stage: Stage, page: str, title: str) -> None:
    """Lock a task, and delete it."""
    stage.story.chapter(f"Ann locks “{title}”, and deletes it")
    stage.notion.lock(page, by=stage.demo.ann)
    stage.told(page, {"#team": stage.messages("#team", "was locked")})
    stage.notion.trash(page, by=stage.demo.ann)
    stage.told(page, {"#team": stage.messages("#team", "was deleted")})
