"""A draft read as a sceptic reads it: every line is taken apart, its citations are followed, its numbers counted again.

Nothing here uses the code that made the draft: the journal's rows are read as they are in the table.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

Item = Mapping[str, Any]
Ref = tuple[str, str, str]
"""Partition key, sort key, effect."""

NUMBER = r"(\d+) \[Q(\d+)\]((?: \[J\d+\])*)(?: and (\d+) more)?"
LASTING = r"(?:(\d+) h )?(?:(\d+) min )?(\d+) s"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
NOT_KNOWN = "not known"
KINDS = ("late-notices", "failed", "retried", "skipped", "open")


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
        first, last = re.findall(r"\d{4}-\S+\+00:00", span)
        self.first, self.last = datetime.fromisoformat(first), datetime.fromisoformat(last)
        self.events = sorted(
            (r for r in rows if r["pk"].startswith("EVENT#") and self._in_span(r)),
            key=lambda r: (r["finished_at"], r["pk"]),
        )
        self.effects: dict[str, tuple[Item, Item]] = {}
        for row in self.events:
            self.effects |= {e["id"]: (row, e) for e in row.get("effects", [])}

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
            pairs = sorted(self.effects.values(), key=lambda p: (p[0]["finished_at"], p[0]["pk"], p[1]["id"]))
            found += [(r["pk"], r["sk"], e["id"]) for r, e in pairs if EFFECTS[selection](r, e, detail)]
        return found


def delay(row: Item) -> float | None:
    received = moment(row.get("received_at"))
    return (
        None if received is None else (datetime.fromisoformat(row["finished_at"]) - received).total_seconds()
    )


def late(row: Item, effect: Item) -> bool:
    if effect["kind"] not in ("notion.comment", "slack.message", "slack.direct", "email"):
        return False
    if effect["status"] not in ("planned", "started", "done"):
        return False
    since = [moment(row.get("received_at", row.get("occurred_at"))), moment(effect.get("planned_at"))]
    known = [s for s in since if s is not None]
    if not known:
        return False
    end = moment(effect.get("done_at")) or datetime.fromisoformat(row["finished_at"])
    return (end - min(known)).total_seconds() > (1800 if row["dialect"] == "reminder" else 300)


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

EFFECTS: dict[str, Callable[[Item, Item, str], bool]] = {
    "late-notices": lambda r, e, kind: late(r, e) and kind in ("", e["kind"]),
    "failed": lambda _, e, kind: e["status"] == "failed" and kind in ("", e["kind"]),
    "retried": lambda _, e, kind: e["attempts"] > 1 and kind in ("", e["kind"]),
    "skipped": lambda _, e, kind: e["status"] == "skipped" and kind in ("", e["kind"]),
    "open": lambda _, e, kind: e["status"] in ("planned", "started") and kind in ("", e["kind"]),
    "request": lambda _, e, detail: names(e.get("reason", ""), detail),
    "cause": lambda _, e, detail: e["status"] != "done" and is_cause(e.get("reason", ""), detail),
}


class Sceptic:
    """Checks a draft; ``numbers`` counts what was recomputed."""

    def __init__(self, text: str, rows: Sequence[Item], names_of_people: Sequence[str] = ()) -> None:
        self.draft = Draft(text, rows)
        self.names = names_of_people
        self.numbers = 0

    def check(self) -> int:
        """Check everything; how many numbers were recomputed."""
        d = self.draft
        text = "\n".join(d.lines)
        cited = {int(n) for n in re.findall(r"(?<!\\)\[J(\d+)\]", text)}
        assert cited == set(d.refs), "every row that is cited is in the appendix, and no other"
        for number in cited:
            _, _, effect = d.refs[number]
            assert not effect or any(e["id"] == effect for e in d.row(number)["effects"])
        for name, count in d.queries.values():
            assert len(d.ask(name)) == count, name
        self._head()
        self._summary()
        self._timeline()
        self._root_cause()
        self._impact()
        self._requests()
        self._actions()
        assert set(d.sections) == {
            "",
            "Summary",
            "Timeline (UTC)",
            "Root cause",
            "Impact",
            "Operations by kind",
            "Correlation and request ids",
            "Action items",
            "Appendix: rows that are cited",
            "Appendix: queries",
        }, "no line of anybody else's begins a section"
        return self.numbers

    def counted(self, text: str, query: str) -> None:
        """``57 [Q1] [J2] [J3] and 55 more``"""
        found = re.fullmatch(NUMBER, text)
        assert found, text
        number, name = int(found[1]), self.draft.queries[int(found[2])][0]
        named = [self.draft.refs[int(n)] for n in re.findall(r"\[J(\d+)\]", found[3])]
        answer = self.draft.ask(name)
        assert name == query
        assert number == len(answer)
        assert named == answer[: len(named)]
        if found[4]:
            assert len(named) + int(found[4]) == number
        self.numbers += 1

    def ranked(self, text: str, part: float) -> None:
        """``36 min 0 s [J4] [Q1]``: the row's own delay, and of the right rank."""
        every = sorted(d for r in self.draft.events if (d := delay(r)) is not None and d > 60)
        if text.startswith(NOT_KNOWN):
            assert not every
            return
        found = re.fullmatch(rf"({LASTING}) \[J(\d+)\] \[Q\d+\]", text)
        assert found, text
        own = delay(self.draft.row(int(found[5])))
        assert own is not None
        self.lasting(found[1], own)
        at_most = sum(d <= own for d in every)
        below = sum(d < own for d in every)
        assert at_most >= part * len(every) > below, "the nearest rank"
        self.numbers += 1

    def lasting(self, text: str, seconds: float) -> None:
        found = re.fullmatch(LASTING, text)
        assert found, text
        hours, minutes, rest = (int(n or 0) for n in found.groups())
        assert hours * 3600 + minutes * 60 + rest == int(seconds), text

    def people(self, text: str) -> None:
        found = re.fullmatch(r"(\d+) \[Q(\d+)\]", text)
        assert found, text
        name, _ = self.draft.queries[int(found[2])]
        told = {self.draft.effects[ref[2]][1].get("person") for ref in self.draft.ask(name)} - {None, ""}
        assert name == "late-notices"
        assert int(found[1]) == len(told)
        self.numbers += 1

    def calls(self, text: str) -> None:
        found = re.fullmatch(r"(\d+) \[Q(\d+)\]", text)
        assert found, text
        assert self.draft.queries[int(found[2])][0] == "events"
        assert int(found[1]) == sum(r["calls"] for r in self.draft.events)
        self.numbers += 1

    def says(self, text: str, row: Item) -> None:
        """A line has the words of its row, as one line, without names, and up to 300 characters."""
        shown = re.sub(r"\s|…|\[removed\]", "", unescaped(text))
        words = str(row["says"])
        for name in sorted(self.names, key=len, reverse=True):
            words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "a person", words)
        meant = re.sub(r"\s", "", words)
        if shown.isascii() and meant.isascii() and meant.isprintable() and "@" not in meant:
            assert meant.startswith(shown) or not meant
        self.numbers += bool(re.search(r"\d", text))

    def _data_loss(self, text: str) -> None:
        verdict, _, rest = text.partition("; ")
        queries = ("parked-events", "failed", "skipped", "open")
        labels = (
            "events among the dead letters",
            "operations refused for good",
            "operations of which nobody can tell",
            "operations still open",
        )
        for part, label, query in zip(rest.split(", "), labels, queries, strict=True):
            assert part.startswith(f"{label}: ")
            self.counted(part.removeprefix(f"{label}: "), query)
        undone = any(self.draft.ask(q) for q in queries[:3])
        waits = bool(self.draft.ask("open"))
        assert verdict == ("not everything was done" if undone else "none known" if waits else "none")

    def _lasted(self, text: str) -> None:
        if text == NOT_KNOWN:
            return
        found = re.fullmatch(rf"({LASTING}), from ({TIME}) to ({TIME}) \[J(\d+)\] \[J(\d+)\]", text)
        assert found, text
        begin, end = (self._at(int(found[n])) for n in (7, 8))
        self.lasting(found[1], max((end - begin).total_seconds(), 0))
        assert (found[5], found[6]) == tuple(f"{t:%Y-%m-%d %H:%M:%S}" for t in (begin, end))
        self.numbers += 3

    def _at(self, number: int) -> datetime:
        return datetime.fromisoformat(self.draft.row(number)["at"]).astimezone(UTC)

    def _head(self) -> None:
        lines = {c[0]: c[1] for c in self.draft.table("")}
        assert list(lines) == ["severity", "stage", "lasted", "detected by"]
        assert re.fullmatch(r"P[1-4](?: \[J\d+\])?", lines["severity"])
        self._lasted(lines["lasted"])
        if lines["detected by"] != NOT_KNOWN:
            found = re.fullmatch(rf"(an alarm|a probe), at ({TIME}): (.*) \[J(\d+)\]", lines["detected by"])
            assert found, lines["detected by"]
            row = self.draft.row(int(found[4]))
            assert row["step"] == {"an alarm": "alarm", "a probe": "first finding"}[found[1]]
            assert found[2] == f"{self._at(int(found[4])):%Y-%m-%d %H:%M:%S}"
            self.says(found[3], row)

    def _summary(self) -> None:
        lines = self.draft.prose("Summary")
        assert len(lines) == 6
        self._lasted(lines[1].removeprefix("* Lasted: ").removesuffix("."))
        delayed = re.fullmatch(
            r"\* Events delayed: (.*?)(?:, half of them by up to (.*), 99 of 100 by up to (.*))?\.", lines[2]
        )
        assert delayed, lines[2]
        self.counted(delayed[1], "delayed-events")
        if delayed[2]:
            self.ranked(delayed[2], 0.5)
            self.ranked(delayed[3], 0.99)
        notices = re.fullmatch(r"\* Notices late: (.*), people whom they are for: (.*)\.", lines[3])
        assert notices, lines[3]
        self.counted(notices[1], "late-notices")
        self.people(notices[2])
        missed = re.fullmatch(r"\* Webhooks missed and healed by the sweep: (.*)\.", lines[4])
        assert missed, lines[4]
        self.counted(missed[1], "missed-webhooks")
        self._data_loss(lines[5].removeprefix("* Data loss: ").removesuffix("."))

    def _timeline(self) -> None:
        for time, step, by, what, row in self.draft.table("Timeline (UTC)"):
            if time == NOT_KNOWN:
                assert (by, what, row) == ("", "", "")
                continue
            numbers = [int(n) for n in re.findall(r"\[J(\d+)\]", row)]
            if not time:
                self._hidden(what, numbers)
                continue
            (number,) = numbers
            assert time == f"{self._at(number):%Y-%m-%d %H:%M:%S}"
            assert step == self.draft.row(number)["step"]
            assert by == ("Steward" if self.draft.row(number)["by"] == "steward" else "a person")
            self.says(what, self.draft.row(number))
            self.numbers += 1
        for _step, took in self.draft.table("Timeline (UTC)", 1):
            if took == NOT_KNOWN:
                continue
            found = re.fullmatch(rf"({LASTING}) \[J(\d+)\] \[J(\d+)\]", took)
            assert found, took
            seconds = (self._at(int(found[6])) - self._at(int(found[5]))).total_seconds()
            self.lasting(found[1], max(seconds, 0))
            self.numbers += 1

    def _hidden(self, what: str, numbers: list[int]) -> None:
        found = re.fullmatch(r"(\d+) more, from the first to the last of", what)
        assert found, what
        order = sorted((r["at"], n) for n, r in enumerate(self.moments()))
        places = [self.moments()[n]["sk"] for _, n in order]
        first, last = (places.index(self.draft.refs[n][1]) for n in numbers)
        assert int(found[1]) == last - first + 1
        self.numbers += 1

    def moments(self) -> list[Item]:
        """The rows of the incident, in the order of the table."""
        return [r for r in self.draft.rows.values() if "step" in r]

    def _root_cause(self) -> None:
        for line in self.draft.prose("Root cause"):
            found = re.fullmatch(rf"\* ([a-z ]+), ({TIME}): (.*) \[J(\d+)\]", line)
            if found:
                assert found[1] == self.draft.row(int(found[4]))["step"]
                assert found[2] == f"{self._at(int(found[4])):%Y-%m-%d %H:%M:%S}"
                self.says(found[3], self.draft.row(int(found[4])))
        for name, number in self.draft.table("Root cause"):
            self.counted(number, f"cause:{unescaped(name)}")

    def _impact(self) -> None:
        lines = {c[0]: c[1] for c in self.draft.table("Impact")}
        counts = {
            "Events finished in the time that was read": "events",
            "Events delayed": "delayed-events",
            "Notices late": "late-notices",
            "Webhooks missed, healed by the sweep": "missed-webhooks",
        }
        for label, query in counts.items():
            self.counted(lines.pop(label), query)
        for label, part in {"p50": 0.5, "p99": 0.99, "longest": 1.0}.items():
            self.ranked(lines.pop(f"Delay of these, {label}"), part)
        self.people(lines.pop("People whom these are for"))
        self.calls(lines.pop("Vendor calls spent on these events"))
        self._data_loss(lines.pop("Data loss"))
        assert not lines, "every line has a check"
        kinds = {e["kind"] for _, e in self.draft.effects.values()}
        shown = self.draft.table("Operations by kind")
        assert {unescaped(line[0]) for line in shown} == kinds
        for kind, *numbers in shown:
            for number, query in zip(numbers, KINDS, strict=True):
                self.counted(number, f"{query}:{unescaped(kind)}")

    def _requests(self) -> None:
        lines = self.draft.prose("Correlation and request ids")
        for table in (0, 1):
            for id_, cites in self.draft.table("Correlation and request ids", table):
                if cites.startswith("[J"):
                    assert all(
                        unescaped(id_) in self.draft.row(int(n))["says"] for n in re.findall(r"\d+", cites)
                    )
                else:
                    self.counted(cites, f"request:{unescaped(id_)}")
                self.numbers += 1
        assert all(NOT_KNOWN in line or line.startswith("And ") for line in lines)

    def _actions(self) -> None:
        for priority, _what, owner, due, because in self.draft.table("Action items"):
            assert re.fullmatch(r"P[123]", priority)
            assert re.fullmatch(r"[a-zA-Z' -]+(, who acknowledged \[J\d+\])?", owner)
            if "who acknowledged" in owner:
                assert self.draft.row(int(re.findall(r"\d+", owner)[0]))["step"] == "acknowledged"
            if due != NOT_KNOWN:
                day, number = re.fullmatch(r"(\d{4}-\d\d-\d\d) \[J(\d+)\]", due).groups()  # type: ignore[union-attr]  # it fails if not
                assert self.draft.row(int(number))["step"] == "resolved"
                days = datetime.fromisoformat(f"{day}T00:00:00+00:00").date() - self._at(int(number)).date()
                assert timedelta(days=1) <= days <= timedelta(days=14)
                self.numbers += 1
            counted = re.fullmatch(r"(\d+) \[Q(\d+)\]", because)
            if counted:
                assert int(counted[1]) == len(self.draft.ask(self.draft.queries[int(counted[2])][0]))
                self.numbers += 1


def digits_without_source(text: str) -> Iterator[str]:
    """Lines outside the appendices that have a number and cite nothing, but for the title, the id and the definitions."""
    for line in text.partition("## Appendix")[0].splitlines():
        bare = re.sub(r"P\d|\b(60|300|30|99|100) ?(s|min|of)?\b", "", line)
        if re.search(r"\d", bare) and not re.search(r"(?<!\\)\[[JQ]\d+\]", line):
            yield line
