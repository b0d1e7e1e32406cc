"""Counts what a stretch of work asks of AWS and of vendors, and what it writes to the log."""

import io
import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any, TextIO

from tests.bench.units import read, written
from tests.integration.database import Database
from tests.integration.rows import Row
from tests.integration.stand import Stand

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
        with redirect_stdout(out), logging_to(out):
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
def logging_to(out: TextIO) -> Iterator[None]:
    """Let every stream handler write there meanwhile: loggers keep the stream that they were made with."""
    # By their exact type: what a test runner hangs onto loggers is none of ours.
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    handlers = {h for logger in loggers for h in logger.handlers if type(h) is logging.StreamHandler}
    streams = {handler: handler.stream for handler in handlers}
    # Not `setStream`, which flushes the old one first: a logger made while a test captured its output has one that is closed.
    for handler in handlers:
        handler.stream = out
    try:
        yield
    finally:
        for handler, stream in streams.items():
            handler.stream = stream


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
