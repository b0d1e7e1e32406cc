"""What one event, one tick and one look ask of AWS: counted from the real code, in one process.

Steward runs whole on tables and queues in memory; every request to them, to Secrets Manager and to CloudWatch passes the
meter.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

from infra.local.simulators.status_page import StatusPageSimulator
from tests.bench.input import RULES_WITH_COMMENTS
from tests.bench.meter import Counted, Meter
from tests.integration.stand import Stand, standing

RULES = RULES_WITH_COMMENTS.replace("slack = false", "slack = true")
"""An assignment is told by a comment and by a message: the dearest ordinary event."""

ROUNDS = 10

LEARNING = 65
"""Looks after a first deployment: in 45 of them the triage reads the journal, a day at a time, and after an hour its
pulse is as long as it gets."""


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
