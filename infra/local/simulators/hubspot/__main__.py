"""Run the simulator: ``python -m infra.local.simulators.hubspot --port 0``; one JSON line says where."""

import argparse
import sys

from infra.local.simulators.small_machine import serve

from .simulator import HubSpotSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 then, 2 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.simulators.hubspot")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--token", default="pat-local-simulator", help="the token that is right")
    wishes = parser.parse_args(arguments)
    return serve(
        lambda: HubSpotSimulator(port=wishes.port, token=wishes.token), lambda hubspot: {"url": hubspot.url}
    )


if __name__ == "__main__":
    sys.exit(main())
