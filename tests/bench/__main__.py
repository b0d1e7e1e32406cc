"""``make bench``: measure, print one Markdown table; ``--write`` also writes it to docs/benchmarks.md.

Every figure stands next to its floor, measured in the same run or counted from the same input.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLD_ROUNDS = 9


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument(
        "--usage", action="store_true", help="write infra/operate/usage.toml, which `cost` reads"
    )
    parser.add_argument("--cold", action="store_true", help="only ways to start ingest, for its ADR")
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    os.environ |= {
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Steward",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    from tests.bench import cold_start, report, usage  # noqa: PLC0415 - functions/ is on the path only now

    with tempfile.TemporaryDirectory() as scratch:
        if arguments.cold:
            for line in cold_start.lines(Path(scratch), COLD_ROUNDS):
                print(line)
            return 0
        if arguments.usage:
            file = ROOT / "infra" / "operate" / "usage.toml"
            kept = usage.assumed_part(file.read_text(encoding="utf-8"))
            file.write_text(usage.document(usage.measure(Path(scratch)), kept), encoding="utf-8")
            return 0
        figures = report.measure(Path(scratch))
    print(report.machine())
    print()
    print(report.markdown(figures))
    if arguments.write:
        (ROOT / "docs" / "benchmarks.md").write_text(report.document(figures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
