"""Run the simulator: ``python -m infra.local.simulators.slack --port 0 [--bot-token T] [--demo]``.

Prints one JSON line with its addresses when it listens; ends on SIGTERM or SIGINT.
"""

import argparse
import json
import signal
import sys
import threading

from .simulator import SlackSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 then, 2 when the port is taken."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.simulators.slack", description="A simulated Slack."
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--bot-token", default="xoxb-local-simulator", help="the token that is right")
    parser.add_argument("--demo", action="store_true", help="fill in the demo's channels and people")
    wishes = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        simulator = SlackSimulator(port=wishes.port, bot_token=wishes.bot_token)
    except OSError as problem:
        print(f"cannot listen on port {wishes.port}: {problem}", file=sys.stderr)
        return 2
    with simulator:
        if wishes.demo:
            simulator.seed_demo()
        addresses = {"url": simulator.url, "api_url": simulator.api_url, "webhook_url": simulator.webhook_url}
        print(json.dumps(addresses), flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
