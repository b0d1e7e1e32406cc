"""The command line of the local stack."""

import argparse
import signal
import sys
import threading
import time
from pathlib import Path

from infra.local.demo import RULES, DemoFailure, play, what_next
from infra.local.processes import StartError
from infra.local.stack import LocalStack
from infra.local.transform import TemplateError


def command(arguments: list[str]) -> int:
    """Run ``up``.

    Returns:
        0 after a clean end, 1 when the demo saw less than it should, 2 when the stack can't start, 130 when the
        scenario of ``--once`` was interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Steward on one machine.")
    commands = parser.add_subparsers(required=True, metavar="up")
    up = commands.add_parser("up", help="start the whole stack from template.yaml")
    up.add_argument(
        "--port", type=_port, default=8787, help="of the HTTP API on 127.0.0.1; 0 for any (default: 8787)"
    )
    up.add_argument(
        "--once", action="store_true", help="end after the scenario; status 0 only if all was seen"
    )
    up.add_argument("--no-demo", action="store_true", help="start, and play nothing")
    up.add_argument(
        "--rules", type=Path, default=RULES, help="yours, e.g. functions/steward.toml; plays less"
    )
    up.add_argument("--built", action="store_true", help="run what sam build made, layers included")
    up.add_argument(
        "--verbose", action="store_true", help="list what was changed in the template for the local AWS"
    )
    wishes = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: _interrupt(stop))
    try:
        return _up(wishes, stop)
    except (StartError, TemplateError) as error:
        print(f"infra.local: {error}", file=sys.stderr)
        return 2
    except _Interrupted:
        return 130 if wishes.once else 0


class _Interrupted(BaseException):
    """The user, or a supervisor, wants us to end."""


def _interrupt(stop: threading.Event) -> None:
    # The first signal ends us; a second one must not disturb the clean-up.
    if not stop.is_set():
        stop.set()
        raise _Interrupted


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port; name one from 0 to 65535")
    return port


def _up(wishes: argparse.Namespace, stop: threading.Event) -> int:
    began = time.monotonic()
    print("starting the stack from template.yaml …", flush=True)
    with LocalStack(port=wishes.port, rules=wishes.rules, built=wishes.built) as stack:
        if wishes.verbose:
            print(*(f"  {note}" for note in stack.notes), sep="\n")
        print(f"ready {stack.url}", flush=True)
        print(f"  after {time.monotonic() - began:.1f} s; IAM enforced; logs in {stack.folder}")
        for vendor, admin in (("Notion", stack.notion), ("Slack", stack.slack)):
            where = f"simulated at {admin.url}" if admin else "not simulated: the environment names another"
            print(f"  {vendor} is {where}", flush=True)
        status, played = 0, False
        if not wishes.no_demo:
            try:
                play(stack)
                played = True
            except DemoFailure as failure:
                print(f"\nnot seen: {failure}", file=sys.stderr, flush=True)
                status = 1
        what_next(stack, played=played)
        if wishes.once:
            return status
        print("serving; Ctrl-C ends", flush=True)
        stop.wait()
    return 0
