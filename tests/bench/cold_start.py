"""What ingest's cold start costs as it ships, and what could be had: each variant against a bare boto3 client of SQS.

As shipped means laid out as ``sam build`` does it: our code in one folder and Powertools in a layer, both without ``.pyc``
(pip of SAM's builder compiles nothing, and Lambda can't write beside the code), under the Python that the template names.
Each round runs every variant once, in turn, so that all of them meet the same neighbours; what is told is the median
over the rounds of the variant's processor time divided by that of the floor in the same round.

Needs the Python of the template with what Lambda provides (``make run ARGS=--built`` makes it); ``None`` without.
"""

import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aws_lambda_powertools
import typing_extensions

from tests.bench.fresh import BOTO, INGEST_IMPORT
from tests.bench.input import ROOT

RUNTIME = ROOT / ".local" / "runtime-3.13" / "venv"

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
VARIANTS = (
    Variant("ingest as shipped: no .pyc", INGEST_IMPORT),
    Variant("ingest, .pyc made by the build", INGEST_IMPORT, compiled=True),
    Variant("the same, the client of Secrets Manager made later", ONE_CLIENT, compiled=True),
    Variant("the same, botocore with the data of two services only", INGEST_IMPORT, compiled=True, slim=True),
    Variant("the same, clients from botocore without boto3", BY_BOTOCORE, compiled=True),
    Variant("two clients and nothing of ours", WITHOUT_POWERTOOLS),
    Variant("botocore's SQS client without boto3", BARE_BOTOCORE),
)


@dataclass(frozen=True, slots=True)
class Start:
    """What a variant took: milliseconds of processor time at best, and its ratio to the floor, the median of the rounds."""

    name: str
    milliseconds: float
    ratio: float


def measure(scratch: Path, rounds: int, *, provided_compiled: bool) -> list[Start] | None:
    """Measure every variant.

    Args:
        scratch: a folder for the layouts.
        rounds: after one that does not count.
        provided_compiled: whether what Lambda provides (boto3) has its ``.pyc``; nothing says whether it does.
    """
    if not (RUNTIME / "bin" / "python").exists():
        return None
    layouts = _layouts(scratch, provided_compiled=provided_compiled)
    every = (FLOOR, *VARIANTS)
    taken = [[_seconds(each, layouts) for each in every] for _ in range(rounds + 1)][1:]
    columns = list(zip(*taken, strict=True))
    return [
        Start(
            each.name,
            min(column) * 1000,
            statistics.median(ours / floor for ours, floor in zip(column, columns[0], strict=True)),
        )
        for each, column in zip(every, columns, strict=True)
    ]


def markdown(starts: list[Start]) -> str:
    """The table."""
    rows = [f"| {s.name} | {s.milliseconds:,.0f} ms | {s.ratio:.2f} |" for s in starts]
    return "\n".join(["| start | at best | ratio |", "| --- | ---: | ---: |", *rows])


def _layouts(scratch: Path, *, provided_compiled: bool) -> Mapping[tuple[bool, bool], str]:
    """(compiled, slim) → what ``PYTHONPATH`` has to be."""
    (site,) = RUNTIME.glob("lib/python3.*/site-packages")
    provided = _copy(site, scratch / "provided", ("boto3", "botocore", "s3transfer", "dateutil", "jmespath"))
    for single in (*site.glob("six.py"), *site.glob("urllib3")):
        _take(single, provided / single.name)
    slim = scratch / "slim"
    shutil.copytree(provided, slim)
    data = slim / "botocore" / "data"
    for service in data.iterdir():
        if service.is_dir() and service.name not in ("sqs", "secretsmanager"):
            shutil.rmtree(service)
    layer = scratch / "layer"
    packages = Path(str(aws_lambda_powertools.__file__)).parents[1]
    _copy(packages, layer, ("aws_lambda_powertools", "jmespath"))
    _take(Path(str(typing_extensions.__file__)), layer / "typing_extensions.py")
    code = _copy(ROOT, scratch / "plain", ("functions",)) / "functions"
    compiled = scratch / "compiled"
    for part in (code, layer):
        shutil.copytree(part, compiled / part.name)
    _compile(compiled)
    if provided_compiled:
        _compile(provided)
        _compile(slim)
    return {
        (made, lean): os.pathsep.join(
            map(
                str,
                (
                    *((compiled / "functions", compiled / "layer") if made else (code, layer)),
                    slim if lean else provided,
                ),
            )
        )
        for made in (False, True)
        for lean in (False, True)
    }


def _copy(source: Path, target: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        _take(source / name, target / name)
    return target


def _take(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _compile(folder: Path) -> None:
    """Bytecode that is not checked against its source: a zip gives every file another time."""
    code = (
        "import compileall, py_compile, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=1, "
        "invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)"
    )
    subprocess.run([str(RUNTIME / "bin" / "python"), "-c", code, str(folder)], check=True)


def _seconds(variant: Variant, layouts: Mapping[tuple[bool, bool], str]) -> float:
    """Processor time of a fresh interpreter."""
    environ = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": layouts[variant.compiled, variant.slim],
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    # -S: nothing but what the layout has; the interpreter's own library stays, compiled as Lambda's is.
    command = [str(RUNTIME / "bin" / "python"), "-S", "-c", variant.code]
    began = os.times()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
    ended = os.times()
    return ended.children_user + ended.children_system - began.children_user - began.children_system


def lines(scratch: Path, rounds: int) -> Iterator[str]:
    """Both tables, for ``make bench ARGS=--cold``."""
    for provided_compiled in (False, True):
        starts = measure(scratch / str(provided_compiled), rounds, provided_compiled=provided_compiled)
        if starts is None:
            yield f"needs {RUNTIME.relative_to(ROOT)}: `make run ARGS='--built --once'` makes it"
            return
        yield f"boto3 {'with' if provided_compiled else 'without'} its own .pyc:"
        yield markdown(starts)
