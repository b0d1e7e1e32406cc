"""The numbers of a draft, counted again from the rows that they cite."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.unit.post_mortem.reading import Draft, Item, delay, unescaped

NUMBER = r"(\d+) \[Q(\d+)\]((?: \[J\d+\])*)(?: and (\d+) more)?"
LASTING = r"(?:(\d+) h )?(?:(\d+) min )?(\d+) s"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
NOT_KNOWN = "not known"


class Counting:
    """Checks pieces of a draft; ``numbers`` counts what was recomputed."""

    def __init__(self, text: str, rows: Sequence[Item], names_of_people: Sequence[str] = ()) -> None:
        self.draft = Draft(text, rows)
        self.names = names_of_people
        self.numbers = 0

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
        told = {self.draft.effects[ref[2]].effect.get("person") for ref in self.draft.ask(name)} - {None, ""}
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

    def data_loss(self, text: str) -> None:
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

    def lasted(self, text: str) -> None:
        if text == NOT_KNOWN:
            return
        found = re.fullmatch(rf"({LASTING}), from ({TIME}) to ({TIME}) \[J(\d+)\] \[J(\d+)\]", text)
        assert found, text
        begin, end = (self.at(int(found[n])) for n in (7, 8))
        self.lasting(found[1], max((end - begin).total_seconds(), 0))
        assert (found[5], found[6]) == tuple(f"{t:%Y-%m-%d %H:%M:%S}" for t in (begin, end))
        self.numbers += 3

    def at(self, number: int) -> datetime:
        return datetime.fromisoformat(self.draft.row(number)["at"]).astimezone(UTC)
