"""``rotate``: a new token in the old one's place, without losing anything (T9).

API tokens (notion, slack, slack-webhook, hubspot, console): the new token is read from the prompt or from standard input, staged as
AWSPENDING, proved by a real call, and promoted; the old one stays AWSPREVIOUS until --retire. Run it again after whatever
went wrong: it goes on where it was.

notion-signing: run it again after each step that it names; both tokens are accepted from --confirm to the end.

No token is ever an argument or printed; people know one by its fingerprint.
"""

import argparse
import getpass
import json
import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Any

from infra.operate.answering import split
from infra.operate.clock import utc_now
from infra.operate.ingest_log import accepted_with
from infra.operate.progress import wait
from infra.operate.signing_documents import document
from infra.operate.signing_rotation import HANDSHAKES, SIGNING, SigningRotation
from infra.operate.signing_secret import RefusedStep
from infra.operate.target import Target, TargetError, add_arguments, on_target
from infra.operate.text import printable
from infra.operate.token_kinds import KINDS, LEAST, Kind
from steward.identity import Identity
from steward.memory import Memory
from steward.pending_token import Busy, Outcome, PendingToken, Promotion
from steward.remembered_bot import remembered_bot
from steward.rules import MAIN


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "rotate",
        help="put a new token in an old one's place",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whats = parser.add_subparsers(required=True, metavar="TOKEN")
    for name, kind in KINDS.items():
        token = whats.add_parser(name, help=kind.title)
        then = token.add_mutually_exclusive_group()
        then.add_argument(
            "--discard", action="store_true", help="take a token away that was staged and not promoted"
        )
        then.add_argument(
            "--retire", action="store_true", help="take the former token away; there is no way back then"
        )
        token.add_argument(
            "--other-workspace", action="store_true", help="take a token of another workspace or bot, too"
        )
        if name == "notion":
            token.add_argument(
                "--connection", default=MAIN, metavar="NAME", help="a further connection's token"
            )
        token.set_defaults(run=on_target(f"rotate {name}", _api_token(name, kind)))
        add_arguments(token)
    signing = whats.add_parser("notion-signing", help="the token that signs Notion's deliveries")
    step = signing.add_mutually_exclusive_group()
    step.add_argument("--arm", action="store_true", help="wait for a handshake (again), for 15 minutes")
    step.add_argument("--confirm", metavar="FINGERPRINT", help="make this candidate active")
    step.add_argument("--undo", action="store_true", help="take the new token out again")
    step.add_argument(
        "--now", action="store_true", help="retire the old token without the overlap: it leaked"
    )
    step.add_argument(
        "--keep",
        action="store_true",
        help="end the rotation and keep all tokens: it was a further connection's",
    )
    signing.add_argument(
        "--retire", metavar="FINGERPRINT", help="the token to retire, where more than one other is active"
    )
    signing.set_defaults(run=on_target("rotate notion-signing", _signing))
    add_arguments(signing)


def _signing(wishes: argparse.Namespace, target: Target) -> int:
    rotation = SigningRotation(
        target.client("secretsmanager"),
        target.output(SIGNING),
        target.output(HANDSHAKES),
        proved=accepted_with(target.client("logs"), target.output("IngestLogGroupName")),
        now=utc_now,
        sleep=lambda seconds: wait("seconds until every function knows it", seconds, quiet=wishes.json),
    )
    if wishes.retire and (wishes.arm or wishes.confirm or wishes.undo or wishes.keep):
        raise TargetError("--retire goes with --now or alone; leave the other option out")
    try:
        step, lines = _stepped(rotation, wishes)
        if wishes.json:
            print(json.dumps({"step": step, **document(rotation.standing()), "says": lines}))
            return 0
    except RefusedStep as refused:
        print(f"rotate notion-signing: {printable(str(refused))}", file=sys.stderr)
        return 1
    print("\n".join(map(printable, lines)))
    return 0


def _stepped(rotation: SigningRotation, wishes: argparse.Namespace) -> tuple[str, list[str]]:
    """Do the step that is wished for; its name, and what there is to say."""
    if wishes.confirm:
        return "confirm", rotation.confirm(wishes.confirm)
    if wishes.undo:
        return "undo", rotation.undo()
    if wishes.keep:
        return "keep", rotation.keep()
    if wishes.arm:
        return "arm", rotation.arm()
    return "go on", rotation.go_on(at_once=wishes.now, retire=wishes.retire)


def _api_token(name: str, kind: Kind) -> Callable[[argparse.Namespace, Target], int]:
    def run(wishes: argparse.Namespace, target: Target) -> int:
        connection = getattr(wishes, "connection", MAIN)
        path = kind.path if connection == MAIN else ("connections", connection)
        pending = PendingToken(
            target.client("secretsmanager"), target.output(kind.output), path, kind.prove(target)
        )
        about = {"token": name, "connection": connection} if name == "notion" else {"token": name}
        if wishes.discard:
            gone = pending.discard()
            if wishes.json:
                outcome = "discarded" if gone else str(Outcome.NOTHING)
                print(json.dumps({**about, "step": "discard", "outcome": outcome}))
            else:
                print("what was staged is gone" if gone else "nothing was staged")
            return 0
        if wishes.retire:
            return _told(wishes, {**about, "step": "retire"}, pending.retire(), _RETIRED)
        staged_before = pending.is_staged()
        if staged_before and not wishes.json:
            print("a token was staged before; going on with it (--discard takes it away)")
        elif not staged_before:
            token = _asked(name)
            if pending.is_current(token):
                print(f"rotate {name}: this token is in use already; make a new one", file=sys.stderr)
                return 1
            pending.stage(token)
        remembered = _remembered(target, connection) if name == "notion" else None
        if kind.says is not None:
            remembered = pending.told_by_current(kind.says(target))
        try:
            end = pending.prove_and_promote(remembered=remembered, other_workspace=wishes.other_workspace)
        except Busy as busy:
            print(f"rotate {name}: {busy}; run again", file=sys.stderr)
            return 1
        return _told(wishes, {**about, "step": "promote", "staged_before": staged_before}, end, _PROMOTED)

    return run


def _asked(name: str) -> str:
    """The new token, from the terminal without showing it, or the first line of standard input.

    Raises:
        TargetError: it is none.
    """
    if sys.stdin.isatty():
        more = " (empty makes one)" if name == "console" else ""
        token = getpass.getpass(f"new {name} token{more}: ").strip()
    else:
        token = sys.stdin.readline().strip()
    if not token and name == "console":
        return secrets.token_urlsafe(LEAST)
    if not token:
        raise TargetError("no token was given; type it at the prompt, or put it on standard input")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise TargetError(
            "that is no token: it holds characters that none has; copy it again, and nothing else"
        )
    return token


def _remembered(target: Target, connection: str) -> Identity | None:
    memory = Memory(target.table(target.output("StateTableName")), utc_now)
    return remembered_bot(memory, connection)


_PROMOTED = {
    Outcome.NOTHING: "nothing is staged; run again",
    Outcome.PROMOTED: "it is in use now; the former one stays as AWSPREVIOUS until --retire.\n"
    "Functions take it up at the next 401, or within five minutes: revoke the former one at the vendor after that",
    Outcome.UNPROVED: "not promoted, because it did not prove itself; it stays staged: run again, or --discard",
    Outcome.ELSEWHERE: "not promoted, because it is another bot's; --discard, or --other-workspace if that is meant",
    Outcome.UNKNOWN_OWNER: "not promoted, because the current token is dead and nobody remembers whose it was;\n"
    "look whose the new one is, then run again with --other-workspace if it is right, or --discard",
    Outcome.OUTDATED: "not promoted: the secret was changed after it was staged; --discard, and run again",
}

_RETIRED = {
    Outcome.NOTHING: "there is no former token; nothing is left to do",
    Outcome.PROMOTED: "the former token is retired; revoke it at the vendor if you have not",
    Outcome.UNPROVED: "not retired, because the token in use does not prove itself; rotate in one that does first",
}


def _told(
    wishes: argparse.Namespace, about: Mapping[str, Any], end: Promotion, words: dict[Outcome, str]
) -> int:
    """Say how it ended, and give the exit status."""
    well = end.outcome is Outcome.PROMOTED or (words is _RETIRED and end.outcome is Outcome.NOTHING)
    if wishes.json:
        print(json.dumps({**about, **_document(end, words, well=well)}))
        return 0 if well else 1
    if end.identity is not None:
        print(printable(f"OK: {end.identity.name}"))
    if end.outcome is Outcome.ELSEWHERE and end.former is not None:
        print(printable(f"the one in use is that of: {end.former.name}"))
    if end.failure is not None:
        print(printable(str(end.failure)))
    print(words[end.outcome])
    return 0 if well else 1


def _document(end: Promotion, words: dict[Outcome, str], *, well: bool) -> dict[str, Any]:
    """How it ended, as JSON: names are the vendor's, and what to do then is in ``next``, or ``do`` beside an ``error``."""
    retired = words is _RETIRED and end.outcome is Outcome.PROMOTED
    said = split(words[end.outcome].replace("\n", " "), "rotate")
    whose = {
        "connected_as": end.identity and end.identity.name,
        "in_use_is_of": end.former and end.former.name if end.outcome is Outcome.ELSEWHERE else None,
        "failure": end.failure and str(end.failure),
    }
    found = {name: printable(text) for name, text in whose.items() if text}
    then = said if not well else {"says": said["error"], "next": said["do"]}
    return {"outcome": "retired" if retired else str(end.outcome), **found, **then}
