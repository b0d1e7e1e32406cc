"""The mirror: rows through the real path against the database alone, and a comparison of 10,000 pages against the limit.

The comparison runs in the whole of Steward in one process, as a burst does (see ``bursts``), with a real PostgreSQL; its
calls and its makespan are Notion's, time passes only when somebody waits.
"""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import cast

import psycopg

from infra.local.postgres import PostgresServer
from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE
from processor.automations.mirror import LINK
from processor.mirror_database import MirrorDatabase
from processor.ways.row import RowWay
from processor.ways.way import Prepared
from steward.effects import Effect, Kind, effect_id
from steward.envelope import Comparison, Side, encode_comparison
from steward.lane import FIRST, Lane
from steward.memory import Memory
from steward.mirror.audit import PROJECT, UPDATED
from steward.mirror.database import Database
from steward.mirror.migrate import migrate
from steward.mirror.report import HEALTH, Report, Status
from steward.rules import parse
from steward.snapshots import Snapshot
from steward.state import State
from tests.bench.bursts import LIMIT, QUERY, WINDOW
from tests.bench.figures import Figure
from tests.integration.mirrored import keep_mirror_at
from tests.integration.stand import Stand, standing
from tests.mirror import database_at

ROWS = 500
"""Rows that are written one by one."""

PAGES = 10_000
"""Pages that are compared."""

RULE = "Tasks/mirror"

RULES = """
[slack]
default_channel = "#team"

[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = { title = "Name", status = "Status" }

[[data_source.automation]]
kind = "mirror"
auto_link = true
"""


def figures(scratch: Path) -> list[Figure]:
    """Measure everything."""
    with PostgresServer() as server:
        return [_rows(server.create("rows")), *_comparison(server.create("comparison"), scratch)]


def _rows(dsn: str) -> Figure:
    """Rows a second: by the way of the effect, looked for, merged, guarded and audited, against bare inserts."""
    database = database_at(dsn)
    try:
        migrate(database, {})
        way, pages = _way(database)
        ours = _each(lambda number: _put(way, pages, number))
    finally:
        database.close()
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        bare = _each(lambda number: _bare(connection, number))
    why = "BEGIN, two inserts and COMMIT by psycopg alone"
    return Figure(
        "mirror: rows written and audited", ROWS / ours, ROWS / bare, "rows/s", why, more_is_better=True
    )


def _way(database: Database) -> tuple[RowWay, "_Pages"]:
    """The real way of a row, with what State would say in memory."""
    now, pages = datetime.now(UTC), _Pages()
    way = RowWay(
        cast("MirrorDatabase", database), rules=parse(RULES), state=cast("State", pages), now=lambda: now
    )
    return way, pages


class _Pages:
    """What is known of pages."""

    def __init__(self) -> None:
        self.known: dict[str, Snapshot] = {}

    def snapshots(self, ids: Sequence[str]) -> dict[str, Snapshot]:
        """Those that are asked for."""
        return {page_id: self.known[page_id] for page_id in ids}


def _put(way: RowWay, pages: _Pages, number: int) -> None:
    page, now = str(uuid.uuid4()), datetime.now(UTC)
    pages.known[page] = Snapshot(
        page, 1, now, False, TASKS_DATA_SOURCE, f"Task {number}", "", None, values={"status": "open"}
    )
    effect = Effect(
        id=effect_id(page, 1, RULE, Kind.ROW, LINK),
        kind=Kind.ROW,
        page_id=page,
        version=1,
        rule=RULE,
        event_id="bench",
        words=(),
        planned_at=now,
    )
    way.send(Prepared(effect))


def _bare(connection: "psycopg.Connection[tuple[object, ...]]", number: int) -> None:
    with connection.transaction():
        connection.execute(
            "INSERT INTO projects (id, notion_page_id, data_source, name, status) VALUES (%s, %s, %s, %s, %s)",
            (str(uuid.uuid4()), f"bare-{number}", "Tasks", f"Task {number}", "open"),
        )
        connection.execute(
            "INSERT INTO audit_logs (id, effect_id, action, resource_type, resource_id, details)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (str(uuid.uuid4()), f"bare-{number}", UPDATED, PROJECT, "x", json.dumps({"number": number})),
        )


def _each(write: Callable[[int], None]) -> float:
    """Seconds for all of them; the first one also connects, and does not count."""
    write(-1)
    began = time.perf_counter()
    for number in range(ROWS):
        write(number)
    return time.perf_counter() - began


def _comparison(dsn: str, scratch: Path) -> list[Figure]:
    """Calls and makespan of comparing everything, once every page has its row."""
    rules = scratch / "mirror.toml"
    rules.write_text(RULES)
    with standing(quick=True, RULES_FILE=str(rules), REQUESTS_PER_MINUTE=str(LIMIT)) as stand:
        keep_mirror_at(stand, dsn)
        stand.add_tasks(PAGES - len(stand.demo.tasks))
        stand.clock.sleep(3600)
        filled, _ = _compare(stand, "notion")
        assert sum(source.repaired for source in filled.sources) == PAGES
        stand.clock.sleep(3600)
        stand.notion.set_rate_limit(LIMIT)  # opens the window anew
        before = stand.notion.counters()
        report, seconds = _compare(stand)
        after = stand.notion.counters()
        assert (report.status, report.sources[0].linked) == (Status.HEALTHY, PAGES), report.reason
    least = ceil(PAGES / QUERY)
    calls = after["requests"] - before["requests"]
    refused = sum(after["rate_limited"].values()) - sum(before["rate_limited"].values())
    name = f"{PAGES:,} pages compared with their rows"
    windows = (ceil(least / LIMIT) - 1) * WINDOW
    why = f"{least} calls in windows of {LIMIT}"
    return [
        Figure(f"{name}: Notion calls", calls, least, "", "one for a hundred pages"),
        Figure(f"{name}: 429s", refused, 0, "", "least"),
        Figure(f"{name}: makespan", seconds, windows, "s", why),
    ]


def _compare(stand: Stand, repair: Side | None = None) -> tuple[Report, float]:
    run = f"bench-{repair}"
    lane = Lane(stand.sqs, stand.environ["LANE_QUEUE_URL"])
    lane.republish(encode_comparison(Comparison(run, repair, grace=0)), FIRST, run)
    began = stand.clock.time()
    stand.work()
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)
    report = Report.of(memory.recall(HEALTH))
    assert report is not None
    assert report.run == run
    return report, stand.clock.time() - began
