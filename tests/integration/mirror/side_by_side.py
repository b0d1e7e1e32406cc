"""The stand with a mirror: pages in a simulated Notion, their rows in a real PostgreSQL, and both held side by side."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from steward.mirror.database import Database, Transaction
from steward.mirror.migrate import migrate
from tests.integration.mirrored import keep_mirror_at
from tests.integration.rules_file import TASKS, automation
from tests.integration.stand import Stand, standing
from tests.mirror import closing_connections, database_at

OPTIONS = {"Not started": "todo", "In progress": "doing", "Done": "done"}
COLUMNS = {"priority": "text", "due": "date"}
MIRROR = """
options = { "Not started" = "todo", "In progress" = "doing", "Done" = "done" }
columns = [
    { name = "priority", role = "priority", type = "text" },
    { name = "due", role = "due", type = "date" },
]
"""


class SideBySide:
    """Make it with ``side_by_side``."""

    def __init__(self, stand: Stand, database: Database) -> None:
        self.stand, self.database = stand, database
        # The database has a clock of its own, and everybody's are about the same.
        stand.clock.sleep(max(time.time() - stand.clock.time(), 0))
        stand.notion.update_schema(stand.demo.data_source_id, add={"Tags": "multi_select"})
        for task in stand.demo.tasks.values():
            stand.notion.delete_forever(task)

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Somebody else's statement."""

        def work(transaction: Transaction) -> list[dict[str, Any]]:
            if " RETURNING " in statement or statement.startswith("SELECT"):
                return transaction.rows(statement, *values)
            transaction.run(statement, *values)
            return []

        return self.database.run("test", work)

    def page(self, title: str = "Write the report", **more: Any) -> str:
        """A page that Steward has seen."""
        values = {"Name": title, "Status": "Not started", "Priority": "Low", **more}
        page = self.stand.notion.add_page(self.stand.demo.data_source_id, values)
        self.stand.clock.sleep(600)
        self.stand.sweep()
        return page

    def linked(self, title: str = "Write the report", **more: Any) -> str:
        """A page that Steward has seen, and its row, in step."""
        page = self.page(title, **more)
        self.link(page, name=title, status="todo", priority="Low")
        self.minutes(1)
        return page

    def link(self, page: str | None, **values: Any) -> None:
        """Somebody makes a row for a page."""
        names = ["id", "notion_page_id", *values, "updated_at"]
        marks = ", ".join(["%s"] * len(names))
        self.sql(
            f"INSERT INTO projects ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - the test's own names
            f"row of {page}",
            page,
            *values.values(),
            self.now,
        )

    def change(self, page: str, *, at: datetime | None = None, **values: Any) -> None:
        """An application changes a row, and says when, as it should."""
        names = ", ".join(f"{name} = %s" for name in values)
        self.sql(
            f"UPDATE projects SET {names}, origin = 'app', updated_at = %s WHERE notion_page_id = %s",  # noqa: S608 - the test's own names
            *values.values(),
            at or self.now,
            page,
        )

    @property
    def now(self) -> datetime:
        """The time of everybody."""
        return self.stand.clock.now()

    def edit(self, page: str, **properties: Any) -> None:
        """A person changes a page; its webhook is lost."""
        self.stand.notion.edit(page, properties=properties, by=self.stand.demo.chloe, silent=True)

    def minutes(self, number: int) -> None:
        """Minutes pass, each with its ticks."""
        for _ in range(number):
            self.stand.clock.sleep(60)
            for tick in ("settle", "mirror"):
                self.stand.tick(tick)
            self.stand.work()

    def row(self, page: str) -> dict[str, Any]:
        """A page's row."""
        (found,) = self.sql("SELECT * FROM projects WHERE notion_page_id = %s", page)
        return found

    def shows(self, page: str) -> dict[str, Any]:
        """A page's mirrored values in Notion's words."""
        shown = self.stand.notion.page(page)["properties"]
        title = "".join(part["plain_text"] for part in shown["Name"]["title"])
        status, priority = shown["Status"]["status"], shown["Priority"]["select"]
        due = shown["Due"]["date"]
        return {
            "name": title,
            "status": status and status["name"],
            "priority": priority and priority["name"],
            "due": due and due["start"],
        }

    def says(self, page: str) -> dict[str, Any]:
        """The same of its row, in the same words."""
        row = self.row(page)
        back = {theirs: ours for ours, theirs in OPTIONS.items()}
        due = row["due"].isoformat() if row["due"] else None
        return {
            "name": row["name"],
            "status": back.get(row["status"]),
            "priority": row["priority"],
            "due": due,
        }

    def audited(self, action: str) -> list[dict[str, Any]]:
        """What the audit log holds of an action, oldest first."""
        return self.sql(
            "SELECT resource_id, details::json AS details FROM audit_logs WHERE action = %s ORDER BY created_at",
            action,
        )

    def writes(self) -> int:
        """Writes of pages that Notion took."""
        return sum(row["status"] == 200 for row in self.stand.notion.requests(method="PATCH"))

    def calls(self) -> int:
        """Calls of Notion."""
        return len(self.stand.notion.requests())


@contextmanager
def side_by_side(dsn: str, folder: Path, options: str = MIRROR, **environ: str) -> Iterator[SideBySide]:
    """The stand, whose Steward keeps a mirror at this DSN."""
    path = folder / "steward.toml"
    tasks = TASKS.replace('priority = "Priority"', 'priority = "Priority", due = "Due", tags = "Tags"')
    path.write_text(tasks + automation("mirror", options))
    database = database_at(dsn)
    migrate(database, COLUMNS)
    with closing_connections(), standing(quick=True, RULES_FILE=str(path), **environ) as stand:
        keep_mirror_at(stand, dsn)
        try:
            yield SideBySide(stand, database)
        finally:
            database.close()
