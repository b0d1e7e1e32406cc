"""What a history leaves in its log, and how tellings are read from what people see in Notion and Slack."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from steward.snapshots import Snapshot
from steward.values import texts

if TYPE_CHECKING:
    from tests.integration.stand import Stand

ASSIGNEE, STATUS, DUE = "XGe%40", "bDf%5B", "DbAu"
CHANNELS = ("#tasks", "#team")

_LINK = re.compile(r"<https://www\.notion\.so/[^|>]*?([0-9a-f]{32})\|[^>]*>")
_LINES = tuple(
    (what, re.compile(pattern))
    for what, pattern in {
        "assigned": r"^(?P<who>.+) is now assigned to PAGE$",
        "removed": r"^(?P<who>.+) is no longer assigned to PAGE$",
        "status": r"^PAGE moved from \*(?P<was>.+)\* to \*(?P<became>.+)\*$",
        "escalation": r"^(?P<who>.+): PAGE moved from \*(?P<was>.+)\* to \*(?P<became>.+)\*$",
        "deleted": r"^PAGE in Tasks was deleted\.$",
        "back": r"^PAGE is back in Tasks\.$",
        "created": r"^New in Tasks: PAGE$",
        "ahead": r"^(?P<who>.+): PAGE is due .*\((?P<day>[^)]+)\)$",
        "today": r"^(?P<who>.+): PAGE is due today$",
        "overdue": r"^(?P<who>.+): PAGE was due (?P<day>.+)$",
        "assigned in comment": r"^(?P<who>@\S+), this task is now assigned to you\.$",
        "status in comment": r"^(?:.+: t|T)his task moved from (?P<was>.+) to (?P<became>.+)\.$",
        "ahead in comment": r"^(?P<who>@\S+), this task is due .*\((?P<day>[^)]+)\)\.$",
        "overdue in comment": r"^(?P<who>@\S+), this task was due (?P<day>.+)\.$",
        "welcome": r"^Welcome\.$",
    }.items()
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A page, as far as the rules look at it; of one in the trash only that."""

    there: bool
    people: frozenset[str] | None = None
    status: str | None = None
    due: str | None = None

    @staticmethod
    def of_page(page: Mapping[str, Any]) -> "Facts":
        """As it is in Notion."""
        props = {p["id"]: p for p in page["properties"].values()}
        status, due = props[STATUS]["status"], props[DUE]["date"]
        return Facts(
            not page["in_trash"],
            frozenset(p["id"] for p in props[ASSIGNEE]["people"]),
            status["name"] if status else None,
            due["start"] if due else None,
        )

    @staticmethod
    def of_snapshot(snapshot: Snapshot) -> "Facts":
        """As Steward took it for true."""
        people = snapshot.assignees
        due: Any = snapshot.values.get("due")
        return Facts(
            not snapshot.gone,
            None if people is None else frozenset(p.id for p in people),
            next(iter(texts(snapshot.values.get("status"))), None),
            due["start"] if due else None,
        )


@dataclass(frozen=True, slots=True)
class Cause:
    """What Steward was invoked with: an event of Notion or a tick."""

    kind: str
    page: str | None
    at: datetime | None
    props: frozenset[str]

    @staticmethod
    def of(record: Mapping[str, Any]) -> "Cause":
        """Of a message on the lane."""
        body = json.loads(record["body"])
        event = body.get("event")
        if event is None:
            return Cause(body["kind"], None, None, frozenset())
        return Cause(
            event["type"],
            event["entity_id"],
            datetime.fromisoformat(event["occurred_at"]),
            frozenset(event.get("updated_properties") or ()),
        )

    @property
    def claims(self) -> bool:
        """Whether it says that the assignees are news."""
        return self.kind == "page.created" or ASSIGNEE in self.props


@dataclass(frozen=True, slots=True)
class Seen:
    """Steward committed what it took a page for, which then was as ``truth`` says."""

    page: str
    facts: Facts
    truth: Facts
    cause: Cause
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told something of a page: on the page itself, or in a channel."""

    page: str
    where: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Worked:
    """An invocation ended; ``done`` when its message was acknowledged. ``trashed`` was in the trash meanwhile."""

    cause: Cause
    done: bool
    trashed: frozenset[str]


Entry = Seen | Told | Worked


class Reader:
    """Reads what was told, once."""

    def __init__(self, stand: "Stand") -> None:
        self._stand = stand
        self._people: dict[str, str] = {
            f"@{u['name']}": u["id"] for u in stand.notion.users() if u.get("type") == "person"
        }
        for user in stand.slack.users():
            person = self._people.get(f"@{user['real_name']}")
            if person:
                self._people[f"<@{user['id']}>"] = person
        self._comments = 0
        self._writes = 0
        self._messages = dict.fromkeys(CHANNELS, 0)
        self.references: list[str] = []
        """The ids of effects, as far as they can be read outside: each once, or it happened twice."""

    def news(self) -> Iterator[Told]:
        """What was told since the last time."""
        comments = self._stand.notion.comments()
        for comment in comments[self._comments :]:
            text, _, reference = comment["text"].partition(" · ref ")
            self.references.append(reference)
            yield self._told(text, comment["page_id"], "page")
        self._comments = len(comments)
        for channel in CHANNELS:
            messages = self._stand.slack.messages(channel)
            for message in messages[self._messages[channel] :]:
                self.references.append(message["metadata"]["event_payload"]["effect_id"])
                yield from self._lines(message, channel)
            self._messages[channel] = len(messages)
        writes = [r for r in self._stand.notion.requests(method="PATCH") if r["status"] == 200]
        for request in writes[self._writes :]:
            yield Told(request["path"].rpartition("/")[2], "page", "write", "")
        self._writes = len(writes)

    def _lines(self, message: Mapping[str, Any], channel: str) -> Iterator[Told]:
        for line in "\n".join(block["text"]["text"] for block in message["blocks"]).split("\n"):
            if re.fullmatch(r"\*\d+ changes\*", line):
                continue
            found = _LINK.search(line)
            assert found is not None, line
            hexes = found[1]
            page = "-".join((hexes[:8], hexes[8:12], hexes[12:16], hexes[16:20], hexes[20:]))
            yield self._told(_LINK.sub("PAGE", line).removeprefix("• "), page, channel)

    def _told(self, text: str, page: str, where: str) -> Told:
        for what, pattern in _LINES:
            found = pattern.match(text)
            if found:
                groups = found.groupdict()
                who = groups.pop("who", None)
                detail = [self._person(who)] if who else []
                return Told(
                    page, where, what.removesuffix(" in comment"), " ".join((*detail, *groups.values()))
                )
        raise AssertionError(f"nothing that a rule says: {text}")

    def _person(self, who: str) -> str:
        return self._people.get(who) or self._people[f"@{who.strip('*')}"]
