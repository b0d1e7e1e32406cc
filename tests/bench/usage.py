"""What one event, one tick and one look ask of AWS: counted from the real code, in one process.

Steward runs whole on tables and queues in memory; every request to them, to Secrets Manager and to CloudWatch passes a
counter. DynamoDB's units are counted by its own rules from the items' sizes: a write costs a unit for each KiB of the
larger of what was there and what comes, twice that in a transaction, and once more for each index that it changes; a
read costs a unit for each 4 KiB, half of that where it need not be consistent, and for a query by all that it passed.
Source: DynamoDB Developer Guide, "Read and write operations" and "Transactions".
"""

import io
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from infra.local.simulators.status_page import StatusPageSimulator
from tests.bench.input import RULES_WITH_COMMENTS
from tests.integration.database import Database
from tests.integration.rows import Index, Row, Rows, kept, size
from tests.integration.stand import Stand, standing

LOG_OVERHEAD = 26
"""Bytes that CloudWatch Logs counts for each line beside its text."""


@dataclass
class Counted:
    """What a stretch of work asked for.

    Attributes:
        numbers: name → how many, see ``usage.toml``.
        metrics: each metric with its dimensions, as it is billed.
    """

    numbers: dict[str, float] = field(default_factory=dict)
    metrics: set[str] = field(default_factory=set)


class Meter:
    """Counts what passes, until the next stretch begins."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self.now = Counted()
        assert stand.tables is not None
        self._meter_tables(stand.tables.database)
        # Not those of the pollers and of the scheduler: what they ask for stands in the model.
        for name in ("send_message", "change_message_visibility", "get_queue_attributes"):
            self._meter_calls(stand.sqs, name, "sqs_requests")
        stand.secrets.meta.events.register_first("before-call", self._secret)
        stand.aws.cloudwatch = CloudWatch(self)

    @contextmanager
    def stretch(self) -> Iterator[Counted]:
        """Count one stretch of work, with its processor time, its calls of vendors and what it writes to the log."""
        self.now = counted = Counted()
        notion, slack = self._stand.notion.counters()["requests"], len(self._stand.slack.requests())
        out = io.StringIO()
        with redirect_stdout(out), _logging_to(out):
            began = time.thread_time()
            yield counted
        counted.numbers["cpu_us"] = round((time.thread_time() - began) * 1e6)
        counted.numbers["notion_calls"] = self._stand.notion.counters()["requests"] - notion
        counted.numbers["slack_calls"] = len(self._stand.slack.requests()) - slack
        for line in out.getvalue().splitlines():
            self.add("log_bytes", len(line.encode()) + LOG_OVERHEAD)
            counted.metrics |= metrics_of(line)

    def add(self, name: str, count: float = 1) -> None:
        """Count something."""
        self.now.numbers[name] = self.now.numbers.get(name, 0) + count

    def _secret(self, **_: object) -> None:
        self.add("secret_calls")

    def _meter_calls(self, client: Any, method: str, name: str) -> None:
        call = getattr(client, method)

        def metered(**asked: Any) -> Any:
            self.add(name)
            return call(**asked)

        setattr(client, method, metered)

    def _meter_tables(self, database: Database) -> None:
        call = database.call

        def metered(operation: str, asked: Mapping[str, Any]) -> Row:
            writes = list(written(database, operation, asked))
            self.add("dynamodb_calls")
            self.add("write_units", sum(units for units, _ in writes))
            self.add("bytes_kept", sum(more for _, more in writes))
            answer = call(operation, asked)
            self.add("read_units", read(database, operation, asked, answer))
            return answer

        setattr(database, "call", metered)  # noqa: B010 - every operation passes there; mypy knows it as a method


@contextmanager
def _logging_to(out: io.StringIO) -> Iterator[None]:
    """Loggers keep the stream that they were made with."""
    # By their exact type: what a test runner hangs onto loggers is none of ours.
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    handlers = {h for logger in loggers for h in logger.handlers if type(h) is logging.StreamHandler}
    streams = {handler: handler.setStream(out) for handler in handlers}
    try:
        yield
    finally:
        for handler, stream in streams.items():
            handler.setStream(stream or sys.stdout)


class CloudWatch:
    """Sees no throttle and no alarm, and is counted."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def get_metric_statistics(self, **_: object) -> dict[str, list[object]]:
        self._meter.add("metric_reads")
        return {"Datapoints": []}

    def describe_alarms(self, **_: object) -> dict[str, list[object]]:
        self._meter.add("alarm_reads")
        return {"MetricAlarms": []}


def written(database: Database, operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Units of each write of an operation, and by how many bytes what is kept grows with it."""
    if operation == "TransactWriteItems":
        for action in asked["TransactItems"]:
            for each in action.values():
                units, more = _write(database, each)
                yield 2 * units, more
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield _write(database, asked)


def _write(database: Database, asked: Mapping[str, Any]) -> tuple[int, int]:
    rows: Rows = database._tables[asked["TableName"]]
    key = asked.get("Item") or asked["Key"]
    before = rows.by_key.get((key["pk"], key["sk"]))
    after = kept(asked["Item"]) if "Item" in asked else before
    units = max(_kib(before), _kib(after), 1)
    indexes = [index for name, index in rows.indexes.items() if name is not None]
    units += sum(_index_units(index, before, after) for index in indexes)
    return units, _bytes(after) - _bytes(before)


def _index_units(index: Index, before: Row | None, after: Row | None) -> int:
    """An index entry that comes or goes is a write, one that moves are two; one that stays as it is costs nothing."""
    was, becomes = _entry(index, before), _entry(index, after)
    if was == becomes:
        return 0
    moved = was is not None and becomes is not None and index.place(was) != index.place(becomes)
    return (_kib(was) + _kib(becomes)) if moved else max(_kib(was), _kib(becomes), 1)


def _entry(index: Index, row: Row | None) -> Row | None:
    if row is None or not index.holds(row):
        return None
    return row if index.shows is None else {name: row[name] for name in row if name in index.shows}


def read(database: Database, operation: str, asked: Mapping[str, Any], answer: Row) -> float:
    """Units of an operation's reads; a transaction's conditions are paid with its writes."""
    share = 1.0 if asked.get("ConsistentRead") else 0.5
    if operation == "GetItem":
        return share * max(_quarters(_bytes(answer.get("Item"))), 1)
    if operation == "Query":
        # A filter or a projection saves nothing: what was passed is paid. An answer of counts is taken as of small rows.
        passed = sum(_bytes(row) for row in answer.get("Items", [])) or 100 * int(answer["ScannedCount"])
        return share * max(_quarters(passed), 1)
    if operation == "BatchGetItem":
        return sum(
            (1.0 if each.get("ConsistentRead") else 0.5)
            * max(len(each["Keys"]), sum(_quarters(_bytes(row)) for row in answer["Responses"][name]))
            for name, each in asked["RequestItems"].items()
        )
    return 0.0


def _bytes(row: Row | None) -> int:
    return 0 if row is None else size(row)


def _kib(row: Row | None) -> int:
    return ceil(_bytes(row) / 1024)


def _quarters(count: int) -> int:
    return ceil(count / 4096)


def metrics_of(line: str) -> set[str]:
    """The metrics of a line of the embedded metric format, each with its dimensions."""
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return set()
    # The service is not told apart: it is that of the function.
    return {
        f"{metric['Name']}{{{','.join(f'{name}={document[name]}' for name in sorted(names) if name != 'service')}}}"
        for directive in directives
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


RULES = RULES_WITH_COMMENTS.replace("slack = false", "slack = true")
"""An assignment is told by a comment and by a message: the dearest ordinary event."""

ROUNDS = 10

LEARNING = 45
"""Looks after a first deployment in which the triage reads the journal of six weeks, a day at a time."""


def measure(scratch: Path) -> dict[str, Counted]:
    """Each kind of work → what one of it asks for, once everything is warm."""
    rules = scratch / "usage.toml"
    rules.write_text(RULES)
    with standing(quick=True, RULES_FILE=str(rules)) as stand, StatusPageSimulator() as page:
        stand.environ["NOTION_STATUS_URL"] = page.summary_url
        stand.environ["ALARMS_OF_STACK"] = "steward"
        stand.environ["WATCHED_FUNCTIONS"] = "ingest,processor"
        meter = Meter(stand)
        found = _events(stand, meter)
        for kind in ("settle", "sweep", "remind"):
            found[f"tick_{kind}"] = _average(meter, partial(_tick, stand, kind), partial(_work, stand))
        app = stand.watcher()
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            for _ in range(LEARNING):
                stand.clock.sleep(60)
                app.handle(lambda: 30_000)
        found["look"] = _average(
            meter, lambda: stand.clock.sleep(60), lambda: app.handle(lambda: 30_000), parallel=True
        )
        return found


def _events(stand: Stand, meter: Meter) -> dict[str, Counted]:
    pages = stand.known_tasks(ROUNDS + 2)
    stand.settle()
    stand.work()
    fresh = iter([*pages, *pages, *pages, *pages])
    bodies: list[bytes] = []

    def change(who: str | None, properties: list[str]) -> None:
        page = next(fresh)
        stand.clock.sleep(61)  # alone in its minute, so that its message goes alone, too
        if who is not None:
            stand.assign(page, who)
        payload = stand.payload(page)
        payload["data"]["updated_properties"] = properties
        bodies.append(json.dumps(payload).encode())

    def deliver() -> None:
        assert stand.deliver(bodies.pop()) == 200

    found = {"delivery": _average(meter, lambda: change(None, ["nothing-watched"]), deliver)}
    stand.work()

    def ready(who: str | None, properties: list[str]) -> Callable[[], None]:
        def prepare() -> None:
            change(who, properties)
            deliver()

        return prepare

    def work() -> None:
        assert stand.step()

    fresh = iter([*pages, *pages])
    found["event_ignored"] = _average(meter, ready(None, ["nothing-watched"]), work)
    found["event_read"] = _average(meter, ready(None, ["XGe%40"]), work)
    fresh = iter([*pages, *pages])
    found["event_told"] = _average(meter, ready(stand.demo.ann, ["XGe%40"]), work)
    return found


def _tick(stand: Stand, kind: str) -> None:
    stand.clock.sleep(900)
    stand.tick(kind)


def _work(stand: Stand) -> None:
    while stand.step() is not None:
        pass


def _average(
    meter: Meter, prepare: Callable[[], object], work: Callable[[], object], *, parallel: bool = False
) -> Counted:
    """The average of some rounds; the first one warms up."""
    whole = Counted()
    for number in range(ROUNDS + 1):
        prepare()
        began = time.process_time()
        with meter.stretch() as counted:
            work()
        if parallel:  # its threads count, and with them the simulators': too much rather than too little
            counted.numbers["cpu_us"] = round((time.process_time() - began) * 1e6)
        if number:
            for name, value in counted.numbers.items():
                whole.numbers[name] = whole.numbers.get(name, 0) + value
            whole.metrics |= counted.metrics
    average = {name: round(value / ROUNDS, 2) for name, value in whole.numbers.items()}
    return Counted(average, whole.metrics)


NUMBERS = (
    "cpu_us",
    "notion_calls",
    "slack_calls",
    "dynamodb_calls",
    "write_units",
    "read_units",
    "bytes_kept",
    "sqs_requests",
    "secret_calls",
    "metric_reads",
    "alarm_reads",
    "log_bytes",
)

HEAD = """# What one of each kind of work asks for, once everything is warm: written by `make bench ARGS=--usage`, never by hand.
# A test holds the counts to the code; processor time (cpu_us, on a whole core) is that of the machine it was measured on.
"""


def document(found: Mapping[str, Counted], assumed: str) -> str:
    """infra/operate/usage.toml; ``assumed`` is the part of it that nobody measures, as it stands."""
    parts = [HEAD.rstrip()]
    for kind, counted in found.items():
        numbers = [f"{name} = {counted.numbers[name]:g}" for name in NUMBERS if counted.numbers.get(name)]
        metrics = [f"    '{name}'," for name in sorted(counted.metrics)]
        parts.append("\n".join([f"[one.{kind}]", *numbers, "metrics = [", *metrics, "]"]))
    return "\n\n".join([*parts, assumed.strip()]) + "\n"


def assumed_part(text: str) -> str:
    """The part of the document that is kept as it is."""
    return text[text.index("[assumed]") :]
