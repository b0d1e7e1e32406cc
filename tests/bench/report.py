"""All figures of a run, and the page that they are published on."""

import os
import platform
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from infra.bytecode import BytecodeError
from infra.local.processes import StartError
from tests.bench import bursts, cold_start, fresh, ingest_speed, mirror
from tests.bench.figures import Figure, broken, markdown

PAGE = """# Benchmarks

Written by `make bench ARGS=--write`; `make bench` prints the same table without writing it.
{machine}.

Every figure stands next to its floor, measured in the same run or counted from the same input; *ratio* is how many times the floor it is.
Times are processor time, not the wall clock's, and of this machine; even their ratios wander a little with whatever else it does; calls, 429s and makespans do not.

{table}

## How to read it

* **ingest, cold** is a fresh interpreter, from its start to its end, that imports ingest and makes its clients.
  *As `make build` ships it*: the function and its layers of a real `sam build`, with the bytecode that `make build` adds, under the Python of the template; boto3 has its bytecode, too, which makes the floor lower and the ratio higher ([ADR 15](adr/0015-bytecode-in-the-build.md)).
  At most {most} is promised, and `make bench` fails above it.
  *As `sam build` alone makes it*: the same without the bytecode of our code and the layers.
  *In the working tree*: `functions/` and the packages of `.venv`, all with bytecode, under the Python that runs the bench; nobody deploys that.
* **ingest, warm** has an SQS and a Secrets Manager that answer at once, so that only our own work is left; its log and metrics are written, to nowhere.
* **memory peak** is the high-water mark of a fresh process in which the application was made and one event was worked; the processor really reads a page from the Notion simulator.
* **Notion calls, 429s, makespan** come from the whole of Steward in one process, on moto with a quick queue in memory, against the Notion simulator with its fixed window of 60 s and {limit} requests.
  Every delivery lies on the lane before the first is worked.
  Time passes only when somebody waits, so a makespan is what the limit costs, and nothing of what calls or AWS take.
* The **least** calls are one query for every {query} pages and one comment for every page that asks for one.
  The least makespan is the time until the last window that they need opens.
* **rows written and audited** are seconds of the wall clock, on a PostgreSQL of this machine that syncs nothing to a disk: each row by the effect's own way, looked for, merged, guarded and audited in one transaction; the floor inserts the same two rows without asking.
* **pages compared with their rows** is `mirror check` over 10,000 linked pages, with a real PostgreSQL.
* The **naive consumer** reads the page once for every event and writes the same comments; it makes its calls for real, in the same run against the same simulator, and waits when it is refused; refused calls are counted.
"""


def measure(scratch: Path) -> list[Figure]:
    """Measure everything; progress goes to stderr, what the functions log to nowhere."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        print("cold start …", file=sys.stderr)
        figures = [
            *cold(scratch / "cold"),
            fresh.import_time(),
            *ingest_speed.speed(),
            *fresh.memory(scratch),
        ]
        for burst in bursts.BURSTS:
            print(f"{burst.name} …", file=sys.stderr)
            figures += bursts.figures(burst, scratch)
        print("mirror …", file=sys.stderr)
        figures += mirror.figures(scratch)
    return figures


def cold(scratch: Path) -> list[Figure]:
    """The cold start of what ships; none where that can't be built, which stderr is told."""
    try:
        return cold_start.figures(scratch)
    except (StartError, BytecodeError) as error:
        print(f"the cold start of what ships is not measured: {error}", file=sys.stderr)
        return []


def document(figures: Sequence[Figure]) -> str:
    """docs/benchmarks.md."""
    return PAGE.format(
        machine=machine(),
        table=markdown(figures),
        limit=bursts.LIMIT,
        query=bursts.QUERY,
        most=cold_start.MOST,
    )


def machine() -> str:
    """When, and on what class of machine."""
    kind = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {kind}, Python {platform.python_version()}"


__all__ = ["broken", "document", "machine", "markdown", "measure"]
