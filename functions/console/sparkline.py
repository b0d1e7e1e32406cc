"""Samples as a line that is a word high: coordinates for an SVG, and the sentence that says the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from steward.pulse import Minute, Sample

WIDTH, HEIGHT = 120, 24
"""Of the line, in the units of its viewBox; an hour is as wide as it."""

_PADDING = 3.0
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sparkline:
    """What is drawn.

    Attributes:
        lines: the points of each unbroken run of answers, as the attribute ``points`` takes them.
        failed: x of each sample that failed.
        says: the same in words.
    """

    lines: tuple[str, ...]
    failed: tuple[float, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute: its place, and how high the two parts of its bar are; in the units of the viewBox."""

    x: float
    succeeded: float
    failed: float


def sparkline(samples: Sequence[Sample], now: datetime) -> Sparkline:
    """The latency of the last hour, with a mark where a look failed.

    Args:
        samples: oldest first.
        now: the right edge.
    """
    shown = [s for s in samples if now - _HOUR <= s.at <= now]
    most = max((s.seconds for s in shown if s.seconds is not None), default=0.0)
    runs: list[list[str]] = [[]]
    for sample in shown:
        if sample.good is False or sample.seconds is None:
            runs.append([])  # nothing was measured: a line through it would be made up
            continue
        runs[-1].append(f"{_x(sample.at, now)},{_y(sample.seconds, most)}")
    failed = tuple(_x(s.at, now) for s in shown if s.good is False)
    # A run of one is drawn as a dot: a line of no length with round ends.
    lines = tuple(" ".join(run if len(run) > 1 else run * 2) for run in runs if run)
    return Sparkline(lines, failed, _says(shown))


def bars(minutes: Sequence[Minute], now: datetime) -> tuple[Bar, ...]:
    """Events a minute, the last hour: the highest bar is as high as the picture."""
    shown = [m for m in minutes if now - _HOUR < m.at <= now]
    most = max((m.succeeded + m.failed for m in shown), default=0) or 1
    scale = (HEIGHT - 2) / most
    return tuple(
        Bar(
            round(max(0.0, WIDTH - 2 - (now - m.at) // timedelta(minutes=1) * 2), 1),
            round(m.succeeded * scale, 1),
            round(m.failed * scale, 1),
        )
        for m in shown
        if m.succeeded + m.failed
    )


def latency(samples: Sequence[Sample]) -> float | None:
    """The median of the last ten answers, in seconds; None when nothing was measured."""
    measured = [s.seconds for s in samples[-10:] if s.seconds is not None]
    return median(measured) if measured else None


def _x(at: datetime, now: datetime) -> float:
    return round(WIDTH - _PADDING - (now - at) / _HOUR * (WIDTH - 2 * _PADDING), 1)


def _y(seconds: float, most: float) -> float:
    share = seconds / most if most else 0.0
    return round(HEIGHT - _PADDING - share * (HEIGHT - 2 * _PADDING), 1)


def _says(shown: Sequence[Sample]) -> str:
    known = [s for s in shown if s.good is not None]
    if not known:
        return "Nothing was seen of it in the last hour"
    measured = [s.seconds for s in shown if s.seconds is not None]
    told = "Last hour: "
    if measured:
        told += f"median {_milliseconds(median(measured))}, slowest {_milliseconds(max(measured))}; "
    failed = [s for s in known if s.good is False]
    if not failed:
        return f"{told}none of {len(known)} looks failed"
    return f"{told}{len(failed)} of {len(known)} looks failed, the last at {failed[-1].at.astimezone(UTC):%H:%M} UTC"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
