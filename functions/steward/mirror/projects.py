"""The table ``projects``: a row for each linked page. Everything happens in its caller's transaction.

Rows are read, decided on and written in one transaction, which is done anew when somebody else committed a change of the
row in between (see ``database``). What is decided outside a transaction is written with ``expected``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from steward.identifiers import normalise_id
from steward.mirror.database import Transaction
from steward.mirror.rows import Counts, Row, Watermark, Written, plain
from steward.mirror.schema import OWN, TYPES, Columns, quoted

_SET_BY_US = frozenset({"id", "updated_at"})
_PLAIN = tuple(f.name for f in fields(Row) if f.name != "values")


class Projects:
    """The table."""

    def __init__(self, columns: Columns, new_id: Callable[[], str]) -> None:
        """Make it.

        Args:
            columns: that the rules name; others are neither read nor written.
            new_id: gives an id that no row has, e.g. a random UUID.
        """
        self._mapped = tuple(sorted(columns))
        self._types = OWN | {name: TYPES[kind] for name, kind in columns.items()}
        self._new_id = new_id
        self._selected = ", ".join(quoted(name) for name in (*_PLAIN, *self._mapped))
        self._written = [name for name in (*_PLAIN, *self._mapped) if name not in _SET_BY_US]

    def find(self, transaction: Transaction, page_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of pages, by page id; a page without a row is left out."""
        rows = self._select(transaction, "WHERE notion_page_id = ANY(%s)", list(page_ids))
        return {row.notion_page_id: row for row in rows if row.notion_page_id is not None}

    def of_ids(self, transaction: Transaction, ids: Iterable[str]) -> dict[str, Row]:
        """Rows by their own ids; one that is not there is left out."""
        return {row.id: row for row in self._select(transaction, "WHERE id = ANY(%s)", list(ids))}

    def put(
        self, transaction: Transaction, row: Row, expected: Row | None = None, *, visibly: bool = True
    ) -> tuple[Written, Row]:
        """Write a row; an older observation never overwrites a newer one.

        Args:
            transaction: the caller's.
            row: with an id, that row is updated and no other; without, the row of its page is made or updated. Mapped
                columns that ``values`` leaves out keep what they hold. One without an ``observed_version`` is not of an
                observation: it is written whatever the row shows, and leaves the version that is there.
            expected: the row as it was read before; it is written only while name, status, page, trash and the mapped
                columns still are so.
            visibly: something changed that others look at, so ``updated_at`` moves on; without, only what Steward
                itself remembers in the row did, and a time that others set is kept.

        Returns:
            What became of it, and the row as it is now; the one that was given where there is none.
        """
        names = [n for n in self._written if n in OWN or n in row.values]
        if row.observed_version is None:
            names.remove("observed_version")  # not of an observation: the guard stays where it is
        values = [plain(row, name) for name in names]
        guard, guarded = self._guard(row, expected)
        touched = ", updated_at = now()" if visibly else ""
        if row.id:
            assignments = ", ".join(f"{quoted(n)} = %s" for n in names)
            found = transaction.row(
                f"UPDATE projects SET {assignments}{touched} WHERE id = %s AND {guard}"  # noqa: S608 - quoted names
                f" RETURNING {self._selected}",
                *values,
                row.id,
                *guarded,
            )
            return self._became(transaction, row, found, Written.UPDATED, expected)
        made = self._new_id()
        updates = ", ".join(f"{quoted(n)} = excluded.{quoted(n)}" for n in names)
        found = transaction.row(
            f"INSERT INTO projects (id, {', '.join(map(quoted, names))}) VALUES ({', '.join(['%s'] * (len(names) + 1))})"  # noqa: S608 - quoted names
            f" ON CONFLICT (notion_page_id) DO UPDATE SET {updates}{touched} WHERE {guard}"
            f" RETURNING {self._selected}",
            made,
            *values,
            *guarded,
        )
        created = found is not None and found["id"] == made
        return self._became(
            transaction, row, found, Written.CREATED if created else Written.UPDATED, expected
        )

    def forget_version(self, transaction: Transaction, row_id: str) -> None:
        """Let any observation be written into a row that shows one of another page."""
        transaction.run("UPDATE projects SET observed_version = NULL WHERE id = %s", row_id)

    def changed_since(self, transaction: Transaction, mark: Watermark | None, limit: int) -> list[Row]:
        """The rows that were written after the mark, oldest first.

        ``updated_at`` is when a transaction began, and transactions commit in another order: begin again somewhat before
        the last row that was read, or a change may be missed.
        """
        after, values = "", list[Any]()
        if mark is not None:
            after, values = "WHERE (updated_at, id) > (%s, %s)", [mark.updated_at, mark.id]
        return self._select(transaction, f"{after} ORDER BY updated_at, id LIMIT %s", *values, limit)

    def spelt(self, transaction: Transaction, rows: Iterable[Row]) -> list[Row]:
        """The rows, linked by ids that are written as everywhere else: people copy them from links, without hyphens.

        Of two rows that mean one page, the second stays as it is, and has no page.
        """
        found = []
        for row in rows:
            page_id = normalise_id(row.notion_page_id or "")
            if page_id and page_id != row.notion_page_id and not self.find(transaction, [page_id]):
                transaction.run(
                    "UPDATE projects SET notion_page_id = %s WHERE id = %s AND notion_page_id = %s",
                    page_id,
                    row.id,
                    row.notion_page_id,
                )
                found.append(replace(row, notion_page_id=page_id))
            else:
                found.append(row)
        return found

    def page(self, transaction: Transaction, after: str, limit: int) -> list[Row]:
        """Some rows in the order of their ids, those that follow the id ``after``; from the first one with ``""``."""
        return self._select(transaction, "WHERE id > %s ORDER BY id LIMIT %s", after, limit)

    def counts(self, transaction: Transaction) -> dict[str | None, Counts]:
        """How many rows there are of each data source; those that no source has under None."""
        found = transaction.rows(
            "SELECT data_source, count(*) AS rows, count(notion_page_id) AS linked, count(trashed_at) AS trashed"
            " FROM projects GROUP BY data_source ORDER BY data_source"
        )
        return {r["data_source"]: Counts(r["rows"], r["linked"], r["trashed"]) for r in found}

    def _guard(self, row: Row, expected: Row | None) -> tuple[str, list[Any]]:
        """The condition under which a row that is there may be written, and its values."""
        conditions, values = ["true"], list[Any]()
        if row.observed_version is not None:
            conditions.append("(projects.observed_version IS NULL OR projects.observed_version <= %s)")
            values.append(row.observed_version)
        if expected is not None:
            for name in self._compared(expected):
                conditions.append(f"projects.{quoted(name)} IS NOT DISTINCT FROM %s::{self._types[name]}")
                values.append(plain(expected, name))
        return " AND ".join(conditions), values

    def _compared(self, expected: Row) -> list[str]:
        mapped = [name for name in self._mapped if name in expected.values]
        return ["notion_page_id", "name", "status", "trashed_at", *mapped]

    def _became(
        self,
        transaction: Transaction,
        row: Row,
        found: dict[str, Any] | None,
        done: Written,
        expected: Row | None,
    ) -> tuple[Written, Row]:
        if found is not None:
            return done, self._row(found)
        if row.id:
            there = self.of_ids(transaction, [row.id]).get(row.id)
        else:
            there = self.find(transaction, filter(None, [row.notion_page_id])).get(row.notion_page_id or "")
        if there is None:
            return Written.ABSENT, row
        older = None not in (row.observed_version, there.observed_version)
        if older and (there.observed_version or 0) > (row.observed_version or 0):
            return Written.STALE, there
        return Written.CHANGED if expected is not None else Written.STALE, there

    def _select(self, transaction: Transaction, rest: str, *values: Any) -> list[Row]:
        found = transaction.rows(f"SELECT {self._selected} FROM projects {rest}", *values)  # noqa: S608 - quoted names
        return [self._row(one) for one in found]

    def _row(self, found: Mapping[str, Any]) -> Row:
        plain = {name: found[name] for name in _PLAIN}
        return Row(**plain, values={name: found[name] for name in self._mapped})
