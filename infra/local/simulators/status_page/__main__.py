"""Run the simulator: ``python -m infra.local.simulators.status_page --port 0 --name Notion``; one JSON line says where."""

import argparse
import sys

from infra.local.simulators.small_machine import serve

from .simulator import StatusPageSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 0 then, 2 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.simulators.status_page")
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--name", default="Notion", help="whose page it is")
    wishes = parser.parse_args(arguments)
    return serve(
        lambda: StatusPageSimulator(wishes.name, wishes.port),
        lambda page: {"url": page.url, "summary_url": page.summary_url},
    )


if __name__ == "__main__":
    sys.exit(main())
