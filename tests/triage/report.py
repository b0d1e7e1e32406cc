"""What the report on the corpus says: who got what right, what was taken for what, and who gave harmful advice. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from steward.incidents.classes import Advice, Class
from tests.triage import naive
from tests.triage.corpus import HOLDOUTS, NOW, Case
from triage.diagnosis.diagnose import diagnose

Diagnoser = Callable[[Case], tuple[Class, tuple[Advice, ...]]]


def _steward(case: Case) -> tuple[Class, tuple[Advice, ...]]:
    diagnosis = diagnose(case.vendor, case.findings, NOW)
    return diagnosis.cls, diagnosis.do


DIAGNOSERS: Mapping[str, Diagnoser] = {
    "Steward": _steward,
    "page first": lambda case: naive.page_first(case.vendor, case.findings),
    "shell order": lambda case: naive.shell(case.vendor, case.findings),
}


@dataclass(frozen=True, slots=True)
class Score:
    """How one diagnoser did.

    Attributes:
        cases: how many it was asked.
        right: in how many it named the right class.
        confusion: how often a class (first) was taken for another (second), or for itself.
        harmful: the advice that would have done harm, by how often it was given.
        harmed: in how many cases.
        misses: one line for each wrong class.
    """

    cases: int
    right: int
    confusion: Counter[tuple[Class, Class]]
    harmful: Counter[Advice]
    harmed: int
    misses: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the cases, how many were right: from 0 to 1."""
        return self.right / self.cases


def score(cases: Sequence[Case], diagnoser: Diagnoser) -> Score:
    """Ask a diagnoser every case."""
    confusion: Counter[tuple[Class, Class]] = Counter()
    harmful: Counter[Advice] = Counter()
    harmed, misses = 0, []
    for case in cases:
        said, do = diagnoser(case)
        confusion[case.cls, said] += 1
        harm = [advice for advice in do if advice in case.never]
        harmful.update(harm)
        harmed += bool(harm)
        if said is not case.cls:
            misses.append(f"{case.group}: {case.name}: is {case.cls}, called {said}")
    right = sum(times for (truth, said), times in confusion.items() if truth is said)
    return Score(len(cases), right, confusion, harmful, harmed, tuple(misses))


def scores(cases: Sequence[Case]) -> dict[str, Score]:
    """Every diagnoser's."""
    return {name: score(cases, diagnoser) for name, diagnoser in DIAGNOSERS.items()}


def report(cases: Sequence[Case]) -> str:
    """The whole report, Markdown that reads well in a terminal."""
    all_of = scores(cases)
    held = scores([case for case in cases if case.group in HOLDOUTS])
    parts = [
        _summary(all_of, held),
        *(
            f"{name}: what is (row), as what it is called (column)\n\n{matrix(s)}"
            for name, s in all_of.items()
        ),
    ]
    if misses := all_of["Steward"].misses:
        parts.append("Steward's misses\n\n" + "\n".join(f"* {miss}" for miss in misses))
    return "\n\n".join(parts)


def _summary(all_of: Mapping[str, Score], held: Mapping[str, Score]) -> str:
    rows = [["", *all_of], ["cases", *(str(s.cases) for s in all_of.values())]]
    rows.append(["right", *(f"{s.right} ({s.share:.1%})" for s in all_of.values())])
    rows.append(["right in the hold-outs", *(f"{s.right} of {s.cases}" for s in held.values())])
    rows.append(["cases with harmful advice", *(str(s.harmed) for s in all_of.values())])
    rows += [
        [f"... {advice}", *(str(s.harmful[advice]) for s in all_of.values())]
        for advice in Advice
        if any(s.harmful[advice] for s in all_of.values())
    ]
    return _table(rows)


def matrix(one: Score) -> str:
    """A confusion matrix: rows are what is, columns what was said, by the letters in front of the rows."""
    letters = dict(zip(Class, "abcdefghijklmnopqrstuvwxyz", strict=False))
    rows = [["", *letters.values(), "right"]]
    for truth, letter in letters.items():
        counts = [one.confusion[truth, said] for said in Class]
        whole = sum(counts)
        right = f"{one.confusion[truth, truth]}/{whole}" if whole else "-"
        rows.append([f"{letter} {truth}", *(str(count) if count else "." for count in counts), right])
    return _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "| "
        + " | ".join(
            cell.ljust(width) if not i else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 1) + (":" if i else "-") for i, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
