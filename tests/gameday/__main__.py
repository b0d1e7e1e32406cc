"""``make gameday``: every drill against a whole Steward in this process, graded; exits with 1 when one is missed."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]

ENVIRON = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_SERVICE_NAME": "gameday",
    "POWERTOOLS_METRICS_NAMESPACE": "Steward",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}

COLUMNS = (
    "drill",
    "detected",
    "called",
    "threads",
    "replies",
    "pages",
    "false resumes",
    "drained",
    "over",
    "missed",
)


def main() -> int:
    """Play and print; 0 when no drill was missed."""
    os.environ.update(ENVIRON)
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    from tests.gameday.drills import DRILLS  # noqa: PLC0415 - functions/ is on the path only now
    from tests.gameday.field import field  # noqa: PLC0415 - as above
    from tests.gameday.score import Score, play  # noqa: PLC0415 - as above

    table = Table(
        *COLUMNS, title="Game day: minutes until an incident is open, and after the healing until it is over"
    )
    began, missed = time.monotonic(), 0

    def cells(score: Score) -> Iterator[str]:
        yield from (score.name, f"{score.detected} min", score.called, str(score.threads), str(score.replies))
        yield from (str(score.pages), str(score.false_resumes), "yes" if score.drained else "no")
        yield from (f"{score.over} min", "; ".join(score.misses) or "-")

    for drill in DRILLS:
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), field() as on:
            score = play(drill, on)
        missed += bool(score.misses)
        table.add_row(*cells(score))
    console = Console(width=180)
    console.print(table)
    console.print(
        f"{len(DRILLS) - missed} of {len(DRILLS)} drills stood, in {time.monotonic() - began:.0f} s"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
