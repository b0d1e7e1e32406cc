"""``incident``: which incidents there are, what happened in one; take care of it, silence it, write something down (T6).

What is done here stands in the incident's timeline, with your name, and in its Slack thread within a minute.
"""

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.spans import ahead, count_to
from infra.operate.target import Target, add_arguments, journal_days, on_target
from infra.operate.text import printable, table, when
from steward.documents import iso
from steward.errors import StateConflict
from steward.incidents.incident import Incident
from steward.incidents.store import Incidents
from steward.rules.nearest import hint
from triage.incidents.handling import Change, NotDone, acknowledge, note, silence

KNOWN = 200
"""Of the last incidents, those whose ids are looked through for one that was meant."""


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "incident", help="list and show incidents; acknowledge, silence, note", description=__doc__
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the open ones and the last ones, newest first")
    listing.add_argument("--open", action="store_true", help="only what is not resolved")
    listing.add_argument(
        "--limit", type=count_to(KNOWN), default=20, metavar="N", help="at most so many (20)"
    )
    show = actions.add_parser("show", help="one incident with its timeline")
    ack = actions.add_parser("ack", help="you take care of it")
    ack.add_argument("--take-over", action="store_true", help="also when somebody else does already")
    hush = actions.add_parser("silence", help="nobody is told anything of it for a while")
    hush.add_argument(
        "--for", dest="span", type=ahead, required=True, metavar="TIME", help="e.g. 45m, 2h, 1d; 0 ends it"
    )
    noting = actions.add_parser("note", help="write something into its timeline")
    for action in (show, ack, hush, noting):
        action.add_argument("id", metavar="INCIDENT_ID", help="e.g. notion-20261121-1; see `incident list`")
    noting.add_argument("text", metavar="TEXT", help="one line, no secrets: the team reads it")
    for action in (ack, hush, noting):
        action.add_argument("--by", metavar="NAME", help="who you are; your login name without")
    for action, name, run in (
        (listing, "list", _list),
        (show, "show", _show),
        (ack, "ack", _ack),
        (hush, "silence", _silence),
        (noting, "note", _note),
    ):
        if action in (listing, show):
            action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(run=on_target(f"incident {name}", run))
        add_arguments(action)


def _list(wishes: argparse.Namespace, target: Target) -> int:
    store = _store(target)
    incidents = (
        [i for i in store.live() if i.is_open][::-1][: wishes.limit]
        if wishes.open
        else store.latest(wishes.limit)
    )
    if wishes.json:
        print(json.dumps([document(i) for i in incidents]))
        return 0
    if not incidents:
        print("no incident is open" if wishes.open else "there was no incident")
        return 0
    header = ("id", "severity", "stage", "opened", "resolved", "by", "what")
    rows = [
        (
            i.id,
            i.severity.name,
            str(i.stage),
            when(i.opened_at),
            when(i.resolved_at) if i.resolved_at else "-",
            printable(i.acknowledged_by or "-"),
            f"{i.cls}: {printable(i.says)}",
        )
        for i in incidents
    ]
    print(table(header, rows))
    return 0


def _show(wishes: argparse.Namespace, target: Target) -> int:
    store = _store(target)
    incident = store.load(wishes.id)
    if incident is None:
        return _unknown("show", wishes.id, store)
    if wishes.json:
        print(json.dumps(document(incident)))
        return 0
    print(f"incident    {incident.id}  {incident.severity.name}  {incident.cls} ({incident.stage})")
    print(f"says        {printable(incident.says)}")
    print(f"impact      {printable('; '.join(incident.impact)) or 'not measured'}")
    print(f"do          {', then '.join(incident.do) or 'nothing is advised'}")
    print(f"opened      {when(incident.opened_at)}")
    if incident.resolved_at:
        print(f"resolved    {when(incident.resolved_at)}")
    print(f"care        {printable(incident.acknowledged_by or 'nobody has acknowledged it')}")
    if incident.is_open and incident.silent(utc_now()):
        print(f"silenced    until {when(incident.silenced_until)}")
    print(f"told        {when(incident.updated_at) if incident.posted else 'not in Slack yet'}")
    rows = [(when(m.at), str(m.step), printable(m.by), printable(m.says)) for m in incident.timeline]
    print("\n" + table(("time", "step", "by", "what"), rows))
    return 0


def _ack(wishes: argparse.Namespace, target: Target) -> int:
    change = acknowledge(_by(wishes), utc_now(), take_over=wishes.take_over)
    return _change("ack", wishes, target, change)


def _silence(wishes: argparse.Namespace, target: Target) -> int:
    return _change("silence", wishes, target, silence(_by(wishes), utc_now(), wishes.span))


def _note(wishes: argparse.Namespace, target: Target) -> int:
    return _change("note", wishes, target, note(_by(wishes), utc_now(), wishes.text))


def _change(action: str, wishes: argparse.Namespace, target: Target, change: Change) -> int:
    store, incident_id = _store(target), wishes.id
    try:
        after = store.change(incident_id, change)
    except NotDone as refused:
        print(f"incident {action}: {printable(refused.why)}", file=sys.stderr)
        return 1
    except StateConflict as conflict:
        print(f"incident {action}: {conflict}", file=sys.stderr)
        return 1
    if after is None:
        return _unknown(action, incident_id, store)
    if wishes.json:
        print(json.dumps(document(after)))
        return 0
    last = max(after.timeline, key=lambda m: m.at)
    print(f"{after.id}: {last.step}: {printable(last.says)}")
    return 0


def _unknown(action: str, incident_id: str, store: Incidents) -> int:
    known = [i.id for i in store.latest(KNOWN)]
    print(
        f"incident {action}: there is no incident {printable(incident_id)}; {hint(incident_id, known)}",
        file=sys.stderr,
    )
    return 1


def document(incident: Incident) -> Mapping[str, Any]:
    """An incident as JSON; ``timeline`` is empty where it was only listed."""
    return {
        "id": incident.id,
        "vendor": incident.vendor,
        "class": incident.cls,
        "severity": incident.severity.name,
        "stage": incident.stage,
        "says": incident.says,
        "impact": list(incident.impact),
        "do": list(incident.do),
        "opened_at": iso(incident.opened_at),
        "updated_at": iso(incident.updated_at),
        "resolved_at": iso(incident.resolved_at),
        "eta": iso(incident.eta),
        "acknowledged_by": incident.acknowledged_by,
        "silenced_until": iso(incident.silenced_until),
        "posted": incident.posted,
        "timeline": [
            {"at": iso(m.at), "step": m.step, "says": m.says, "by": m.by, "key": m.key}
            for m in incident.timeline
        ],
    }


def _store(target: Target) -> Incidents:
    days = journal_days(target)
    return Incidents(target.table(target.output("JournalTableName")), days, utc_now)


def _by(wishes: argparse.Namespace) -> str:
    if wishes.by is not None:
        return str(wishes.by)
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # nobody's process: --by is asked for
