"""What the commands print: nothing that a terminal would obey, times that people read, and tables."""

from collections.abc import Iterable, Sequence

from steward.printed import parsed, printable, when

__all__ = ["parsed", "printable", "table", "when"]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns under their names; the last one is as long as it is."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)), line[-1]])
        for line in lines
    )
