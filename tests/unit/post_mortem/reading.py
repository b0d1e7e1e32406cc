"""A draft taken apart, and its queries asked of the journal's rows as they are in the table.

Nothing here uses the code that made the draft.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

Item = Mapping[str, Any]
Ref = tuple[str, str, str]
"""Partition key, sort key, effect."""


def unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def cells(line: str) -> list[str]:
    """The cells of a line of a table, as GitHub splits it."""
    assert line.startswith("| ")
    assert line.endswith(" |")
    return [c.strip() for c in re.findall(r"((?:\\.|[^|\\])*)\|", line[1:])]


def moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


class Draft:
    """A draft and the rows of the table, by their keys."""

    def __init__(self, text: str, rows: Sequence[Item]) -> None:
        self.lines = text.splitlines()
        self.sections: dict[str, list[str]] = {"": []}
        name = ""
        for line in self.lines:
            if line.startswith("#") and not line.startswith("# "):
                name = line.lstrip("# ")
                self.sections[name] = []
            else:
                self.sections[name].append(line)
        self.rows = {(r["pk"], r["sk"]): r for r in rows}
        self.refs = {int(c[0][1:]): self._ref(c[1]) for c in self.table("Appendix: rows that are cited")}
        self.queries = {
            int(c[0][1:]): (unquote(unescaped(c[1])), int(c[2])) for c in self.table("Appendix: queries")
        }
        (span,) = (line for line in self.prose("Appendix: queries") if line.startswith("Each is asked"))
        (then,) = (line for line in self.prose("Appendix: queries") if line.startswith("effects ended until"))
        times = re.findall(r"\d{4}-\S+\+00:00", span + then)
        self.first, self.last, self.until = map(datetime.fromisoformat, times)
        self.events = sorted(
            (r for r in rows if "finished_at" in r and self._in_span(r)),
            key=lambda r: (r["finished_at"], r["pk"]),
        )
        self.effects: dict[str, Told] = {}
        for row in self.events:
            self.effects |= {e["id"]: Told(row, e, row, self.until) for e in row.get("effects", [])}
        self._end([r for r in rows if "changed_at" in r])

    def _end(self, rows: Sequence[Item]) -> None:
        """What ended after its event was finished, and until the draft was written."""
        events = {row["pk"]: row for row in self.events}
        for row in sorted(rows, key=lambda r: str(r["changed_at"])):
            event, effect = events.get(row["pk"]), row["effect"]
            if event is None or not self.first <= datetime.fromisoformat(row["changed_at"]) <= self.until:
                continue
            known = self.effects.get(effect["id"])
            if known is not None and known.effect["status"] != "folded" and known.at > row["changed_at"]:
                continue
            planned = [known.since] if known is not None else []
            self.effects[effect["id"]] = Told(row, effect, event, self.until, tuple(planned))

    def _in_span(self, row: Item) -> bool:
        return self.first <= datetime.fromisoformat(row["finished_at"]) <= self.last

    @staticmethod
    def _ref(cell: str) -> Ref:
        parts = [unquote(unescaped(part)) for part in cell.split(" ")]
        return parts[0], parts[1], parts[2] if len(parts) == 3 else ""

    def table(self, section: str, number: int = 0) -> list[list[str]]:
        """The lines of a section's table, without its head; none when there is none."""
        groups: list[list[list[str]]] = [[]]
        for line in self.sections[section]:
            if line.startswith("|"):
                groups[-1].append(cells(line))
            elif groups[-1]:
                groups.append([])
        tables = [group for group in groups if group]
        if number >= len(tables):
            return []
        head, dashes, *lines = tables[number]
        assert set(dashes) == {"---"}
        assert all(len(line) == len(head) for line in (dashes, *lines))
        return lines

    def prose(self, section: str) -> list[str]:
        """The lines of a section that are no table."""
        return [line for line in self.sections[section] if line and not line.startswith("|")]

    def row(self, number: int) -> Item:
        """The row that a ``[J…]`` cites."""
        pk, sk, _ = self.refs[number]
        return self.rows[pk, sk]

    def ask(self, name: str) -> list[Ref]:
        """Everything that a query finds, by its name."""
        selection, _, detail = name.partition(":")
        found: list[Ref] = []
        if selection in EVENTS:
            found += [(r["pk"], r["sk"], "") for r in self.events if EVENTS[selection](r, detail)]
        if selection in EFFECTS:
            # In the order of their newest rows, in each by id.
            every = sorted(self.effects.values(), key=lambda t: (t.at, t.row["pk"], t.effect["id"]))
            found += [t.ref for t in every if EFFECTS[selection](t, t.effect, detail)]
        return found


@dataclass(frozen=True)
class Told:
    """An effect as its newest row has it: that row, the effect in it, its event's row, until when it was looked for."""

    row: Item
    effect: Item
    event: Item
    until: datetime
    before: tuple[datetime | None, ...] = ()

    @property
    def at(self) -> str:
        return str(self.row.get("changed_at") or self.row["finished_at"])

    @property
    def ref(self) -> Ref:
        return self.row["pk"], self.row["sk"], self.effect["id"]

    @property
    def is_open(self) -> bool:
        return self.effect["status"] in ("planned", "started", "folded")

    @property
    def since(self) -> datetime | None:
        asked = moment(self.event.get("received_at", self.event.get("occurred_at")))
        return min(filter(None, (asked, moment(self.effect.get("planned_at")), *self.before)), default=None)


def delay(row: Item) -> float | None:
    received = moment(row.get("received_at"))
    return (
        None if received is None else (datetime.fromisoformat(row["finished_at"]) - received).total_seconds()
    )


def late(told: Told) -> bool:
    effect = told.effect
    if effect["kind"] not in ("notion.comment", "slack.message", "slack.direct", "email"):
        return False
    if told.since is None or not (told.is_open or effect["status"] == "done"):
        return False
    end = told.until if told.is_open else moment(effect.get("done_at")) or datetime.fromisoformat(told.at)
    return (end - told.since).total_seconds() > (1800 if told.event["dialect"] == "reminder" else 300)


def names(text: str, request_id: str) -> bool:
    """Whether a reason names a request, as ``CallFailed`` writes it."""
    return re.search(rf"\brequest {re.escape(request_id)}(?![\w.-]*\w)", text) is not None


def is_cause(reason: str, detail: str) -> bool:
    return re.match(rf"(given up: )?{re.escape(detail)}(?!\w)", reason) is not None


EVENTS: dict[str, Callable[[Item, str], bool]] = {
    "events": lambda _row, _: True,
    "delayed-events": lambda r, _: (delay(r) or 0) > 60,
    "missed-webhooks": lambda r, _: (r["dialect"], r["type"]) == ("sweep", "sweep"),
    "parked-events": lambda r, _: r["decision"] == "parked",
    "request": lambda r, detail: names(r["why"], detail),
    "cause": lambda r, detail: (
        r["decision"] == "parked"
        and (r["exception"] == detail if r.get("exception") else is_cause(r["why"], detail))
    ),
}

EFFECTS: dict[str, Callable[[Told, Item, str], bool]] = {
    "late-notices": lambda t, e, kind: late(t) and kind in ("", e["kind"]),
    "failed": lambda _, e, kind: e["status"] == "failed" and kind in ("", e["kind"]),
    "retried": lambda _, e, kind: e["attempts"] > 1 and kind in ("", e["kind"]),
    "skipped": lambda _, e, kind: e["status"] == "skipped" and kind in ("", e["kind"]),
    "open": lambda t, e, kind: t.is_open and kind in ("", e["kind"]),
    "request": lambda _, e, detail: names(e.get("reason", ""), detail),
    "cause": lambda _, e, detail: e["status"] != "done" and is_cause(e.get("reason", ""), detail),
}
