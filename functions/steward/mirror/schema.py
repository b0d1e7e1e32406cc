"""The mirror's tables, as numbered statements. Data, no I/O.

Every statement is taken by plain PostgreSQL from version 13 on and by Aurora DSQL, does nothing when it was run before,
and is a transaction of its own: DSQL takes one DDL statement in each, and none beside a write. So there is no column of
JSON, no trigger, no foreign key, no sequence and no extension. Indexes are named apart, because DSQL makes them
``ASYNC``.

Never change a statement that was released: add one with the next number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steward.rules import MirrorRule

Columns = Mapping[str, str]
"""The columns that rules files add to ``projects``: name → type, one of ``TYPES``."""

TYPES = {
    "text": "text",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp with time zone",
}
"""A column's type in the rules file → in SQL, as ``information_schema`` spells it."""

PROJECTS, AUDIT_LOGS, PAGE_TEXT, MIGRATIONS_TABLE = "projects", "audit_logs", "page_text", "mirror_migrations"

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What a column is called: then quoting it is all it needs, and 63 characters are PostgreSQL's limit."""

OWN = {
    "id": "text",
    "notion_page_id": "text",
    "data_source": "text",
    "name": "text",
    "status": "text",
    "trashed_at": "timestamp with time zone",
    "notion_edited_at": "timestamp with time zone",
    "observed_at": "timestamp with time zone",
    "observed_version": "bigint",
    "updated_at": "timestamp with time zone",
    "origin": "text",
    "synced": "text",
    "synced_hash": "text",
}
"""Columns that every row of ``projects`` has, and their types."""


class SchemaMistake(ValueError):
    """Columns that can't be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step.

    Attributes:
        number: counts from 1.
        what: for people.
        statement: plain SQL; for an index what follows ``CREATE INDEX``.
        index: whether it makes an index.
    """

    number: int
    what: str
    statement: str
    index: bool = False

    def sql(self, *, dsql: bool) -> str:
        """The statement for this kind of database."""
        if not self.index:
            return self.statement
        return f"CREATE INDEX {'ASYNC ' if dsql else ''}IF NOT EXISTS {self.statement}"


LEDGER = f"""CREATE TABLE IF NOT EXISTS {MIGRATIONS_TABLE} (
    number integer PRIMARY KEY,
    what text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""
"""Where it is remembered which steps were made; made before the first."""

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "the table projects",
        """CREATE TABLE IF NOT EXISTS projects (
    id text PRIMARY KEY,
    notion_page_id text UNIQUE,
    data_source text,
    name text,
    status text,
    trashed_at timestamptz,
    notion_edited_at timestamptz,
    observed_at timestamptz,
    observed_version bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    origin text NOT NULL DEFAULT 'app',
    synced text,
    synced_hash text
)""",
    ),
    Migration(
        2,
        "the table audit_logs",
        """CREATE TABLE IF NOT EXISTS audit_logs (
    id text PRIMARY KEY,
    effect_id text UNIQUE,
    event_id text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id text,
    details text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)""",
    ),
    Migration(
        3,
        "the table page_text",
        """CREATE TABLE IF NOT EXISTS page_text (
    notion_page_id text PRIMARY KEY,
    title text,
    body text NOT NULL,
    observed_at timestamptz NOT NULL,
    edited_at timestamptz,
    truncated boolean NOT NULL DEFAULT false
)""",
    ),
    Migration(4, "changed rows in order", "projects_updated_at ON projects (updated_at, id)", index=True),
    Migration(
        5, "the history of a row or page", "audit_logs_resource_id ON audit_logs (resource_id)", index=True
    ),
    Migration(6, "the audit log in order", "audit_logs_created_at ON audit_logs (created_at)", index=True),
)
"""Every step, in order, numbered without a gap."""

LATEST = MIGRATIONS[-1].number


def columns_of(automations: Iterable[MirrorRule]) -> dict[str, str]:
    """The columns that mirrors name, which may share them.

    Raises:
        SchemaMistake: two name the same column with different types.
    """
    found: dict[str, str] = {}
    for automation in automations:
        for column in automation.columns:
            if found.setdefault(column.name, column.type) != column.type:
                raise SchemaMistake(
                    f"the column {column.name} is {found[column.name]} in one rule and {column.type} in another; "
                    "all data sources share one table: name one of the two differently"
                )
    return found


def missing(columns: Columns, there: Mapping[str, str]) -> list[str]:
    """The statements that add what ``there``, column → SQL type, has not.

    Raises:
        SchemaMistake: a column can't be called so, has an unknown type, or is there with another one.
    """
    statements = []
    for name, kind in sorted(columns.items()):
        if not NAME.fullmatch(name) or name in OWN:
            raise SchemaMistake(f"no column for a property can be called {name!r}; choose another name")
        if kind not in TYPES:
            raise SchemaMistake(
                f"the column {name} has the unknown type {kind!r}; write one of {', '.join(TYPES)}"
            )
        if name not in there:
            statements.append(f"ALTER TABLE {PROJECTS} ADD COLUMN IF NOT EXISTS {quoted(name)} {TYPES[kind]}")
        elif there[name] != TYPES[kind]:
            raise SchemaMistake(
                f"the column {name} of {PROJECTS} has the type {there[name]}, and the rules want {TYPES[kind]}; "
                "name another column in the rules, or move this one's data away and drop it"
            )
    return statements


def quoted(name: str) -> str:
    """A column's name as it stands in SQL; reserved words such as ``order`` are names like others.

    Raises:
        SchemaMistake: it is none.
    """
    if not NAME.fullmatch(name):
        raise SchemaMistake(f"no column can be called {name!r}")
    return f'"{name}"'
