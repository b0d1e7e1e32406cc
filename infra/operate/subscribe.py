"""``subscribe``: the whole ceremony of a Notion subscription: what to enter, the handshake, the token, the first event (I3).

A person clicks in Notion, because it has no API for that; this command says what, waits, and does the rest. It can be
stopped at any time and run again: it goes on where it was. Nobody can confirm by accident: a handshake proves nothing
about its sender, and Notion's own dialog shows which token is right.

Exit status 0 when nothing is left to do, 1 when something is, 2 without a stack, 130 when it was stopped.
"""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.operate.ceremony import operator as operators
from infra.operate.ceremony.event_types import needed, useless
from infra.operate.ceremony.operator import Operator
from infra.operate.ceremony.revealing import RefusedShow, Reveal
from infra.operate.ceremony.steps import Ceremony
from infra.operate.ceremony.wishes import LISTEN, End, Wishes
from infra.operate.clock import utc_now
from infra.operate.ingest_log import first_accepted_with
from infra.operate.rules_of import rules_of
from infra.operate.signing_rotation import HANDSHAKES, SIGNING, SigningRotation
from infra.operate.signing_secret import RefusedStep
from infra.operate.spans import seconds_to
from infra.operate.target import Target, TargetError, add_arguments, on_target
from infra.operate.text import printable
from steward.rules import Rules

LONGEST_LISTEN = 86_400.0
"""Seconds: Notion repeats what it could not deliver for about a day, and then no more."""

STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "subscribe",
        help="let a Notion subscription deliver: handshake, token, first event",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--second", action="store_true", help="a second subscription beside the first, to change the token"
    )
    then = parser.add_mutually_exclusive_group()
    then.add_argument("--undo", action="store_true", help="take back what is under way")
    then.add_argument("--again", action="store_true", help="forget the tokens that came, and begin anew")
    then.add_argument("--confirm", metavar="FINGERPRINT", help="make this token active, without a question")
    show = parser.add_mutually_exclusive_group()
    show.add_argument("--reveal", action="store_true", help="show the token once, on a terminal only")
    show.add_argument(
        "--reveal-to",
        type=Path,
        metavar="FILE",
        help="write the token into a new file that only you can read",
    )
    parser.add_argument(
        "--listen",
        type=seconds_to(LONGEST_LISTEN),
        default=LISTEN,
        metavar="SECONDS",
        help="wait so long for the first event",
    )
    parser.add_argument("--rules", type=Path, metavar="FILE", help="the rules file; the stack's without")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and ask nothing")
    parser.set_defaults(run=on_target("subscribe", _run))
    add_arguments(parser)


def _run(wishes: argparse.Namespace, target: Target) -> int:
    return run(wishes, target, operators.here(for_machine=wishes.json), utc_now)


def run(wishes: argparse.Namespace, target: Target, operator: Operator, now: Callable[[], datetime]) -> int:
    """Run the ceremony on a stack with somebody, and give the exit status."""
    rules = rules_of(target, wishes.rules)
    heard = first_accepted_with(target.client("logs"), target.output("IngestLogGroupName"))
    rotation = SigningRotation(
        target.client("secretsmanager"),
        target.output(SIGNING),
        target.output(HANDSHAKES),
        proved=lambda mark, since: heard(mark, since) is not None,
        now=now,
        sleep=lambda seconds: _settled(operator, seconds),
    )
    url = target.output("WebhookUrl")
    ceremony = Ceremony(
        rotation, operator, heard=heard, dialog=lambda: _dialog(operator, url, rules), now=now
    )
    try:
        end = ceremony.run(
            Wishes(
                second=wishes.second,
                again=wishes.again,
                confirm=wishes.confirm,
                undo=wishes.undo,
                listen=wishes.listen,
                reveal=Reveal(wishes.reveal, wishes.reveal_to),
            )
        )
    except RefusedStep as refused:
        end = End("refused", done=False, next=str(refused))
    except RefusedShow as refused:
        raise TargetError(str(refused)) from refused
    except KeyboardInterrupt:
        operator.say("\nstopped; run `subscribe` again, and it goes on from here")
        return STOPPED
    if wishes.json:
        document = {"url": url, "event_types": [tick.type for tick in needed(rules)], **end.document()}
        print(json.dumps(document))
    elif end.next:
        print(printable(f"{end.stage}: {end.next}"))
    return 0 if end.done else 1


def _dialog(operator: Operator, url: str, rules: Rules) -> None:
    for line in (
        "in Notion: the connection's settings, Webhooks, + Create a subscription",
        f"  URL          {url}",
        "  API version  2026-03-11 or 2025-09-03",
        "  tick exactly these event types:",
        *(f"    {tick.type:<28} {tick.why}" for tick in needed(rules)),
        f"  and none of the other {len(useless(rules))}: nobody here listens to them",
        "then create it; Notion sends its token by itself, and shows a Verify button",
    ):
        operator.say(line)


def _settled(operator: Operator, seconds: float) -> None:
    operator.wait("until every ingest knows the token", seconds, lambda: None, seconds)
