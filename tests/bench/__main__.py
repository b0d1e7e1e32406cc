"""``make bench``: measure, print one Markdown table; ``--write`` also writes it to docs/benchmarks.md.

Every figure stands next to its floor, measured in the same run or counted from the same input. Ends with status 1 if one is
further from it than is promised, and with 2 if what would be written lacks one that is.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.figures import Figure

ROOT = Path(__file__).resolve().parents[2]


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
    from infra.bytecode import BytecodeError  # noqa: PLC0415 - the project is on the path only now
    from infra.local.processes import StartError  # noqa: PLC0415 - the same
    from tests.bench import cold_start, report, usage  # noqa: PLC0415 - functions/ is on the path only now

    with tempfile.TemporaryDirectory() as scratch:
        if arguments.cold:
            try:
                print(cold_start.all_ways(Path(scratch)))
            except (StartError, BytecodeError) as error:
                print(f"the cold start of what ships can't be measured: {error}", file=sys.stderr)
                return 2
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
    return end(figures, ROOT / "docs" / "benchmarks.md" if arguments.write else None)


def end(figures: "Sequence[Figure]", page: Path | None) -> int:
    """Write the page, if there is one to write, and say what breaks a promise; returns the exit status."""
    from tests.bench import report  # noqa: PLC0415 - functions/ is on the path only now

    broken = report.broken(figures)
    for line in broken:
        print(line, file=sys.stderr)
    if page is not None and not any(figure.most for figure in figures):
        print(f"{page.name} is not written: it would lack the cold start of what ships", file=sys.stderr)
        return 2
    if page is not None:
        page.write_text(report.document(figures), encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
