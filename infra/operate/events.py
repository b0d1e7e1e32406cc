"""``events``: what became of the last events, the newest first (P8).

Reads the journal and nothing else. An event is in it when it is finished: what still waits is told by `lane status`. With a
filter, at most 5,000 rows are looked through. --outcome takes the dashboard's words, which say what came of an event (done,
waiting, failed, parked, quiet), and decisions, which say what Steward made of it (observed, covered, ignored, ...).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from console.event_lines import may_have_changed, outcome_of
from console.wish import Outcome
from infra.operate.clock import utc_now
from infra.operate.progress import progress
from infra.operate.spans import SINCE, count_to, since, span, took
from infra.operate.target import Target, add_arguments, journal_days, on_target
from infra.operate.text import parsed, printable, table
from steward.by_day import WITH_THE_LAST, pages
from steward.closings import Closings
from steward.journal import Decision
from steward.page_links import linked_page

MOST = 500
"""Events of one answer."""

LOOKED_AT = 5000
"""Rows of the journal that a filter looks through."""

AT_ONCE = 250
"""Rows of one request."""

MOST_LOOKS = 1000
"""Events whose effects one answer looks after, because they were still owed when the event was finished: each is a query."""

DECISIONS = tuple(map(str, Decision))

FACTS = ("type", "dialect", "entity", "title", "occurred_at", "received_at", "finished_at", "decision", "why")
COUNTS = ("calls", "latency_ms", "deliveries", "attempts", "replays")


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("events", help="what became of the last events", description=__doc__)
    parser.add_argument(
        "--limit",
        type=count_to(MOST),
        default=20,
        metavar="N",
        help=f"at most so many events, up to {MOST} (20)",
    )
    parser.add_argument("--since", type=since, default="7d", metavar="TIME", help=f"{SINCE}; 7d without")
    parser.add_argument(
        "--outcome",
        action="append",
        choices=tuple(dict.fromkeys((*map(str, Outcome), *DECISIONS))),
        help="only these, the dashboard's words and decisions; may be repeated",
    )
    parser.add_argument("--page", metavar="ID", help="only of this page: its id, or its address in Notion")
    parser.set_defaults(run=on_target("events", _events))
    add_arguments(parser)


@dataclass(frozen=True, slots=True)
class Ended:
    """An event and what came of it.

    Attributes:
        row: of the journal.
        later: effect id → how it ended after the row was written.
    """

    row: Mapping[str, Any]
    later: Mapping[str, Mapping[str, Any]]

    @property
    def outcome(self) -> Outcome:
        """What came of it, as the dashboard has it."""
        return outcome_of(self.row, self.later)

    @property
    def effects(self) -> dict[str, int]:
        """How many of its effects stand how."""
        first = {effect["id"]: effect for effect in self.row.get("effects", ())}
        return dict(Counter(str(effect["status"]) for effect in {**first, **self.later}.values()))


@dataclass
class Looked:
    """How many rows were looked at, and whether there may be more behind them."""

    rows: int = 0
    cut: bool = False


def _events(wishes: argparse.Namespace, target: Target) -> int:
    now = utc_now()
    page = page_id(wishes.page) if wishes.page else None
    if wishes.page and page is None:
        print("events: that is no page; give its id, or its address in Notion", file=sys.stderr)
        return 2
    looked, first = Looked(), kept_since(wishes, target, now)
    wanted = frozenset(wishes.outcome or ())
    journal = target.table(target.output("JournalTableName"))
    # What came of an event is not in its row alone, so only decisions can be left to the table.
    decisions = tuple(wanted) if wanted <= set(DECISIONS) else ()
    with progress("events found", None, quiet=wishes.json) as bar:
        ended = _ended(
            rows(journal, first, now, looked, outcomes=decisions, page=page),
            Closings(journal, journal_days(target), utc_now),
            wanted,
            looked,
        )
        told = list[Ended]()
        for one in islice(ended, wishes.limit):
            told.append(one)
            bar.step()
    if wishes.json:
        print(json.dumps({"events": [document(one) for one in told], "complete": not looked.cut}))
    elif told:
        header = ("finished", "took", "outcome", "decision", "type", "page", "effects", "id")
        print(table(header, (_line(one, now) for one in told)))
    if looked.cut:
        print(f"looked through {looked.rows} rows only; name a shorter --since", file=sys.stderr)
    if not told:
        print(
            f"events: none that fits was finished since {first:%Y-%m-%d %H:%M}Z; the journal keeps them for "
            f"{journal_days(target)} days, and what waits is told by `lane status`",
            file=sys.stderr,
        )
    return 0 if told else 1


def kept_since(wishes: argparse.Namespace, target: Target, now: datetime) -> datetime:
    """From when on events are wanted, as far as the journal keeps them: each day is a query, also one that has none."""
    since_then: datetime = wishes.since(now)
    return max(since_then, now - timedelta(days=journal_days(target)))


def page_id(text: str) -> str | None:
    """The page that an operator means: an id in any spelling, or an address; None when it is neither."""
    return linked_page(text)


def rows(
    journal: Any,
    first: datetime,
    last: datetime,
    looked: Looked,
    *,
    outcomes: tuple[str, ...] = (),
    page: str | None = None,
    most: int = LOOKED_AT,
) -> Iterator[Mapping[str, Any]]:
    """The rows of finished events, the newest first.

    Args:
        journal: the table.
        first: from when on.
        last: until when, included.
        looked: told how much was read.
        outcomes: only these decisions; all without.
        page: only of this page.
        most: rows that are looked at.
    """
    wanted = [Attr("decision").is_in(list(outcomes))] if outcomes else []
    wanted += [Attr("entity").eq(page)] if page else []
    more: dict[str, Any] = {"FilterExpression": _all(wanted)} if wanted else {}
    for answer in pages(journal, first, last, WITH_THE_LAST, Limit=AT_ONCE, **more):
        looked.rows += int(answer.get("ScannedCount", len(answer["Items"])))
        yield from answer["Items"]
        if looked.rows >= most:
            looked.cut = True
            return


def _ended(
    found: Iterable[Mapping[str, Any]], closings: Closings, wanted: frozenset[str], looked: Looked
) -> Iterator[Ended]:
    """What came of events, of those whose outcome or decision is wanted; all without."""
    looks = 0
    for row in found:
        later: Mapping[str, Mapping[str, Any]] = {}
        if may_have_changed(row):
            if looks == MOST_LOOKS:
                looked.cut = True
                return
            looks += 1
            later = closings.of_event(str(row["pk"]).removeprefix("EVENT#"))
        ended = Ended(row, later)
        if not wanted or row["decision"] in wanted or ended.outcome in wanted:
            yield ended


def document(ended: Ended) -> dict[str, Any]:
    """An event as JSON: ``id``, ``outcome``, facts and counts of its row, effects by status; times are ISO-8601, in UTC."""
    row = ended.row
    facts = {name: row[name] for name in FACTS if name in row}
    counts = {name: int(row[name]) for name in COUNTS if name in row}
    own = {"id": row["pk"].removeprefix("EVENT#"), "outcome": str(ended.outcome)}
    return {**own, **facts, **counts, "effects": ended.effects}


def _line(ended: Ended, now: datetime) -> tuple[str, ...]:
    told = document(ended)
    finished = parsed(told.get("finished_at"))
    latency = took(told["latency_ms"]) if "latency_ms" in told else "?"
    effects = ", ".join(f"{n} {status}" for status, n in told["effects"].items()) or "-"
    return (
        f"{span(now - finished)} ago" if finished else "?",
        latency,
        told["outcome"],
        told.get("decision", "?"),
        printable(told.get("type", "?")),
        printable(told.get("title") or told.get("entity") or "-")[:40],
        effects,
        printable(told["id"]),
    )


def _all(conditions: list[Any]) -> ConditionBase:
    both: ConditionBase = reduce(and_, conditions)
    return both
