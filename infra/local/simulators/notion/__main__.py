"""Run the simulator: `python -m infra.local.simulators.notion --port 0 [--token T]… [--workspace N --seed 1] [--seed-file F] [--demo]`.

Prints one JSON line with its URL when it listens; ends on SIGTERM or SIGINT. A seed file is a JSON array of admin
operations in order: ``[{"call": "add_user", "arguments": {"name": "Ann"}}, …]``.
"""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from .demo import seed_demo
from .errors import SimulatorError
from .simulator import NotionSimulator

TOKENS = ("ntn_local_simulator",)


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 then, 2 when the port or the seed file is no good."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.simulators.notion", description="A simulated Notion."
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--token", action="append", help="accepted API token, may be repeated")
    parser.add_argument("--seed-file", type=Path, help="JSON array of admin operations")
    parser.add_argument("--demo", action="store_true", help="fill in the demo workspace")
    parser.add_argument("--seed", type=int, default=0, help="of ids and random decisions")
    parser.add_argument(
        "--workspace",
        default="Northwind",
        help="name; a second workspace needs a token and a seed of its own too",
    )
    wishes = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        simulator = NotionSimulator(
            port=wishes.port,
            tokens=tuple(wishes.token or TOKENS),
            seed=wishes.seed,
            workspace_name=wishes.workspace,
        )
    except OSError as problem:
        print(f"cannot listen on port {wishes.port}: {problem}", file=sys.stderr)
        return 2
    with simulator:
        try:
            if wishes.demo:
                seed_demo(simulator)
            if wishes.seed_file:
                simulator.replay(json.loads(wishes.seed_file.read_text("utf-8")))
        except (OSError, ValueError, LookupError, TypeError, SimulatorError) as problem:
            print(f"cannot seed: {problem}", file=sys.stderr)
            return 2
        print(json.dumps({"url": simulator.url}), flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
