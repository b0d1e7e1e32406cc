"""``make triage-report``: how well the diagnosis does on the labelled corpus, beside two naive trees."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print the report."""
    argparse.ArgumentParser(prog="make triage-report", description=__doc__).parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    from tests.triage.corpus import read_corpus  # noqa: PLC0415 - functions/ is on the path only now
    from tests.triage.report import report  # noqa: PLC0415 - the same

    print(report(read_corpus()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
