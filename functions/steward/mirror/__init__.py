"""The mirror: a copy of linked pages in PostgreSQL, kept in step in both directions, audited and reconciled."""
