"""A figure, and the one Markdown table of them all."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured, next to what it can't be better than.

    Attributes:
        name: what was measured.
        measured: how much it was.
        floor: the least it could be: measured in the same run, or counted from the same input.
        unit: of both numbers, as it is printed behind them.
        why: what the floor is.
        naive: what a consumer without a plan needed for the same input in the same run, or None.
        more_is_better: the floor is a ceiling.
        most: the most that the ratio may be, or None where nothing is promised.
    """

    name: str
    measured: float
    floor: float
    unit: str
    why: str
    naive: float | None = None
    more_is_better: bool = False
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor, or None where the floor is nothing."""
        above, below = (self.floor, self.measured) if self.more_is_better else (self.measured, self.floor)
        return above / below if below else None


def broken(figures: Iterable[Figure]) -> list[str]:
    """A line for each figure that is above what is promised."""
    return [
        f"{figure.name}: {figure.ratio:.2f} times {figure.why}, and at most {figure.most} is promised"
        for figure in figures
        if figure.most is not None and figure.ratio is not None and figure.ratio > figure.most
    ]


HEAD = ("figure", "Steward", "floor in the same run", "ratio", "naive consumer")


def markdown(figures: Iterable[Figure]) -> str:
    """The table."""
    rows = [HEAD, ("---", "---:", "---:", "---:", "---:"), *(_row(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    floor = f"{_number(figure.floor, figure.unit)} ({figure.why})"
    ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}"
    naive = "-" if figure.naive is None else _number(figure.naive, figure.unit)
    return (figure.name, _number(figure.measured, figure.unit), floor, ratio, naive)


def _number(value: float, unit: str) -> str:
    digits = 1 if 0 < abs(value) < 10 and value != int(value) else 0
    return f"{value:,.{digits}f} {unit}".rstrip()
