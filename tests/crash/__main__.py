"""``make crash``: every single fault, then pairs of faults, until the lane is empty; what was lost and what was told twice.

``--pairs all`` runs every pair, which takes days; a number runs as many, drawn by the seed.
"""

import argparse
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run and print; 0 when nothing was lost, told twice or left behind."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--pairs", default="4000", help="how many pairs: a number, or all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--scenario", default="", help="only scenarios whose name holds this")
    chosen = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

    from tests.crash.runs import Strikes, Tally, later, run, singles  # noqa: PLC0415 - functions/ is on the path only now
    from tests.crash.scenarios import SCENARIOS, Scenario  # noqa: PLC0415 - as above
    from tests.crash.world import world  # noqa: PLC0415 - as above

    said, random = sys.stdout, Random(chosen.seed)
    most = sys.maxsize if chosen.pairs == "all" else int(chosen.pairs)
    alone, paired, began, possible = Tally(), Tally(), time.monotonic(), 0
    drawn: list[tuple[Scenario, Strikes]] = []

    def tell(what: str) -> None:
        print(f"{what}, {time.monotonic() - began:.0f} s", file=said, flush=True)

    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), world() as stage:
        for scenario in (s for s in SCENARIOS if chosen.scenario in s.name):
            for strikes, first in singles(stage, scenario, alone):
                for pair in later(strikes, first):
                    # A reservoir: each pair that is possible has the same chance, and few are kept.
                    possible += 1
                    place = len(drawn) if len(drawn) < most else random.randrange(possible)
                    if place < most:
                        drawn[place : place + 1] = [(scenario, pair)]
            tell(f"{scenario.name}: {alone}")
        tell(f"single faults: {alone}")
        paired.points = alone.points
        for scenario, pair in drawn:
            paired.add(run(stage, scenario, pair))
    tell(f"pairs of faults ({len(drawn)} of {possible}, seed {chosen.seed}): {paired}")
    for each in (*alone.failed, *paired.failed):
        print(f"  {each}")
    return 1 if alone.failed or paired.failed else 0


if __name__ == "__main__":
    sys.exit(main())
