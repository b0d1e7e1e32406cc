"""Mending what a comparison of the mirror's sides found, in the direction that an operator chose.

*From Notion* the row takes over what the page says. *From Postgres* the row is marked as changed, with what the page says
as what both sides agreed on last: so the way that every changed row goes writes it to the page, in the lane and within the
budget. Either is one transaction with its audit row, and changes nothing the second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from steward.envelope import Comparison
from steward.mirror.audit import PROJECT, REPAIRED, AuditEntry, AuditLog
from steward.mirror.database import Transaction
from steward.mirror.difference import Difference
from steward.mirror.mapping import CannotWrite, differing, writes_of
from steward.mirror.projects import Projects
from steward.mirror.reconcile import Listed, as_page_has_it, to_be_written
from steward.mirror.row_values import shared_in, stored
from steward.mirror.rows import Row, Written
from steward.rules import DataSource, MirrorRule
from steward.values import Value

LEFT = "left: "


@dataclass(frozen=True, slots=True)
class Found:
    """A difference with both of its sides.

    Attributes:
        difference: what differs.
        page: as it was listed; None where there is none.
        row: as it was read; None where there is none.
        seen: when the page was listed, by Notion's clock.
        values: role → value of the page.
        types: role → type of its property.
    """

    difference: Difference
    page: Listed | None
    row: Row | None
    seen: datetime | None
    values: Mapping[str, Value]
    types: Mapping[str, str]


class Repair:
    """Mends as one order wants it."""

    def __init__(self, projects: Projects, audit: AuditLog, order: Comparison) -> None:
        self._projects = projects
        self._audit = audit
        self._order = order

    def mend(
        self, transaction: Transaction, found: Found, source: DataSource, rule: MirrorRule
    ) -> tuple[Difference, bool]:
        """Mend a difference of a page that is there; returns it with what was done, and whether that mended it."""
        page, row = found.page, found.row
        if self._order.repair is None or page is None:
            return found.difference, False
        if self._order.repair == "notion":
            if row is None and not (rule.auto_link or self._order.link):
                return found.difference, False
            wanted = as_page_has_it(page, row, source.name, found.seen)
            return self._write(transaction, found, wanted, "row written")
        if row is None:
            return _said(found, LEFT + "a page is linked from Notion's side"), False
        try:
            self._check(page, row, rule, found)
        except CannotWrite as error:
            return _said(found, f"{LEFT}{error}"), False
        return self._write(
            transaction, found, to_be_written(page, row), "row marked to be written to its page"
        )

    def mark_gone(self, transaction: Transaction, row: Row, now: datetime, difference: Difference) -> bool:
        """Mark a row whose page is gone; False when it was changed meanwhile."""
        wanted = replace(row, trashed_at=now, observed_version=None)
        found = Found(difference, None, row, None, {}, {})
        return self._write(transaction, found, wanted, "marked as gone")[1]

    def _check(self, page: Listed, row: Row, rule: MirrorRule, found: Found) -> None:
        """See whether the page takes what the row says.

        Raises:
            CannotWrite: it does not.
        """
        theirs, ours = stored(page.shared), shared_in(row, rule)
        wanted = {column: ours[column] for column in differing(theirs, ours)}
        if wanted and not rule.both_ways:
            raise CannotWrite(next(iter(wanted)), "the rules write nothing to these pages; set both_ways")
        writes_of(wanted, rule, found.types, found.values)

    def _write(
        self, transaction: Transaction, found: Found, wanted: Row, what: str
    ) -> tuple[Difference, bool]:
        if self._order.dry_run:
            return _said(found, f"would be: {what}"), False
        written, now = self._projects.put(transaction, wanted, found.row)
        if written not in (Written.CREATED, Written.UPDATED):
            return _said(found, LEFT + "it was changed meanwhile"), False
        details = {
            "page": found.difference.page_id,
            "found": str(found.difference.kind),
            "believed": self._order.repair,
            "columns": found.difference.columns,
        }
        event = f"mirror-{self._order.run}"
        self._audit.add(transaction, AuditEntry(REPAIRED, PROJECT, now.id, details, event))
        return replace(_said(found, what), row_id=now.id), True


def missing(order: Comparison) -> str | None:
    """What an order wants to be done about a row whose page is not there; None for nothing."""
    if order.repair is None:
        return None
    if order.repair == "postgres":
        return LEFT + "no page is made for a row"
    return "would be: looked for, and marked if it is gone" if order.dry_run else ""


def _said(found: Found, what: str) -> Difference:
    return replace(found.difference, repair=what)
