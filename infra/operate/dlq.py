"""``dlq``: look at the dead letters, and put them on the lane again (P4).

Looking changes nothing. A redrive sends the same event under a new deduplication id, then removes the dead letter: when
it dies in between, the event is in both places, and the ledger makes the second one harmless.
"""

import argparse
import json
import math
import secrets
import sys
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.operate.dead_letters import LOOK, DeadLetter, DeadLetters
from infra.operate.progress import progress
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import printable, table, when
from steward.lane import Lane

HIDDEN = (
    "SQS tells of about {hidden} more and does not hand them out now: of one message group it gives at most ten at a "
    "time, and none while one of them is looked at. Redrive what is listed, or wait half a minute; then look again."
)


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("dlq", help="look at the dead letters, redrive them", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="what lies there and why")
    listing.set_defaults(run=on_target("dlq list", _list))
    show = actions.add_parser("show", help="everything of one, personal data included")
    show.add_argument("id", metavar="MESSAGE_ID", help="as `dlq list` gives it")
    show.set_defaults(run=on_target("dlq show", _show))
    redrive = actions.add_parser("redrive", help="put them on the lane again")
    which = redrive.add_mutually_exclusive_group(required=True)
    which.add_argument("--id", metavar="MESSAGE_ID", help="this one")
    which.add_argument("--all", action="store_true", help="all of them")
    redrive.add_argument("--force", action="store_true", help="also what can't be decoded")
    redrive.set_defaults(run=on_target("dlq redrive", _redrive))
    for action in (listing, show, redrive):
        add_arguments(action)


def _list(wishes: argparse.Namespace, target: Target) -> int:
    queue = _queue(target)
    with queue.looked_at() as letters:
        hidden = max(queue.count() - len(letters), 0)
    if wishes.json:
        print(json.dumps({"dead_letters": [_summary(letter) for letter in letters], "hidden": hidden}))
        return 0
    if letters:
        rows = [
            (
                letter.id,
                when(letter.first_seen),
                letter.attributes.get("attempts", "?"),
                printable(letter.subject),
                printable(letter.reason),
            )
            for letter in letters
        ]
        print(table(("id", "first seen", "attempts", "event", "reason"), rows))
    print(f"{_count(len(letters))} in {target.name}; nothing was changed")
    if hidden:
        print(HIDDEN.format(hidden=hidden))
    return 0


def _show(wishes: argparse.Namespace, target: Target) -> int:
    with _queue(target).looked_at() as letters:
        letter = next((one for one in letters if one.id == wishes.id), None)
    if letter is None:
        return _not_there("dlq show", wishes.id, target)
    if wishes.json:
        whole = {"attributes": letter.attributes, "of_sqs": letter.system, "body": letter.body}
        print(json.dumps({**_summary(letter), **whole}))
        return 0
    print(f"{letter.id}  {printable(letter.subject)}")
    print(f"reason      {printable(letter.reason)}")
    print(f"first seen  {when(letter.first_seen)}")
    for title, attributes in (("attributes", letter.attributes), ("of SQS", letter.system)):
        print(title)
        for name, value in sorted(attributes.items()):
            print(f"  {name}: {printable(value)}")
    if letter.undecodable:
        print(f"body, which can't be decoded: {letter.undecodable}")
    else:
        print("body")
    print(_pretty(letter.body))
    print("nothing was changed; the body may hold personal data")
    return 0


def _redrive(wishes: argparse.Namespace, target: Target) -> int:
    queue = _queue(target)
    lane = Lane(target.client("sqs"), target.output("LaneQueueUrl"), int(target.parameter("Lanes", "1")))
    mover = Mover(queue, lane, force=wishes.force, quiet=wishes.json)
    held: dict[str, DeadLetter] = {}
    try:
        with progress("redriving", queue.count() if wishes.all else None, quiet=wishes.json) as moved:
            for batch in queue.batches(LOOK if wishes.id else math.inf):
                held |= {letter.id: letter for letter in batch}
                for letter in batch:
                    if wishes.all or letter.id == wishes.id:
                        mover.move(letter)
                        moved.step()
                if wishes.id in held:
                    break
    finally:
        queue.give_back([letter for letter in held.values() if letter.id not in mover.removed])
    if wishes.id and wishes.id not in held:
        return _not_there("dlq redrive", wishes.id, target)
    if wishes.json:
        print(json.dumps({"moved": sorted(mover.removed), "left": mover.why}))
        return 1 if mover.left else 0
    print(f"{len(mover.removed)} put on the lane of {target.name}, {len(mover.left)} left")
    # SQS counts late: what was just moved may still be in its number, so only what was refused can hide more.
    hidden = queue.count() - len(mover.left) if wishes.all and mover.left else 0
    if hidden > 0:
        print(HIDDEN.format(hidden=hidden))
    return 1 if mover.left else 0


class Mover:
    """Moves dead letters to the lane, and says what it did with each.

    Attributes:
        removed: ids of those that are on the lane and no longer among the dead letters.
        why: id of each that still lies there → why.
    """

    def __init__(self, queue: DeadLetters, lane: Lane, *, force: bool, quiet: bool = False) -> None:
        self._queue = queue
        self._lane = lane
        self._force = force
        self._quiet = quiet
        self._sent: set[str] = set()
        self.removed: set[str] = set()
        self.why: dict[str, str] = {}

    @property
    def left(self) -> set[str]:
        """Ids of those that still lie there."""
        return set(self.why)

    def move(self, letter: DeadLetter) -> None:
        """Send it to the lane, then delete it here."""
        trouble = self._trouble(letter)
        if trouble is None:
            self.removed.add(letter.id)
        else:
            self.why[letter.id] = trouble
        if self._quiet:
            return
        said = "moved" if trouble is None else "left "
        print(f"{said}  {letter.id}  {printable(letter.subject)}{f': {trouble}' if trouble else ''}")

    def _trouble(self, letter: DeadLetter) -> str | None:
        if letter.undecodable and not self._force:
            return f"{printable(letter.undecodable)}; --force sends it all the same"
        if letter.body in self._sent:
            # It was parked again while we are at it, or is a copy: sending it once more would go round in circles.
            return "the same message was moved just now; look at why it is here again before another redrive"
        event = letter.envelope.event if letter.envelope else None
        group = self._lane.group_of(event.entity_id if event else None)
        try:
            self._lane.republish(letter.body, group, f"redrive-{letter.id}-{secrets.token_hex(4)}")
        except ClientError as error:
            return f"the lane does not take it ({error.response['Error']['Code']})"
        self._sent.add(letter.body)
        try:
            self._queue.remove(letter)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            return f"on the lane, and still here ({code}); the second one will be known as a duplicate"
        return None


def _queue(target: Target) -> DeadLetters:
    return DeadLetters(target.client("sqs"), target.output("DeadLetterQueueUrl"))


def _not_there(command: str, message_id: str, target: Target) -> int:
    print(f"{command}: no dead letter {message_id} in {target.name}; see `dlq list`", file=sys.stderr)
    return 1


def _summary(letter: DeadLetter) -> Mapping[str, Any]:
    event = letter.envelope.event if letter.envelope else None
    return {
        "id": letter.id,
        "first_seen": letter.first_seen.isoformat() if letter.first_seen else None,
        "attempts": int(letter.attributes["attempts"]) if "attempts" in letter.attributes else None,
        "event_id": event.id if event else None,
        "type": event.type if event else None,
        "entity": event.entity_id if event else None,
        "reason": letter.reason,
        "exception": letter.attributes.get("exception"),
        "effect": letter.attributes.get("effect"),
        "undecodable": letter.undecodable,
    }


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=True)
    except (ValueError, RecursionError):
        return printable(body)


def _count(number: int) -> str:
    return "no dead letters" if number == 0 else f"{number} dead letter{'' if number == 1 else 's'}"
