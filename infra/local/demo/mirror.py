"""The tasks as rows of PostgreSQL: followed in both directions, compared, mended."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

from infra.local.demo.stage import Stage
from infra.local.demo.story import must, seen
from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE
from steward.baseline import Phase, Progress, memory_name
from steward.envelope import Comparison, Order, Side, encode_comparison, encode_order
from steward.lane import FIRST, Lane
from steward.memory import Memory
from steward.mirror.report import HEALTH, Report, Status


def play(stage: Stage, page: str, title: str) -> None:
    """Change a task on either side, and then behind Steward's back."""
    stage.story.chapter(f"The tasks are rows of PostgreSQL, too: “{title}” is changed on both sides")
    notion, by = stage.notion, stage.demo.ann
    row = _status_of(stage, page)
    _remember(stage)
    filled = _compare(stage, "notion")
    stage.story.tell(
        "first fill",
        f"baseline, mirror repair --from notion: {_mended(filled)} rows by {filled.calls} call to Notion",
    )

    notion.edit(page, properties={"Status": "In progress"}, by=by)
    stage.story.tell("edit", "in Notion: Not started → In progress")
    seen("the row in step", lambda: row() == "active")
    stage.story.tell("row", "status: open → active")
    stage.worked_off(page)

    _sql(
        stage,
        "UPDATE projects SET status = 'closed', origin = 'app', updated_at = now() WHERE notion_page_id = %s",
        page,
    )
    stage.story.tell("UPDATE", "in PostgreSQL: active → closed")
    stage.tick("mirror")
    seen("the page in step", lambda: _in_notion(stage, page) == "Done")
    stage.story.tell("page", "Status: In progress → Done")
    stage.worked_off(page)
    must(row() == "closed", f"that the row keeps what it said, but it says {row()}")

    notion.edit(page, properties={"Status": "In progress"}, silent=True)
    stage.story.tell("by hand", "in Notion, while its webhooks are silent: Done → In progress")
    found = _compare(stage)
    must(found.status is Status.DEGRADED, f"that the mirror is degraded, but it is {found.status}")
    (difference,) = (d for source in found.sources for d in source.differences if d.page_id == page)
    must(
        difference.columns == {"status": ["active", "closed"]},
        f"both values, but there is {difference.columns}",
    )
    stage.story.tell("mirror check", f"{found.status}: {found.reason}: in Notion active, in the row closed")
    mended = _compare(stage, "notion")
    must(_mended(mended) == 1 and row() == "active", f"one row mended, but it says {row()}")
    stage.story.tell("mirror repair", "--from notion: the row says active, the audit log why")
    healthy = _compare(stage)
    must(healthy.status is Status.HEALTHY, f"that the mirror is healthy, but {healthy.reason}")
    stage.story.tell("health", f"{healthy.status}: {healthy.reason}; {healthy.calls} call to Notion")


def _remember(stage: Stage) -> None:
    """Order a baseline, as the operator's command does: a first change is then seen as one."""
    run = f"demo-{datetime.now(UTC).timestamp()}"
    lane = Lane(stage.stack.client("sqs"), stage.stack.resource("LaneQueue"))
    lane.republish(encode_order(Order(TASKS_DATA_SOURCE, run)), FIRST, run)
    memory = Memory(stage.stack.table("StateTable"), lambda: datetime.now(UTC))

    def look() -> bool:
        progress = Progress.of(memory.recall(memory_name(TASKS_DATA_SOURCE)))
        return progress is not None and progress.run == run and progress.phase is Phase.DONE

    seen("a baseline", look)


def _compare(stage: Stage, repair: Side | None = None) -> Report:
    """Order a comparison, as ``mirror check`` and ``mirror repair`` do, and wait for its report."""
    run = f"demo-{datetime.now(UTC).timestamp()}"
    order = Comparison(run, repair, grace=0)
    lane = Lane(stage.stack.client("sqs"), stage.stack.resource("LaneQueue"))
    lane.republish(encode_comparison(order), FIRST, run)
    memory = Memory(stage.stack.table("StateTable"), lambda: datetime.now(UTC))

    def look() -> Report | None:
        report = Report.of(memory.recall(HEALTH))
        return report if report is not None and report.run == run else None

    return seen("a report", look)


def _mended(report: Report) -> int:
    return sum(source.repaired for source in report.sources)


def _status_of(stage: Stage, page: str) -> Callable[[], Any]:
    def look() -> Any:
        found = _sql(stage, "SELECT status FROM projects WHERE notion_page_id = %s", page)
        return found[0][0] if found else None

    return look


def _in_notion(stage: Stage, page: str) -> str:
    return str(stage.notion.page(page)["properties"]["Status"]["status"]["name"])


def _sql(stage: Stage, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(stage.stack.mirror_dsn, autocommit=True) as connection:
        done = connection.execute(statement.encode(), values)
        return done.fetchall() if done.description else []
