"""docs/mirror.md: each of its SQL examples runs on a real PostgreSQL, on what the real pipeline wrote, and finds it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from steward.mirror import audit
from steward.mirror.schema import OWN
from tests.integration.mirror.both_sides import Sides, both_sides

PAGE = (Path(__file__).parents[3] / "docs" / "mirror.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"([^\n]*)\n(?:[^\n]+\n)*\n```sql\n(.*?)```", PAGE, re.DOTALL)
LINKED = "7a5c0000-0000-4000-8000-000000000002"
BY_HAND = "7a5c0000-0000-4000-8000-0000000000aa"


def example(words: str) -> str:
    """The example that has these words in it."""
    (found,) = (sql for _, sql in EXAMPLES if words in sql)
    return str(found)


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    """After a day's work: an event, a conflict, a page without a row, a row of the application's, a repair."""
    with both_sides(mirror_dsn, tmp_path, monkeypatch, auto_link=False) as found:
        stand, task = found.stand, found.stand.demo.tasks["Review the contract"]
        stand.notion.add_page(stand.demo.data_source_id, {"Name": "By hand"}, page_id=BY_HAND)
        stand.clock.sleep(600)
        stand.sweep()
        found.sql(example("INSERT INTO projects"))
        found.sql(
            "INSERT INTO projects (id, notion_page_id, data_source, origin) VALUES ('contract', %s, 'Tasks', 'app')",
            task,
        )
        found.sql("INSERT INTO projects (id, name) VALUES ('later', 'Not linked yet')")
        assert found.operate("repair", "--from", "notion") == 0
        found.changed(task, {"Status": "In progress"})
        found.changed(stand.demo.tasks["Café menu & prices"], {"Status": "Done"})
        found.sql("UPDATE projects SET status = 'open', origin = 'app' WHERE id = 'contract'")
        found.changed(task, {"Status": "Blocked"})
        found.changed(task, {"Status": "Done"})
        yield found


@pytest.mark.req("A7", "A8", "A9")
def test_every_example_runs_and_finds_what_happened(sides: Sides) -> None:
    sides.sql(
        "INSERT INTO page_text (notion_page_id, title, body, observed_at) VALUES (%s, 'Review', 'the contract', now())",
        LINKED,
    )
    asking = [sql for _, sql in EXAMPLES if sql.startswith("SELECT")]
    assert len(asking) >= 9

    found = {sql: sides.sql(sql) for sql in asking}

    assert [sql for sql, rows in found.items() if not rows] == []
    (unlinked,) = found[example("'project.unlinked'")]
    assert (unlinked["title"], unlinked["changes"]) == ("Café menu & prices", 1)
    events = found[example("event_id IS NOT NULL")]
    assert {"project.updated", "project.unlinked"} <= {row["action"] for row in events}
    changed = found[example("'changed_by'")]
    assert {"status": "active"} in [row["after"] for row in changed]
    (conflict,) = found[example("'project.conflict'")]
    assert (conflict["in_column"], conflict["page"], conflict["row_said"]) == ("status", "closed", "open")
    history = [row["action"] for row in found[example("IN (p.notion_page_id")]]
    assert history[0] == "project.repaired"


@pytest.mark.req("A8")
def test_a_row_that_is_written_as_the_document_says_ends_in_its_page(sides: Sides) -> None:
    sides.changed(LINKED, {"Status": "In progress"})

    sides.sql(example("UPDATE projects SET status = 'closed'"))
    sides.mirror_tick()

    assert sides.status_in_notion(LINKED) == "Done"


@pytest.mark.req("A8")
def test_the_trigger_marks_what_others_write_and_leaves_what_steward_writes(sides: Sides) -> None:
    sides.sql(example("CREATE TRIGGER"))
    sides.sql("UPDATE projects SET name = 'Renamed' WHERE id = 'contract'")
    assert sides.row(LINKED)["origin"] == "app"
    sides.mirror_tick()
    assert sides.title_in_notion(LINKED) == "Renamed"

    sides.changed(LINKED, {"Status": "In progress"})

    row = sides.row(LINKED)
    assert (row["status"], row["origin"]) == ("active", "notion")


def test_the_document_names_every_action_and_every_column_that_there_is() -> None:
    actions = [value for name, value in vars(audit).items() if name.isupper() and isinstance(value, str)]
    assert [a for a in actions if a.removeprefix("project") not in PAGE] == []
    assert [column for column in OWN if f"`{column}`" not in PAGE] == []
