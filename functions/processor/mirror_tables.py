"""The mirror's database and its tables, as the processor uses them."""

import uuid
from dataclasses import dataclass

from steward.mirror.audit import AuditLog
from steward.mirror.connection import Transactions, columns_in
from steward.mirror.projects import Projects
from steward.rules import Rules


@dataclass(frozen=True, slots=True)
class MirrorTables:
    """All that is there.

    Attributes:
        database: runs transactions.
        projects: the rows.
        audit: the audit log.
    """

    database: Transactions
    projects: Projects
    audit: AuditLog


def tables_in(database: Transactions, rules: Rules) -> MirrorTables:
    """The tables with the columns that the rules name."""

    def new_id() -> str:
        return str(uuid.uuid4())

    return MirrorTables(database, Projects(columns_in(rules), new_id), AuditLog(new_id))
