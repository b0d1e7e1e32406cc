"""A stand whose tasks are mirrored into a real database, and what lies in it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.simulators.notion.demo import STATUS_ID
from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Stand, standing
from tests.mirror import closing_connections, said_by_sql

MIRROR = (
    'options = { "Not started" = "open", "In progress" = "active", "Done" = "closed" }\n'
    'columns = [{ name = "importance", role = "priority", type = "text" }]\n'
)


class Mirrored:
    """A stand with a mirror, and what lies in it."""

    def __init__(self, stand: Stand, dsn: str) -> None:
        self.stand = stand
        self.dsn = dsn
        self.page = stand.known_tasks(1)[0]
        self.minutes(1)
        self.sql("DELETE FROM audit_logs WHERE resource_type = 'project'")  # that it was found, unlinked

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run a statement as somebody else."""
        return said_by_sql(self.dsn, statement, *values)

    def link(self) -> None:
        """A row that names the page, as an application makes it."""
        self.sql("INSERT INTO projects (id, notion_page_id) VALUES ('r1', %s)", self.page)

    def row(self) -> dict[str, Any]:
        """The page's row."""
        (found,) = self.sql("SELECT * FROM projects WHERE notion_page_id = %s", self.page)
        return found

    def audit(self) -> list[tuple[str, dict[str, Any]]]:
        """Action and details of every audit row about projects, oldest first."""
        found = self.sql(
            "SELECT action, details FROM audit_logs WHERE resource_type = 'project'"
            " ORDER BY created_at, effect_id NULLS LAST"
        )
        return [(row["action"], json.loads(row["details"])) for row in found]

    def actions(self) -> list[str]:
        """The actions alone."""
        return [action for action, _ in self.audit()]

    def edit(self, properties: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Somebody changes the page, and Notion tells it."""
        self.stand.clock.sleep(30)
        self.stand.notion.edit(self.page, properties=dict(properties), by=self.stand.demo.chloe, silent=True)
        data = self.stand.payload(self.page)["data"] | {"updated_properties": [STATUS_ID, "title"]}
        return self.stand.send(self.page, data=data, **changes)

    def change(self, **properties: Any) -> dict[str, Any]:
        """The same, worked off."""
        sent = self.edit(properties)
        self.stand.clock.sleep(3)
        self.stand.work()
        return sent

    def minutes(self, count: int) -> None:
        """Let time pass, with the ticks that settle."""
        for _ in range(count):
            self.stand.gather()


def keep_mirror_at(stand: Stand, dsn: str) -> None:
    """Put the DSN where the functions look for it."""
    stand.secrets.put_secret_value(
        SecretId=stand.environ["MIRROR_SECRET_ID"], SecretString=json.dumps({"dsn": dsn})
    )


@contextmanager
def mirrored(dsn: str, folder: Path, more: str = "", *others: str) -> Iterator[Mirrored]:
    """A stand whose tasks are mirrored into the database."""
    rules = rules_file(folder, automation("mirror", MIRROR + more), *others)
    with closing_connections(), standing(quick=True, RULES_FILE=rules) as stand:
        keep_mirror_at(stand, dsn)
        stand.restart()
        yield Mirrored(stand, dsn)
