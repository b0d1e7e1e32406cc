"""How the two sides of the mirror stand, as the last reconciliation saw them: kept in State, shown by console and command.

Whoever shows it makes no call: what was found is remembered under ``HEALTH``. Counts are whole; of the examples the first
``MOST_EXAMPLES`` are kept, because an item of the table is bounded. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from steward.documents import iso
from steward.mirror.difference import Difference, checked

HEALTH = "MIRROR#HEALTH"
"""Under which name ``memory`` keeps the last report."""

MOST_EXAMPLES = 20
"""Examples of each kind that are kept, of each data source."""

BROKEN_SHARE, BROKEN_FROM = 0.05, 10
"""More than this share of the linked pages, and at least so many, and it is no single accident any more."""

OLD = timedelta(days=2)
"""A report from before says nothing of now."""


class Status(StrEnum):
    """How it stands."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One data source.

    Attributes:
        name: in the rules file.
        auto_link: whether each page should have a row.
        pages: that Notion lists.
        linked: of these, with a row.
        rows: of its pages, without those whose page is marked as gone.
        mismatches: linked pages that differ from their row.
        settling: linked pages that differ and were changed a moment ago: they are on their way.
        pages_without_row: with ``auto_link`` a fault, otherwise just not linked.
        rows_without_page: whose page Notion does not list, and that are not marked.
        repaired: differences that were mended, or would have been by a dry run.
        differences: the first of each kind.
        trouble: why it could not be compared whole, or None.
    """

    name: str
    auto_link: bool = False
    pages: int = 0
    linked: int = 0
    rows: int = 0
    mismatches: int = 0
    settling: int = 0
    pages_without_row: int = 0
    rows_without_page: int = 0
    repaired: int = 0
    differences: tuple[Difference, ...] = ()
    trouble: str | None = None

    @property
    def faults(self) -> int:
        """How much is not as it should be."""
        unlinked = self.pages_without_row if self.auto_link else 0
        return self.mismatches + self.rows_without_page + unlinked

    @property
    def status(self) -> Status:
        """How it stands."""
        if self.trouble is not None:
            return Status.BROKEN
        if self.faults >= BROKEN_FROM and self.faults > BROKEN_SHARE * max(self.linked, self.rows):
            return Status.BROKEN
        return Status.DEGRADED if self.faults else Status.HEALTHY

    @property
    def reason(self) -> str:
        """Why, in half a sentence."""
        if self.trouble is not None:
            return self.trouble
        found = [
            (self.mismatches, "mismatched"),
            (self.pages_without_row if self.auto_link else 0, "pages without a row"),
            (self.rows_without_page, "rows without a page"),
        ]
        return ", ".join(f"{count} {what}" for count, what in found if count) or "both sides are in step"

    def with_difference(self, difference: Difference, *, repaired: bool) -> "SourceReport":
        """With one more difference in its examples, and among what was repaired; its kind is counted by the caller."""
        kept = sum(one.kind is difference.kind for one in self.differences)
        examples = (*self.differences, difference) if kept < MOST_EXAMPLES else self.differences
        return replace(self, differences=examples, repaired=self.repaired + repaired)

    def document(self) -> dict[str, Any]:
        """As JSON, with ``status`` and ``reason`` for whoever reads it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "differences"}
        shown = [difference.document() for difference in self.differences]
        return {**plain, "status": str(self.status), "reason": self.reason, "differences": shown}

    @staticmethod
    def of(document: Mapping[str, Any]) -> "SourceReport":
        """What ``document`` wrote.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: it did not write this.
        """
        names = {f.name for f in fields(SourceReport)}
        known = {key: value for key, value in document.items() if key in names}
        differences = tuple(map(Difference.of, document["differences"]))
        return checked(SourceReport(**{**known, "differences": differences}))


@dataclass(frozen=True, slots=True)
class Report:
    """What a reconciliation found.

    Attributes:
        run: whose order it was.
        began: when, by the processor's clock.
        finished: when it was over.
        calls: Notion calls that it took.
        sources: each data source with a mirror.
        rows_unlinked: rows that name no page.
        repair: the side that was believed, ``notion`` or ``postgres``; None where nothing was to be mended.
        dry_run: nothing was written.
        trouble: why it came to no end, or None.
    """

    run: str
    began: datetime
    finished: datetime
    calls: int
    sources: tuple[SourceReport, ...]
    rows_unlinked: int = 0
    repair: str | None = None
    dry_run: bool = False
    trouble: str | None = None

    @property
    def status(self) -> Status:
        """The worst of its sources."""
        if self.trouble is not None:
            return Status.BROKEN
        found = {source.status for source in self.sources}
        return next((s for s in (Status.BROKEN, Status.DEGRADED) if s in found), Status.HEALTHY)

    @property
    def reason(self) -> str:
        """Why."""
        if self.trouble is not None:
            return self.trouble
        told = [f"{s.name}: {s.reason}" for s in self.sources if s.status is not Status.HEALTHY]
        return "; ".join(told) or "both sides are in step"

    def document(self) -> dict[str, Any]:
        """As JSON; what ``GET /api/admin/sync/health`` gives."""
        return {
            "status": str(self.status),
            "reason": self.reason,
            "run": self.run,
            "began": iso(self.began),
            "finished": iso(self.finished),
            "calls": self.calls,
            "rows_unlinked": self.rows_unlinked,
            "repair": self.repair,
            "dry_run": self.dry_run,
            "trouble": self.trouble,
            "sources": [source.document() for source in self.sources],
        }

    @staticmethod
    def of(document: Any | None) -> "Report | None":
        """What ``document`` wrote; None for anything else, however old or broken: whoever shows it goes on without."""
        try:
            return _of(document)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            return None


def _of(document: Any) -> Report:
    names = ("run", "calls", "rows_unlinked", "repair", "dry_run", "trouble")
    began, finished = (datetime.fromisoformat(document[name]) for name in ("began", "finished"))
    if began.tzinfo is None or finished.tzinfo is None:
        raise ValueError("a time has no zone")
    known = {name: document[name] for name in names}
    sources = tuple(map(SourceReport.of, document["sources"]))
    return checked(Report(began=began, finished=finished, sources=sources, **known))


def health(report: Report | None, now: datetime) -> dict[str, Any]:
    """The last report as JSON, of which an old one is at best degraded; without one nobody knows anything.

    Args:
        report: the last one, or None.
        now: our clock.
    """
    if report is None:
        return {"status": str(Status.DEGRADED), "reason": "the two sides were never compared", "sources": []}
    document = report.document()
    if now - report.finished > OLD and report.status is not Status.BROKEN:
        said = f"last compared {report.finished:%Y-%m-%d %H:%M} UTC"
        reason = said if report.status is Status.HEALTHY else f"{report.reason}; {said}"
        return {**document, "status": str(Status.DEGRADED), "reason": reason}
    return document
