"""``make scale``: simulate a day at every size and print the table; ``--write`` also writes docs/scale.md."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/scale.md")
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    from tests.scale import report, sizes  # noqa: PLC0415 - functions/ is on the path only now
    from tests.scale.service import measured  # noqa: PLC0415 - the same

    service = measured()
    print(sizes.table([]))
    rows = []
    for seen in sizes.every(service):
        rows.append(sizes.row(seen))
        print(rows[-1], flush=True)
    if arguments.write:
        (ROOT / "docs" / "scale.md").write_text(report.document(rows, service), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
