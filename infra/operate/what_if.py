"""``what-if``: which notices would differ under another rules file, for the events of the past (O4).

The steps of pages' histories are put together again from the journal and from what is remembered of the pages, and
both files are asked by the processor's own planner. Nothing is called, nothing is sent. What the journal does not hold is
counted by its reason and not guessed: values that no rule watched then, what the new file would have written, digests,
quiet hours, turns. Deadlines, schemas, syncs and the mirror are not decided by single events and so not compared.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.events import LOOKED_AT, Looked, kept_since, rows
from infra.operate.notices_diff import Differences, differences
from infra.operate.past_steps import Step, Types, Unknown, steps_of
from infra.operate.progress import progress
from infra.operate.rules_of import file_of, rules_of
from infra.operate.spans import SINCE, since
from infra.operate.target import Target, TargetError, add_arguments, on_target
from infra.operate.text import printable
from infra.operate.what_if_plan import NOT_JUDGED, Told, roles_between, told_by
from steward.journal import Decision
from steward.learnt import shown_of
from steward.memory import Memory
from steward.rules import Rules
from steward.state import State

EXAMPLES = 5
"""Of each sort, for people; the JSON document has all."""

UNWATCHED = "nothing changed that was watched then, and the journal does not say what else did"
FORGOTTEN = "the page is not remembered any more"
NEWS = "the page was first seen then, and the journal does not say whether its assignment was news"
PARKED = "it was parked, and so never looked at"


@dataclass
class Found:
    """What both files would have told, and what nobody knows.

    Attributes:
        now: by the present file.
        new: by the new one.
        judged: how many events.
        unknown: why → ids of the events of which it is not known.
        skipped: automation → how many steps it can't be judged by, because a property is not in the snapshots.
    """

    now: list[Told] = field(default_factory=list)
    new: list[Told] = field(default_factory=list)
    judged: int = 0
    unknown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    skipped: Counter[str] = field(default_factory=Counter)


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("what-if", help="what another rules file would tell", description=__doc__)
    parser.add_argument("--rules", type=Path, required=True, metavar="FILE", help="the new rules file")
    parser.add_argument(
        "--now", type=Path, metavar="FILE", help="the present rules file; the stack's own without"
    )
    parser.add_argument(
        "--since",
        type=since,
        default="7d",
        metavar="TIME",
        help=f"events finished since; {SINCE}; 7d without",
    )
    parser.set_defaults(run=on_target("what-if", _what_if))
    add_arguments(parser)


def _what_if(wishes: argparse.Namespace, target: Target) -> int:
    now, new = rules_of(target, wishes.now, option="--now"), rules_of(target, wishes.rules)
    if now == new:
        present = printable(str(file_of(target, wishes.now)))
        raise TargetError(
            f"both files mean the same, so nothing can differ: {present} is the present one; change a copy of it and "
            "name the copy with --rules, or name the file that was deployed with --now"
        )
    looked, at = Looked(), utc_now()
    first = kept_since(wishes, target, at)
    journal = target.table(target.output("JournalTableName"))
    events = list(rows(journal, first, at, looked))
    if not events:
        print(
            f"what-if: no event was finished since {first:%Y-%m-%d %H:%M}Z; name a longer --since, or see `events`",
            file=sys.stderr,
        )
        return 1
    table = target.table(target.output("StateTableName"))
    found = _compare(
        events, State(table, utc_now), _types(Memory(table, utc_now), now), (now, new), quiet=wishes.json
    )
    diff = differences(found.now, found.new)
    facts = {
        "events": len(events),
        "judged": found.judged,
        "complete": not looked.cut,
        "unknown": [{"why": w, "events": len(ids), "ids": ids} for w, ids in sorted(found.unknown.items())],
        "not_judged": dict(found.skipped),
        "not_compared": _kinds(now, new),
    }
    if wishes.json:
        print(json.dumps({**facts, **diff.document()}))
    else:
        print(*map(printable, lines(diff, facts)), sep="\n")
    return 0


def _compare(
    events: Sequence[Mapping[str, Any]],
    state: State,
    types: Types,
    files: tuple[Rules, Rules],
    *,
    quiet: bool,
) -> Found:
    found, pages = Found(), defaultdict[str, list[Mapping[str, Any]]](list)
    for row in events:
        entity, event_id = row.get("entity"), str(row["pk"]).partition("#")[2]
        if row["decision"] == str(Decision.PARKED):
            found.unknown[PARKED].append(event_id)
        elif entity and (str(row.get("type")).startswith("page.") or row.get("dialect") == "sweep"):
            if row["decision"] == str(Decision.IGNORED) and row.get("why") == "no watched property changed":
                found.unknown[UNWATCHED].append(event_id)
            pages[str(entity)].append(row)
    with progress("pages", len(pages), quiet=quiet) as bar:
        for page_id, theirs in pages.items():
            _page(theirs, state.load(page_id).snapshot, types, files, found)
            bar.step()
    return found


def _page(
    theirs: Sequence[Mapping[str, Any]], snapshot: Any, types: Types, files: tuple[Rules, Rules], found: Found
) -> None:
    if snapshot is None:
        for row in theirs:
            if row.get("after"):
                found.unknown[FORGOTTEN].append(str(row["pk"]).partition("#")[2])
        return
    for step in steps_of(theirs, snapshot, types):
        if isinstance(step, Unknown):
            found.unknown[step.why].append(step.event_id)
            continue
        if step.assignment_news is None:
            found.unknown[NEWS].append(step.event_id)
        _judge(step, files, found)


def _judge(step: Step, files: tuple[Rules, Rules], found: Found) -> None:
    present = files[0].source_of(step.after.source_id)
    found.judged += 1
    for rules, every in zip(files, (found.now, found.new), strict=True):
        source = rules.source_of(step.after.source_id)
        if source is None:
            continue
        notices, skipped = told_by(rules, step, roles_between(present, source))
        every.extend(notices)
        if rules is files[1]:
            found.skipped.update(skipped)


def _types(memory: Memory, rules: Rules) -> Types:
    return {
        source.id: {role: kind for role, (_, kind) in shown_of(memory, source).items()}
        for source in rules.data_source
    }


def _kinds(*files: Rules) -> list[str]:
    """The kinds of automations that either file has and that are not compared."""
    there = {rule.kind for rules in files for source in rules.data_source for rule in source.automation}
    return [kind for kind in NOT_JUDGED if kind in there]


def lines(diff: Differences, facts: Mapping[str, Any]) -> Iterator[str]:
    """The comparison for a person."""
    yield f"{facts['events']} events, {facts['judged']} of them changed what is watched; told alike: {diff.same}"
    yield f"added {len(diff.added)}, removed {len(diff.removed)}, changed {len(diff.changed)}"
    for what, title in (("rule", "by automation"), ("person", "by person")):
        for name, counts in diff.counts(what).items():
            yield f"  {title}  {name}: " + ", ".join(f"{n} {sort}" for sort, n in counts.items())
    yield from (f"+ {_told(t)}" for t in diff.added[:EXAMPLES])
    yield from (f"- {_told(t)}" for t in diff.removed[:EXAMPLES])
    for now, new in diff.changed[:EXAMPLES]:
        yield f"~ {_told(now)}"
        yield f"  → {_told(new)}"
    for rule, times in facts["not_judged"].items():
        yield f"not known: {rule} needs a property that no snapshot holds, {times} times"
    for unknown in facts["unknown"]:
        yield f"not known: {unknown['events']} events, e.g. {unknown['ids'][0]}: {unknown['why']}"
    if facts["not_compared"]:
        yield f"not compared: automations of the kinds {', '.join(facts['not_compared'])}"
    if not facts["complete"]:
        yield f"only the newest {LOOKED_AT} events were looked at; name a shorter --since"


def _told(told: Told) -> str:
    where = " ".join(filter(None, (told.kind, told.channel, f"for {told.person}" if told.person else "")))
    return f"{told.rule}  {where}: {told.text}  ({told.event_id})"
