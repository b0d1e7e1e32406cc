"""How far a comparison of the mirror's sides has come: written by the processor, read by the operator. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from steward.baseline import Phase
from steward.documents import iso, moment
from steward.envelope import Comparison, comparison_of
from steward.mirror.report import SourceReport

RUN = "MIRROR#RUN"
"""Under which name ``memory`` keeps the run that is under way, or was last."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as far as it has come: first the pages of each source, then the rows.

    Attributes:
        order: whose it is.
        phase: where it is.
        began: when, by the processor's clock.
        updated: when this was written.
        source: which of the sources is being listed, counted from 0; as many as there are: the rows are being read.
        since: where the query that is under way begins; None at the beginning.
        cursor: where it goes on; None at its beginning.
        reached: when the last page that was listed was created.
        after: the id of the last row that was read.
        parts: of the list of pages, that were remembered.
        calls: Notion calls that it took.
        rows_unlinked: rows that name no page.
        sources: what was found so far.
        why: what it waits for, or None.
    """

    order: Comparison
    phase: Phase
    began: datetime
    updated: datetime
    source: int = 0
    since: datetime | None = None
    cursor: str | None = None
    reached: datetime | None = None
    after: str = ""
    parts: int = 0
    calls: int = 0
    rows_unlinked: int = 0
    sources: tuple[SourceReport, ...] = ()
    why: str | None = None

    @property
    def pages(self) -> int:
        """How many pages were compared."""
        return sum(source.pages for source in self.sources)

    def document(self) -> dict[str, Any]:
        """As it is remembered."""
        times = {name: iso(getattr(self, name)) for name in ("began", "updated", "since", "reached")}
        names = ("source", "cursor", "after", "parts", "calls", "rows_unlinked", "why")
        return {
            "order": asdict(self.order),
            "phase": str(self.phase),
            "sources": [source.document() for source in self.sources],
            **times,
            **{name: getattr(self, name) for name in names},
        }

    @staticmethod
    def of(document: Any | None) -> "Run | None":
        """What was remembered, or None."""
        if not isinstance(document, Mapping):
            return None
        names = ("source", "cursor", "after", "parts", "calls", "rows_unlinked", "why")
        return Run(
            order=comparison_of(document["order"]),
            phase=Phase(document["phase"]),
            began=datetime.fromisoformat(document["began"]),
            updated=datetime.fromisoformat(document["updated"]),
            since=moment(document["since"]),
            reached=moment(document["reached"]),
            sources=tuple(map(SourceReport.of, document["sources"])),
            **{name: document[name] for name in names},
        )


def seen_name(run: str, part: int) -> str:
    """Under which name ``memory`` keeps the pages that a part of a run has listed: number of the source → page ids."""
    return f"MIRROR#SEEN#{run}#{part}"
