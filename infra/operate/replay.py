"""``replay``: have the page of an event looked at again, so that the world matches it (O4).

A replay reads the page and tells what differs from what Steward remembers; what was told is remembered, and is told no
second time. It says nothing of what the event once said, and does not read a page's text for the mirror again. Of several
events of a page the newest stands for all. It goes through the lane, under the event's id, and costs a call a page.
A parked event is not replayed: its dead letter holds all of it, see `dlq redrive`.

``--dry-run`` sends nothing, and says what is owed already and what a look would lead to: that reads the page, a call of the
probes' share of the budget, and waits for it where it is spent. ``--no-observe`` asks Notion nothing.
"""

import argparse
import json
import secrets
import sys
from dataclasses import asdict, dataclass
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.events import LOOKED_AT, Looked, kept_since, page_id, rows
from infra.operate.progress import progress
from infra.operate.replay_dry_run import DryRun, LeftOut
from infra.operate.replay_preview import lines
from infra.operate.rules_of import add_rules, rules_of
from infra.operate.spans import SINCE, since
from infra.operate.target import Target, TargetError, add_arguments, journal_days, on_target
from infra.operate.text import printable
from steward import replays
from steward.envelope import encode
from steward.events import Event
from steward.identifiers import normalise_id
from steward.journal import Decision, Journal
from steward.lane import Lane
from steward.rules import Rules


@dataclass
class Chosen:
    """What is replayed, and what is left out.

    Attributes:
        events: one a page, or a data source.
        of: how many events of the journal they stand for.
        parked: ids of events that lie among the dead letters.
        nothing: how many events are about nothing that can be looked at.
        complete: False when the journal holds more than is looked through.
    """

    events: list[Event]
    of: int = 0
    parked: tuple[str, ...] = ()
    nothing: int = 0
    complete: bool = True


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("replay", help="have an event's page looked at again", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("event", nargs="?", metavar="EVENT_ID", help="this event; see `events`")
    which.add_argument("--page", metavar="ID", help="this page: its id, or its address in Notion")
    which.add_argument(
        "--since", type=since, metavar="TIME", help=f"every event that was finished since; {SINCE}"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what it would do, and send nothing")
    parser.add_argument(
        "--observe",
        action=argparse.BooleanOptionalAction,
        help="with --dry-run: read each page now, one call each, which is done without this, too; --no-observe does not",
    )
    add_rules(parser)
    parser.set_defaults(run=on_target("replay", _replay))
    add_arguments(parser)


def _replay(wishes: argparse.Namespace, target: Target) -> int:
    if wishes.observe is not None and not wishes.dry_run:
        return _refuse(
            "--observe goes with --dry-run; leave it out, because a replay reads the page anyway", 2
        )
    if wishes.page and page_id(wishes.page) is None:
        return _refuse("that is no page; give its id, or its address in Notion", 2)
    chosen = _choose(wishes, target)
    if isinstance(chosen, str):
        return _refuse(chosen, 1)
    if wishes.dry_run:
        return _rehearse(wishes, target, chosen)
    lane = Lane(target.client("sqs"), target.output("LaneQueueUrl"), int(target.parameter("Lanes", "1")))
    run = secrets.token_hex(4)
    with progress("replaying", len(chosen.events), quiet=wishes.json) as bar:
        for event in chosen.events:
            # SQS drops an id that it has seen within five minutes: this one is new, the event's stays.
            lane.republish(
                encode(event, utc_now()), lane.group_of(event.entity_id), f"replay-{run}-{event.id}"
            )
            bar.step()
    if wishes.json:
        print(json.dumps({"replayed": [_named(e) for e in chosen.events], **_left_out(chosen)}))
    else:
        for event in chosen.events[:20]:
            print(f"on the lane  {printable(event.id)}  about {event.entity_id}")
        count = len(chosen.events)
        print(f"{count} put on the lane of {target.name}; `explain EVENT_ID` says what becomes of each")
        _say_left_out(chosen)
    return 0 if chosen.events else 1


def _choose(wishes: argparse.Namespace, target: Target) -> Chosen | str:
    """What is replayed, or why nothing is."""
    if wishes.page:
        page = page_id(wishes.page)
        return Chosen([replays.of_page(str(page), f"replay-{secrets.token_hex(8)}")], 1)
    table = target.table(target.output("JournalTableName"))
    if wishes.since:
        now = utc_now()
        looked = Looked()
        return _newest(
            list(rows(table, kept_since(wishes, target, now), now, looked)), complete=not looked.cut
        )
    days = journal_days(target)
    row = Journal(table, days, utc_now).row(wishes.event)
    if row is None:
        return (
            f"the journal of {target.name} does not know the event {wishes.event}; it keeps events for {days} days: "
            "replay its page by --page"
        )
    if row["decision"] == str(Decision.PARKED):
        return f"the event is parked; `dlq redrive` has all of it, or replay its page by --page {row.get('entity')}"
    event = replays.of_row(row)
    return (
        "the event is about nothing that can be looked at; see `explain`"
        if event is None
        else Chosen([event], 1)
    )


def _newest(found: list[Any], *, complete: bool) -> Chosen:
    """One event for whatever is looked at, oldest page first; ``found`` has the newest first."""
    chosen: dict[str, Event] = {}
    parked, nothing, of = [], 0, 0
    for row in found:
        event = replays.of_row(row)
        if row["decision"] == str(Decision.PARKED):
            parked.append(row["pk"].partition("#")[2])
        elif event is None or event.entity_id is None:
            nothing += 1
        else:
            of += 1
            chosen.setdefault(normalise_id(event.entity_id), event)
    return Chosen(list(chosen.values())[::-1], of, tuple(parked), nothing, complete)


def _rehearse(wishes: argparse.Namespace, target: Target, chosen: Chosen) -> int:
    rules, no_rules = _rules(wishes, target)
    run = DryRun(target, rules, utc_now)
    with progress("looking", len(chosen.events), quiet=wishes.json) as bar:
        shown = []
        for one in run.previews(chosen.events):
            shown.append(one)
            bar.step()
    left_out = run.left_out or no_rules
    if wishes.json:
        pages = [one.document() for one in shown]
        facts = {"pages": pages, "calls": len(pages), "not_read": asdict(left_out) if left_out else None}
        print(json.dumps({**facts, **_left_out(chosen)}))
    else:
        for one in shown:
            print(*map(printable, lines(one)), sep="\n")
        print(f"a replay would cost up to {len(chosen.events)} calls; nothing was sent or written")
        _say_left_out(chosen)
        if left_out:
            unread = sum(one.seen is None for one in shown)
            print(f"replay: {unread} not read: {printable(left_out.why)}; {left_out.do}", file=sys.stderr)
    return 0 if chosen.events and left_out is None else 1


def _rules(wishes: argparse.Namespace, target: Target) -> tuple[Rules | None, LeftOut | None]:
    """What to read pages by, or why not: what is owed can be said without, unless reading was asked for."""
    if wishes.observe is False:
        return None, None
    try:
        return rules_of(target, wishes.rules), None
    except TargetError as error:
        if wishes.observe or wishes.rules:
            raise
        why, _, do = str(error).rpartition("; ")
        return None, LeftOut(why, do)


def _named(event: Event) -> dict[str, str | None]:
    return {"event_id": event.id, "entity": event.entity_id}


def _left_out(chosen: Chosen) -> dict[str, Any]:
    parked, complete = list(chosen.parked), chosen.complete
    return {"events": chosen.of, "parked": parked, "about_nothing": chosen.nothing, "complete": complete}


def _say_left_out(chosen: Chosen) -> None:
    if chosen.parked:
        print(f"{len(chosen.parked)} parked events are left out; `dlq redrive` is for them")
    if chosen.nothing:
        print(f"{chosen.nothing} events are about nothing that can be looked at")
    if not chosen.complete:
        print(f"the newest {LOOKED_AT} events were looked at; there are older ones since then")


def _refuse(why: str, status: int) -> int:
    print(f"replay: {printable(why)}", file=sys.stderr)
    return status
