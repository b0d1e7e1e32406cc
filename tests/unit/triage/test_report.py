"""The report's numbers are those of the corpus: each is counted again, another way."""

import re
from collections.abc import Sequence

import pytest

from steward.incidents.classes import Advice, Class
from tests.triage.corpus import HOLDOUTS, NOW, Case, read_corpus
from tests.triage.report import DIAGNOSERS, report
from triage.diagnosis.diagnose import diagnose

CORPUS = read_corpus()
REPORT = report(CORPUS)


def rows(part: str) -> dict[str, list[str]]:
    """A Markdown table by its first column."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if "|" in line
    ]
    return {row[0]: row[1:] for row in cells}


def column(values: dict[str, list[str]], row: str) -> list[int]:
    return [int(cell.split()[0]) for cell in values[row]]


def asked(cases: Sequence[Case], name: str) -> list[tuple[Case, Class, tuple[Advice, ...]]]:
    return [(case, *DIAGNOSERS[name](case)) for case in cases]


@pytest.mark.req("T3")
def test_the_summary_is_what_counting_again_gives() -> None:
    summary = rows(REPORT.partition("\n\n")[0])
    answers = [asked(CORPUS, name) for name in DIAGNOSERS]
    held = [asked([case for case in CORPUS if case.group in HOLDOUTS], name) for name in DIAGNOSERS]

    assert summary[""] == list(DIAGNOSERS)
    assert column(summary, "cases") == [len(CORPUS)] * 3
    assert column(summary, "right") == [
        len([1 for case, cls, _ in all_ if cls is case.cls]) for all_ in answers
    ]
    assert column(summary, "right in the hold-outs") == [
        len([1 for case, cls, _ in all_ if cls is case.cls]) for all_ in held
    ]
    assert column(summary, "cases with harmful advice") == [
        len([1 for case, _, do in all_ if case.never & set(do)]) for all_ in answers
    ]
    for advice in Advice:
        harmful = [len([1 for case, _, do in all_ if advice in case.never & set(do)]) for all_ in answers]
        assert (f"... {advice}" in summary) is (sum(harmful) > 0)
        if sum(harmful):
            assert column(summary, f"... {advice}") == harmful


@pytest.mark.req("T3")
@pytest.mark.parametrize("name", DIAGNOSERS)
def test_a_confusion_matrix_is_what_counting_again_gives(name: str) -> None:
    part = REPORT.partition(f"{name}: what is (row)")[2].split("\n\n")[1]
    matrix = {label[2:]: cells for label, cells in rows(part).items() if re.match(r"[a-z] ", label)}
    answers = asked(CORPUS, name)

    assert list(matrix) == list(Class)
    for truth in Class:
        counts = [len([1 for c, cls, _ in answers if c.cls is truth and cls is said]) for said in Class]
        assert [0 if cell == "." else int(cell) for cell in matrix[truth][:-1]] == counts
        assert matrix[truth][-1] == f"{counts[list(Class).index(truth)]}/{sum(counts)}"


def test_the_report_asks_the_diagnosis_itself() -> None:
    for case in CORPUS:
        found = diagnose(case.vendor, case.findings, NOW)

        assert DIAGNOSERS["Steward"](case) == (found.cls, found.do)
