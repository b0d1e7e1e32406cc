"""A stand whose rules keep the text of tasks, and what it takes to write on one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steward.mirror.database import Database
from tests.integration.mirrored import keep_mirror_at
from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Stand, standing
from tests.mirror import closing_connections

WRITTEN = "page.content_updated"
CALL = "postgres.test"


@contextmanager
def writing(folder: Path, dsn: str, options: str = "text = true", **environ: str) -> Iterator[Stand]:
    """A stand with a mirror of the tasks."""
    rules = rules_file(folder, automation("mirror", options))
    with closing_connections(), standing(quick=True, RULES_FILE=rules, **environ) as stand:
        keep_mirror_at(stand, dsn)
        yield stand


def link(database: Database, page_id: str) -> None:
    """Make a row for a page."""
    database.run(
        CALL,
        lambda t: t.run(
            "INSERT INTO projects (id, notion_page_id) VALUES (%s, %s)", f"row-{page_id}", page_id
        ),
    )


def texts(database: Database) -> dict[str, dict[str, Any]]:
    """The texts that are kept, by page."""
    found = database.run(CALL, lambda t: t.rows("SELECT * FROM page_text"))
    return {row["notion_page_id"]: row for row in found}


def paragraph(text: str, *children: dict[str, Any]) -> dict[str, Any]:
    """A block with words."""
    said: dict[str, Any] = {"rich_text": [{"text": {"content": text}}]}
    return {"paragraph": said | ({"children": list(children)} if children else {})}


def tell(stand: Stand, page_id: str, **changes: Any) -> dict[str, Any]:
    """Deliver the event that somebody wrote on a page, and work it."""
    payload = stand.send(
        page_id,
        **{"type": WRITTEN, "data": stand.payload(page_id)["data"] | {"updated_blocks": []}, **changes},
    )
    stand.work()
    return payload


def wait(stand: Stand, seconds: float = 180) -> None:
    """Let time pass, and the tick come."""
    stand.clock.sleep(seconds)
    stand.settle()
    stand.work()


def read(stand: Stand) -> int:
    """How often blocks were asked for."""
    return sum(r["path"].endswith("/children") for r in stand.notion.requests(method="GET"))
