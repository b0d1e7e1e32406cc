"""``pause`` and ``resume``: the short forms of ``lane pause`` and ``lane resume`` (T5).

Events wait in the queue meanwhile, for up to 14 days, with their receives unspent.
"""

import argparse
import json
from typing import Any

from infra.operate import lane
from infra.operate.target import Target, add_arguments, on_target


def register(commands: Any) -> None:
    """Add both commands to the operator's command line."""
    pause = commands.add_parser("pause", help="let the lane rest until `resume`", description=__doc__)
    pause.add_argument("--reason", default=lane.NO_REASON, help="for whoever asks why it rests")
    pause.set_defaults(run=on_target("pause", _pause))
    resume = commands.add_parser(
        "resume", help="let the lane go on, whatever it rests for", description=__doc__
    )
    resume.set_defaults(run=on_target("resume", _resume))
    for command in (pause, resume):
        command.add_argument("--json", action="store_true", help="print one JSON object")
        add_arguments(command)


def _pause(wishes: argparse.Namespace, target: Target) -> int:
    pause = lane.rest(target, wishes.reason)
    print(json.dumps(lane.document(pause)) if wishes.json else lane.standing(pause))
    return 0


def _resume(wishes: argparse.Namespace, target: Target) -> int:
    rested = lane.wake(target)
    print(json.dumps({"rested": rested}) if wishes.json else lane.gone_on(rested))
    return 0
