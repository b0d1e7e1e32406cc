"""``make gameday``: every drill, each on a local stack of its own, graded; exits with 1 when one is missed."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.gameday.playing import Played

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
    "took",
    "missed",
)


def main(arguments: Sequence[str]) -> int:
    """Play and print; 0 when no drill was missed, 2 when none has that name."""
    parser = argparse.ArgumentParser(prog="make gameday", description="Play drills, and grade them.")
    parser.add_argument(
        "words", nargs="*", help="play the drills whose names have one of these (default: all)"
    )
    parser.add_argument(
        "--turned-clock", action="store_true", help="in this process, on a clock that the drill turns"
    )
    parser.add_argument(
        "--at-once", type=int, default=2, help="drills at the same time, each on its own stack"
    )
    wishes = parser.parse_args(arguments)
    os.environ.update(ENVIRON)
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]
    from tests.gameday.drills import DRILLS  # noqa: PLC0415 - functions/ is on the path only now
    from tests.gameday.playing import play_all  # noqa: PLC0415 - as above

    words = [word.lower() for word in wishes.words]
    names = [d.name for d in DRILLS if not words or any(word in d.name.lower() for word in words)]
    if not names:
        print("no drill has such a name; there are: " + ", ".join(d.name for d in DRILLS), file=sys.stderr)
        return 2
    began, console = time.monotonic(), Console(width=190)

    def tell(played: "Played") -> None:
        score = played.score
        console.print(f"  {score.name}: {'; '.join(score.misses) or 'stood'} ({played.seconds:.0f} s)")

    at_once = max(1, wishes.at_once)
    scores = list(play_all(names, turned=wishes.turned_clock, at_once=at_once, tell=tell))
    where = "a turned clock, rounds of a minute" if wishes.turned_clock else "the local stack, rounds of 5 s"
    title = f"Game day on {where}: rounds until an incident is open, and after the healing until it is over"
    table = Table(*COLUMNS, title=title)
    for played in scores:
        table.add_row(*_cells(played))
    console.print(table)
    missed = sum(bool(played.score.misses) for played in scores)
    took = time.monotonic() - began
    console.print(f"{len(names) - missed} of {len(names)} drills stood, in {took:.0f} s")
    return 1 if missed else 0


def _cells(played: "Played") -> Iterator[str]:
    score = played.score

    def rounds(number: int | None) -> str:
        return "-" if number is None else str(number)

    yield from (score.name, rounds(score.detected), score.called, str(score.threads), str(score.replies))
    yield from (str(score.pages), str(score.false_resumes), "yes" if score.drained else "no")
    yield from (rounds(score.over), f"{played.seconds:.0f} s", "; ".join(score.misses) or "-")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
