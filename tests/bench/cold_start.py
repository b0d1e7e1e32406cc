"""What ingest's cold start costs as it ships, and what could be had: each variant against a bare boto3 client of SQS.

All run under the Python that the template names, on what a real ``sam build`` made (``tests.bench.shipped``).
Each round runs every variant once, in turn, so that all of them meet the same neighbours; processor time is told, not the
wall clock's, because neighbours take less of it.
"""

import os
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.fresh import BOTO, INGEST_IMPORT
from tests.bench.shipped import Layouts, lay_out

ROUNDS = 15
MOST = 1.35
"""The most that the cold start of what ships may be, in cold starts of the floor."""

BARE_BOTOCORE = "import botocore.session; botocore.session.get_session().create_client('sqs')"
ONE_CLIENT = """
import os
os.environ.update(LANE_QUEUE_URL='https://sqs/lane.fifo', SIGNING_SECRET_ID='s', PENDING_SECRET_ID='p')
import time, boto3
import ingest.handler as h
h.make_app(os.environ, boto3.Session().client('sqs', config=h.PATIENCE), None, time.monotonic)
"""
BY_BOTOCORE = """
import os, sys, types
os.environ.update(LANE_QUEUE_URL='https://sqs/lane.fifo', SIGNING_SECRET_ID='s', PENDING_SECRET_ID='p')
import botocore.session
class Session:
    def __init__(self): self.own = botocore.session.get_session()
    def client(self, name, config=None): return self.own.create_client(name, config=config)
stand_in = types.ModuleType('boto3')
stand_in.Session = Session
sys.modules['boto3'] = stand_in
import ingest.handler
ingest.handler._app()
"""
WITHOUT_POWERTOOLS = (
    "import json, hmac, boto3\ns = boto3.Session(); s.client('sqs'); s.client('secretsmanager')"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to start.

    Attributes:
        name: for the table.
        code: what a fresh interpreter runs.
        compiled: our code and the layer have ``.pyc`` beside them.
        slim: botocore knows the two services that ingest uses, and no other.
    """

    name: str
    code: str
    compiled: bool = False
    slim: bool = False


FLOOR = Variant("boto3 and its SQS client", BOTO)
SHIPPED = Variant("ingest as `make build` ships it", INGEST_IMPORT, compiled=True)
BARE = Variant("ingest as `sam build` alone makes it: no .pyc", INGEST_IMPORT)
VARIANTS = (
    SHIPPED,
    BARE,
    Variant("as shipped, the client of Secrets Manager made later", ONE_CLIENT, compiled=True),
    Variant(
        "as shipped, botocore with the data of two services only", INGEST_IMPORT, compiled=True, slim=True
    ),
    Variant("as shipped, clients from botocore without boto3", BY_BOTOCORE, compiled=True),
    Variant("two clients and nothing of ours", WITHOUT_POWERTOOLS),
    Variant("botocore's SQS client without boto3", BARE_BOTOCORE),
)


@dataclass(frozen=True, slots=True)
class Start:
    """What a variant took, round by round.

    Attributes:
        name: for the table.
        seconds: of processor time.
        floor: the same of the floor in the same round.
    """

    name: str
    seconds: Sequence[float]
    floor: Sequence[float]

    @property
    def ratio(self) -> float:
        """To the floor, the median of the rounds."""
        return statistics.median(ours / floor for ours, floor in zip(self.seconds, self.floor, strict=True))


def figures(scratch: Path, rounds: int = ROUNDS) -> list[Figure]:
    """What ships, and what ``sam build`` leaves alone, both with a boto3 that has its bytecode: the lower floor.

    Raises:
        StartError: it can't be built here; the message says what to do.
        BytecodeError: what was built can't be compiled.
    """
    layouts = lay_out(scratch, provided_compiled=True)
    shipped, bare = measure(layouts, (SHIPPED, BARE), rounds)
    return [
        _figure("ingest, cold, as `make build` ships it", shipped, MOST),
        _figure("ingest, cold, as `sam build` alone makes it", bare),
    ]


def _figure(name: str, start: Start, most: float | None = None) -> Figure:
    ours, floor = (statistics.median(column) * 1000 for column in (start.seconds, start.floor))
    return Figure(name, ours, floor, "ms", FLOOR.name, most=most)


def measure(layouts: Layouts, variants: Sequence[Variant], rounds: int) -> list[Start]:
    """Measure the floor and such variants in so many rounds, after one that does not count."""
    every = (FLOOR, *variants)
    taken = [[_seconds(each, layouts) for each in every] for _ in range(rounds + 1)][1:]
    floor, *columns = zip(*taken, strict=True)
    return [Start(each.name, column, floor) for each, column in zip(variants, columns, strict=True)]


def markdown(starts: Sequence[Start]) -> str:
    """The table, the floor first."""
    floor = Start(FLOOR.name, starts[0].floor, starts[0].floor)
    rows = [f"| {s.name} | {min(s.seconds) * 1000:,.0f} ms | {s.ratio:.2f} |" for s in (floor, *starts)]
    return "\n".join(["| start | at best | ratio |", "| --- | ---: | ---: |", *rows])


def all_ways(scratch: Path, rounds: int = ROUNDS) -> str:
    """Every variant, with boto3's bytecode and without: two tables, for ``make bench ARGS=--cold``.

    Raises:
        StartError, BytecodeError: as ``figures``.
    """
    told = []
    for provided_compiled in (False, True):
        layouts = lay_out(scratch / str(provided_compiled), provided_compiled=provided_compiled)
        told.append(f"boto3 {'with' if provided_compiled else 'without'} its own .pyc:")
        told.append(markdown(measure(layouts, VARIANTS, rounds)))
    return "\n".join(told)


def _seconds(variant: Variant, layouts: Layouts) -> float:
    """Processor time of a fresh interpreter."""
    environ = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": layouts.paths[variant.compiled, variant.slim],
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    # -S: nothing but what the layout has; the interpreter's own library stays, compiled as Lambda's is.
    command = [str(layouts.python), "-S", "-c", variant.code]
    began = os.times()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
    ended = os.times()
    return ended.children_user + ended.children_system - began.children_user - began.children_system
