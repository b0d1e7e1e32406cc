"""``make bench``: ingest's own work and import, each as a ratio to a floor that is measured in the same run.

Prints one Markdown table. Absolute times are of this machine; quote the ratios.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "secret_" + "t" * 40
FLOOR = "import boto3; boto3.Session().client('sqs')"
INGEST = """
import os
os.environ.update(LANE_QUEUE_URL='https://sqs/lane.fifo', SIGNING_SECRET_ID='s', PENDING_SECRET_ID='p')
import ingest.handler
ingest.handler._app()
"""


class Silent:
    """AWS that answers at once: what is left is our own work."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return lambda **_: self._answer


def import_seconds(code: str) -> float:
    """A fresh interpreter that runs some code, start and end included."""
    began = time.perf_counter()
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "functions"), "AWS_DEFAULT_REGION": "eu-west-1"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    return time.perf_counter() - began


def ingest_microseconds(rounds: int = 2000) -> tuple[float, float, float]:
    """Median and 99th percentile of a warm request, and the median of the bare HMAC and JSON that it can't do without."""
    from infra.operate.samples import sample_event  # noqa: PLC0415 - functions/ is on the path only now
    from ingest.handler import make_app  # noqa: PLC0415 - as above
    from steward.signature import sign  # noqa: PLC0415 - as above

    body = json.dumps(sample_event("page.properties_updated", now=datetime.now(UTC)))
    event = {
        "rawPath": "/webhooks/notion",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-notion-signature": sign(body.encode(), TOKEN)},
        "body": body,
    }
    environ = {"LANE_QUEUE_URL": "lane", "SIGNING_SECRET_ID": "s", "PENDING_SECRET_ID": "p"}
    secrets = Silent({"SecretString": json.dumps({"active": [TOKEN]})})
    whole, bare = [], []
    with redirect_stdout(io.StringIO()):
        app = make_app(environ, Silent({}), secrets, time.monotonic)
        for _ in range(rounds):
            began = time.perf_counter()
            status = app.handle(event)["statusCode"]
            whole.append(time.perf_counter() - began)
            assert status == 200
            began = time.perf_counter()
            sign(body.encode(), TOKEN)
            json.loads(body)
            bare.append(time.perf_counter() - began)
    whole.sort()
    return statistics.median(whole) * 1e6, whole[int(rounds * 0.99)] * 1e6, statistics.median(bare) * 1e6


def main() -> int:
    """Measure and print."""
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "bench")
    pairs = [(import_seconds(INGEST), import_seconds(FLOOR)) for _ in range(7)][1:]
    ratio = statistics.median(ours / floor for ours, floor in pairs)
    ours, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    median, p99, bare = ingest_microseconds()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}\n")
    print("| figure | measured | floor in the same run | ratio |")
    print("|---|---|---|---|")
    print(
        f"| ingest, cold: import and clients | {ours * 1000:.0f} ms | boto3 and its SQS client: {floor * 1000:.0f} ms | {ratio:.2f} |"
    )
    print(
        f"| ingest, warm: own work, median | {median:.0f} µs | one HMAC and one JSON parse: {bare:.0f} µs | {median / bare:.0f} |"
    )
    print(f"| ingest, warm: own work, p99 | {p99:.0f} µs | promised: 10,000 µs | {p99 / 10_000:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
