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

    from tests.crash.runs import Tally, later, run, singles  # noqa: PLC0415 - functions/ is on the path only now
    from tests.crash.scenarios import SCENARIOS  # noqa: PLC0415 - as above
    from tests.crash.world import world  # noqa: PLC0415 - as above

    said = sys.stdout
    tally, pairs, began = Tally(), Tally(), time.monotonic()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), world() as stage:
        possible = []
        for scenario in (s for s in SCENARIOS if chosen.scenario in s.name):
            for strikes, first in singles(stage, scenario, tally):
                possible += [(scenario, pair) for pair in later(strikes, first)]
        print(f"single faults: {tally}, {time.monotonic() - began:.0f} s", file=said, flush=True)
        pairs.points = tally.points
        wanted = len(possible) if chosen.pairs == "all" else min(int(chosen.pairs), len(possible))
        for scenario, pair in Random(chosen.seed).sample(possible, wanted):
            pairs.runs.append(run(stage, scenario, pair))
        drawn = f"{wanted} of {len(possible)}, seed {chosen.seed}"
        print(f"pairs ({drawn}): {pairs}, {time.monotonic() - began:.0f} s", file=said, flush=True)
        bad = [r for t in (tally, pairs) for r in t.runs if r.failed]
        for each in bad:
            print(f"  {each}", file=said)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
