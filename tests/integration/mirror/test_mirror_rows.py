"""A row whose page no list had is looked for wherever it may be, before it is marked as gone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from processor.mirror_rows import Rows
from processor.mirror_tables import MirrorTables, tables_in
from steward.baseline import Phase
from steward.clients.notion import Answer
from steward.envelope import Comparison
from steward.errors import CallFailed, Failure
from steward.mirror.database import Database
from steward.mirror.migrate import migrate
from steward.mirror.report import SourceReport
from steward.mirror.run import Run
from steward.rules import DataSource, MirrorRule, parse

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS, THEIRS = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11", "5b0e6a1d-5e0c-4b11-8c5b-2f1c7c1e0d3a"
PAGE = "aaaaaaaa-0000-4000-8000-000000000001"
RULES = parse(
    '[slack]\ndefault_channel = "#team"\n[[connection]]\nname = "partner"\n'
    f'[[data_source]]\nname = "Ours"\nid = "{OURS}"\nautomation = [{{ kind = "mirror" }}]\n'
    f'[[data_source]]\nname = "Theirs"\nid = "{THEIRS}"\nconnection = "partner"\nautomation = [{{ kind = "mirror" }}]\n'
)


class Workspaces:
    """Two, of which each knows its own pages only."""

    def __init__(self, home: str | None) -> None:
        self._home = home
        self._asked = ""
        self.asked: list[str] = []

    def of(self, source: DataSource) -> "Workspaces":
        self._asked = source.name
        return self

    def page(self, page_id: str) -> Answer:
        self.asked.append(self._asked)
        if self._asked != self._home:
            raise CallFailed(Failure.NOT_FOUND, "notion", "notion.page")
        parent = {"type": "data_source_id", "data_source_id": THEIRS}
        body = {"object": "page", "id": page_id, "parent": parent, "properties": {}}
        return Answer(body, NOW, None)


@pytest.fixture
def tables(empty: Database) -> MirrorTables:
    migrate(empty, {})
    return tables_in(empty, RULES)


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("named", "home", "asked", "marked"),
    [
        ("An old name", "Theirs", ["Ours", "Theirs"], False),
        ("An old name", None, ["Ours", "Theirs"], True),
        ("Theirs", "Theirs", ["Theirs"], False),
        ("Ours", None, ["Ours"], True),
    ],
)
def test_a_row_that_names_no_mirrored_source_is_looked_for_over_every_connection(
    tables: MirrorTables, named: str, home: str | None, asked: list[str], marked: bool
) -> None:
    tables.database.run(
        "postgres.test",
        lambda t: t.run(
            "INSERT INTO projects (id, notion_page_id, data_source, updated_at) VALUES ('r', %s, %s, %s)",
            PAGE,
            named,
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )
    notion: Any = Workspaces(home)
    sources = [(source, source.of_kind(MirrorRule)[0]) for source in RULES.data_source]
    order = Comparison("run", repair="notion")
    reports = tuple(SourceReport(source.name) for source, _ in sources)
    run = Run(order, Phase.RUNNING, NOW, NOW, source=2, sources=reports)

    rows = Rows(tables, notion, RULES, sources, {}, lambda: NOW)
    *_, last = rows.compare(run)

    assert (notion.asked, last.calls, last.phase) == (asked, len(asked), Phase.DONE)
    (row,) = tables.database.run("postgres.test", lambda t: t.rows("SELECT trashed_at FROM projects"))
    assert (row["trashed_at"] is not None) is marked
