"""The whole of Steward in one process with a real PostgreSQL, and the operator's commands on it."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from infra.local.simulators.notion.demo import STATUS_ID
from infra.operate import mirror_check, target
from infra.operate.__main__ import main
from tests.integration.here import Here
from tests.integration.mirrored import keep_mirror_at
from tests.integration.stand import Stand, standing
from tests.mirror import closing_connections, said_by_sql

RULES = """
[slack]
default_channel = "#team"

[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = {{ title = "Name", status = "Status", due = "Due", priority = "Priority" }}

[[data_source.automation]]
kind = "mirror"
auto_link = {auto_link}
both_ways = {both_ways}
options = {{ "Not started" = "open", "In progress" = "active", "Done" = "closed" }}
columns = [
  {{ name = "due_on", role = "due", type = "date" }},
  {{ name = "priority", role = "priority", type = "text" }},
]
"""


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


class Sides:
    """Notion on one side, the rows on the other."""

    def __init__(self, stand: Stand, dsn: str) -> None:
        self.stand = stand
        self._dsn = dsn

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """What somebody else does in the database."""
        return said_by_sql(self._dsn, statement, *values)

    def row(self, page_id: str) -> dict[str, Any]:
        """The row of a page."""
        return self.sql("SELECT * FROM projects WHERE notion_page_id = %s", page_id)[0]

    def audit(self, action: str) -> list[dict[str, Any]]:
        """The details of what was written into the audit log."""
        found = self.sql("SELECT details FROM audit_logs WHERE action = %s ORDER BY created_at", action)
        return [json.loads(row["details"]) for row in found]

    def changed(self, page_id: str, properties: dict[str, Any]) -> None:
        """Somebody changes a page, Notion tells of it, and that is worked off."""
        self.stand.clock.sleep(600)
        self.stand.notion.edit(page_id, properties=properties, by=self.stand.demo.ben, silent=True)
        payload = self.stand.payload(page_id)
        payload["data"]["updated_properties"] = [STATUS_ID]
        assert self.stand.deliver(json.dumps(payload).encode()) == 200
        self.stand.clock.sleep(10)
        self.stand.work()

    def mirror_tick(self) -> None:
        """Let pages follow their rows."""
        self.stand.tick("mirror")
        self.stand.work()

    def status_in_notion(self, page_id: str) -> str:
        """The status of a page."""
        return str(self.stand.notion.page(page_id)["properties"]["Status"]["status"]["name"])

    def title_in_notion(self, page_id: str) -> str:
        """The title of a page."""
        return str(self.stand.notion.page(page_id)["properties"]["Name"]["title"][0]["plain_text"])

    def operate(self, *arguments: str) -> int:
        """Run ``mirror`` with these arguments, and whatever is changed counts at once."""
        return main(["mirror", *arguments, "--grace", "0"])


@contextmanager
def both_sides(
    dsn: str,
    scratch: Path,
    patch: pytest.MonkeyPatch,
    *,
    auto_link: bool = True,
    both_ways: bool = True,
    **environ: str,
) -> Iterator[Sides]:
    """Both, with the demo's four tasks in Notion and no row."""
    rules = scratch / "rules.toml"
    rules.write_text(RULES.format(auto_link=str(auto_link).lower(), both_ways=str(both_ways).lower()))
    with closing_connections(), standing(quick=True, RULES_FILE=str(rules), **environ) as stand:
        keep_mirror_at(stand, dsn)
        here = Here(stand)
        patch.setattr(here, "client", lambda _service: stand.sqs)
        patch.setattr(target, "find", lambda *_: here)
        patch.setattr(mirror_check, "utc_now", stand.clock.now)
        patch.setattr(mirror_check, "sleep", lambda _seconds: _step_elsewhere(stand))
        stand.clock.sleep(3600)
        yield Sides(stand, dsn)


def _step_elsewhere(stand: Stand) -> None:
    """The processor is another process: what it writes is not what the command prints."""
    with redirect_stdout(io.StringIO()):
        stand.step()
