"""A draft read as a sceptic reads it: every line is looked at, and its citations are followed."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.unit.post_mortem.counting import LASTING, NOT_KNOWN, TIME, Counting
from tests.unit.post_mortem.reading import Item, unescaped

KINDS = ("late-notices", "failed", "retried", "skipped", "open")


class Sceptic(Counting):
    """Checks a whole draft."""

    def check(self) -> int:
        """Check everything; how many numbers were recomputed."""
        d = self.draft
        text = "\n".join(d.lines)
        cited = {int(n) for n in re.findall(r"(?<!\\)\[J(\d+)\]", text)}
        assert cited == set(d.refs), "every row that is cited is in the appendix, and no other"
        for number in cited:
            _, _, effect = d.refs[number]
            row = d.row(number)
            assert not effect or any(e["id"] == effect for e in row.get("effects") or [row["effect"]])
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

    def _head(self) -> None:
        lines = {c[0]: c[1] for c in self.draft.table("")}
        assert list(lines) == ["severity", "stage", "lasted", "detected by"]
        assert re.fullmatch(r"P[1-4](?: \[J\d+\])?", lines["severity"])
        self.lasted(lines["lasted"])
        if lines["detected by"] != NOT_KNOWN:
            found = re.fullmatch(rf"(an alarm|a probe), at ({TIME}): (.*) \[J(\d+)\]", lines["detected by"])
            assert found, lines["detected by"]
            row = self.draft.row(int(found[4]))
            assert row["step"] == {"an alarm": "alarm", "a probe": "first finding"}[found[1]]
            assert found[2] == f"{self.at(int(found[4])):%Y-%m-%d %H:%M:%S}"
            self.says(found[3], row)

    def _summary(self) -> None:
        lines = self.draft.prose("Summary")
        assert len(lines) == 6
        self.lasted(lines[1].removeprefix("* Lasted: ").removesuffix("."))
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
        self.data_loss(lines[5].removeprefix("* Data loss: ").removesuffix("."))

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
            assert time == f"{self.at(number):%Y-%m-%d %H:%M:%S}"
            assert step == self.draft.row(number)["step"]
            who = "an alarm" if step == "alarm" else "a person"
            assert by == ("Steward" if self.draft.row(number)["by"] == "steward" else who)
            self.says(what, self.draft.row(number))
            self.numbers += 1
        for _step, took in self.draft.table("Timeline (UTC)", 1):
            if took == NOT_KNOWN:
                continue
            found = re.fullmatch(rf"({LASTING}) \[J(\d+)\] \[J(\d+)\]", took)
            assert found, took
            seconds = (self.at(int(found[6])) - self.at(int(found[5]))).total_seconds()
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
                assert found[2] == f"{self.at(int(found[4])):%Y-%m-%d %H:%M:%S}"
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
        self.data_loss(lines.pop("Data loss"))
        assert not lines, "every line has a check"
        kinds = {told.effect["kind"] for told in self.draft.effects.values()}
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
                assert self.draft.row(int(number))["step"] in ("resolved", "closed")
                days = datetime.fromisoformat(f"{day}T00:00:00+00:00").date() - self.at(int(number)).date()
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
