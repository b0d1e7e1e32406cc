"""``logs``: what the functions wrote, one line each, the oldest first (O5).

Reads CloudWatch Logs of the stack; the local stack has them, too. Everything is scrubbed again on its way to the terminal:
no token, signature or e-mail address is shown, whoever wrote the line. The last 15 minutes without --since.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Any

from botocore.exceptions import ClientError

from infra.operate.clock import utc_now
from infra.operate.spans import SINCE, count_to, since
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import printable
from steward.scrubbing import scrub

FUNCTIONS = ("ingest", "processor", "triage", "console")

MOST = 10_000
"""Lines of one answer."""

POLL = 2.0
"""Seconds between two looks of ``--follow``."""

OVERLAP = timedelta(seconds=30)
"""Looked at twice by ``--follow``: lines reach CloudWatch late, and out of order."""

_OWN = ("timestamp", "level", "message", "location", "service", "xray_trace_id", "function_request_id")
"""Fields that every line of ours has; what else it holds is shown after the message."""

_PLATFORM = re.compile(r"^(START|END|REPORT|INIT_START|EXTENSION) ")

sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a function's log, scrubbed.

    Attributes:
        at: when it was written.
        function: who wrote it.
        id: CloudWatch's own.
        text: as it was written.
        said: its JSON object; None where it is none.
    """

    at: datetime
    function: str
    id: str
    text: str
    said: Mapping[str, Any] | None


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("logs", help="what the functions wrote", description=__doc__)
    parser.add_argument(
        "--function",
        action="append",
        choices=FUNCTIONS,
        help="only of this one; may be repeated; all without",
    )
    parser.add_argument("--since", type=since, default="15m", metavar="TIME", help=f"{SINCE}; 15m without")
    parser.add_argument(
        "--grep", metavar="TEXT", help="only lines that hold this text, in any case of letters"
    )
    parser.add_argument("--event", metavar="EVENT_ID", help="only lines that name this event")
    parser.add_argument(
        "--limit",
        type=count_to(MOST),
        default=1000,
        metavar="N",
        help=f"the last lines, at most {MOST} (1000)",
    )
    parser.add_argument("--platform", action="store_true", help="also Lambda's own lines, and metrics")
    parser.add_argument(
        "--follow", action="store_true", help="go on until interrupted; with --json, a document a line"
    )
    parser.set_defaults(run=on_target("logs", _logs), streams=lambda wishes: wishes.follow)
    add_arguments(parser)


def _logs(wishes: argparse.Namespace, target: Target) -> int:
    source = Logs(target.client("logs"), groups(target, wishes.function or FUNCTIONS))
    wanted = _wanted(wishes)
    first = wishes.since(utc_now())
    found = [line for line in source.since(first) if wanted(line)]
    seen = {line.id for line in found}
    cut, found = len(found) > wishes.limit, found[-wishes.limit :]
    shown = _as_json if wishes.json else rendered
    if wishes.json and not wishes.follow:
        print(json.dumps({"lines": [document(line) for line in found], "complete": not cut}))
    else:
        print("".join(f"{shown(line)}\n" for line in found), end="")
    if cut:
        print(f"only the last {wishes.limit} lines; --limit shows more", file=sys.stderr)
    if wishes.follow:
        return _follow(source, wanted, first, seen, shown)
    if not found:
        print(f"logs: nothing was written since {first:%Y-%m-%d %H:%M:%S}Z that fits", file=sys.stderr)
    return 0 if found else 1


def _follow(
    source: "Logs",
    wanted: Callable[[Line], bool],
    first: datetime,
    seen: set[str],
    shown: Callable[[Line], str],
) -> int:
    try:
        while True:
            sys.stdout.flush()
            sleep(POLL)
            began = max(first, utc_now() - OVERLAP)
            now = [line for line in source.since(began) if wanted(line)]
            for line in now:
                if line.id not in seen:
                    print(shown(line))
            seen = {line.id for line in now}  # what is older is not looked at again
    except KeyboardInterrupt:
        return 0


class Logs:
    """The log groups of a stack's functions."""

    def __init__(self, client: Any, named: Mapping[str, str]) -> None:
        """Make it; ``named``: function → its log group."""
        self._client = client
        self._groups = named

    def since(self, first: datetime) -> Iterator[Line]:
        """What all of them wrote from a time on, in order."""
        each = [self._of(name, group, first) for name, group in self._groups.items()]
        return merge(*each, key=lambda line: line.at)

    def _of(self, function: str, group: str, first: datetime) -> Iterator[Line]:
        asked = {"logGroupName": group, "startTime": max(int(first.timestamp() * 1000), 0)}
        try:
            found = [
                read(event, function)
                for page in self._client.get_paginator("filter_log_events").paginate(**asked)
                for event in page["events"]
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            found = []  # this version has no such function, or it never ran
        return iter(sorted(found, key=lambda line: line.at))


def groups(target: Target, functions: Sequence[str]) -> dict[str, str]:
    """Function → its log group: the template names them alike, and ingest's is an output."""
    stem = target.output("IngestLogGroupName").removesuffix("ingest")
    return {name: f"{stem}{name}" for name in FUNCTIONS if name in functions}


def read(event: Mapping[str, Any], function: str) -> Line:
    """A line as CloudWatch gives it."""
    text = scrub(str(event["message"]).rstrip("\n"))
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    at = datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC)
    return Line(
        at,
        function,
        str(event.get("eventId") or hash((at, text))),
        text,
        said if isinstance(said, dict) else None,
    )


def _wanted(wishes: argparse.Namespace) -> Callable[[Line], bool]:
    needles = [n.casefold() for n in (wishes.grep, wishes.event) if n]

    def fits(line: Line) -> bool:
        if not wishes.platform and is_platform(line):
            return False
        text = line.text.casefold()
        return all(needle in text for needle in needles)

    return fits


def is_platform(line: Line) -> bool:
    """Whether it is Lambda's own, or a metric."""
    if line.said is None:
        return _PLATFORM.match(line.text) is not None
    return "_aws" in line.said or str(line.said.get("type", "")).startswith("platform.")


def document(line: Line) -> dict[str, Any]:
    """A line as JSON: ``said`` is the object that was written, or ``text`` what was none."""
    what = {"said": line.said} if line.said is not None else {"text": line.text}
    return {"at": line.at.isoformat(timespec="milliseconds"), "function": line.function, **what}


def _as_json(line: Line) -> str:
    return json.dumps(document(line))


def rendered(line: Line) -> str:
    """A line for a person: ``12:00:01.250Z processor INFO  event  decision=observed …``; a stack trace follows indented."""
    head = f"{line.at:%H:%M:%S}.{line.at.microsecond // 1000:03d}Z {line.function:<9}"
    if line.said is None:
        return f"{head} -     {printable(line.text)}"
    said = line.said
    rest = [f"{k}={_short(v)}" for k, v in said.items() if k not in (*_OWN, "exception", "stack_trace")]
    told = printable(f"{said.get('level', '-'):<5} {said.get('message', '')}  {' '.join(rest)}".rstrip())
    trace = str(said.get("exception") or "").splitlines()
    return "\n".join([f"{head} {told}", *(f"    {printable(one)}" for one in trace)])


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
