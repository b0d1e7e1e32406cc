"""``make bench``: measure, print one Markdown table; ``--write`` also writes it to docs/benchmarks.md.

Every figure stands next to its floor, measured in the same run or counted from the same input.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    os.environ |= {
        "POWERTOOLS_SERVICE_NAME": "bench",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    from tests.bench import report  # noqa: PLC0415 - functions/ is on the path only now

    with tempfile.TemporaryDirectory() as scratch:
        figures = report.measure(Path(scratch))
    print(report.machine())
    print()
    print(report.markdown(figures))
    if arguments.write:
        (ROOT / "docs" / "benchmarks.md").write_text(report.document(figures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
