"""The mirror's statements are ones that PostgreSQL and Aurora DSQL both take."""

import inspect
import re
from dataclasses import fields
from types import ModuleType
from typing import get_args

import pytest

from steward.mirror import audit, database, migrate, page_texts, projects
from steward.mirror.connection import columns_in, is_kept
from steward.mirror.rows import Row
from steward.mirror.schema import (
    LATEST,
    LEDGER,
    MIGRATIONS,
    NAME,
    OWN,
    TYPES,
    SchemaMistake,
    columns_of,
    missing,
    quoted,
)
from steward.rules import ColumnType, MirrorRule, parse
from steward.rules.mirror import OWN as TAKEN
from steward.rules.mirror import TYPES as TYPES_OF_PROPERTIES

EVERY = {f"a_{kind}": kind for kind in TYPES}
DDL = [LEDGER, *(m.sql(dsql=True) for m in MIGRATIONS), *missing(EVERY, {})]

LACKS = [
    r"\bjsonb?\b(?!\s*\.)",
    r"\bxml\b",
    r"\bmoney\b",
    r"\btrigger\b",
    r"\breferences\b",
    r"\bforeign\b",
    r"\bsequence\b",
    r"\b(small|big)?serial\b",
    r"\bidentity\b",
    r"\bextension\b",
    r"\btruncate\b",
    r"\btemp(orary)?\b",
    r"\bunlogged\b",
    r"\bpartition\b",
    r"\bcheck\b",
    r"\bgenerated\b",
    r"\b(plpgsql|procedure|do \$)",
    r"\btablespace\b",
    r"\bconcurrently\b",
    r"\busing\b",
    r"\bsavepoint\b",
    r"\block\s+table\b",
    r"\blisten\b|\bnotify\b",
    r"\bpg_advisory",
    r"\bxmin\b|\bxmax\b|\bctid\b",
    r"\bvacuum\b",
    r"\[\]",
]
"""What DSQL refuses. Source: its pages on unsupported features and on the subsets of commands that it takes."""


@pytest.mark.req("A7")
@pytest.mark.parametrize("statement", DDL)
def test_no_statement_asks_for_what_dsql_lacks(statement: str) -> None:
    for lack in LACKS:
        assert not re.search(lack, statement, re.IGNORECASE), lack


@pytest.mark.req("A7")
@pytest.mark.parametrize("module", [audit, migrate, page_texts, projects])
def test_no_query_asks_for_what_dsql_lacks(module: ModuleType) -> None:
    statements = re.findall(r'f?"((?:SELECT|INSERT|UPDATE|DELETE| )[^"]*)"', inspect.getsource(module))

    assert statements
    for lack in LACKS:
        assert not [s for s in statements if re.search(lack, s, re.IGNORECASE)], lack


@pytest.mark.req("A7")
def test_dsql_is_asked_for_no_time_out_which_it_refuses() -> None:
    source = inspect.getsource(database.Database._begin)

    assert source.index("if not self.dsql") < source.index("statement_timeout")


@pytest.mark.req("A7")
@pytest.mark.parametrize("statement", DDL)
def test_every_statement_is_one_and_does_nothing_the_second_time(statement: str) -> None:
    assert ";" not in statement
    assert "IF NOT EXISTS" in statement


@pytest.mark.req("A7")
def test_columns_that_are_added_have_neither_default_nor_constraint() -> None:
    for statement in missing(EVERY, {}):
        assert re.fullmatch(r'ALTER TABLE projects ADD COLUMN IF NOT EXISTS "[a-z_]+" [a-z ]+', statement)


def test_indexes_are_made_in_the_background_on_dsql_only() -> None:
    for migration in MIGRATIONS:
        assert migration.sql(dsql=True).startswith("CREATE INDEX ASYNC ") is migration.index
        assert "ASYNC" not in migration.sql(dsql=False)


def test_steps_are_numbered_without_a_gap() -> None:
    assert [m.number for m in MIGRATIONS] == list(range(1, LATEST + 1))


def test_a_row_of_ours_has_the_columns_that_the_table_has() -> None:
    assert {f.name for f in fields(Row)} - {"values"} == set(OWN)
    for name in OWN:
        assert re.search(rf"^    {name} ", MIGRATIONS[0].statement, re.MULTILINE), name


def test_the_rules_know_the_columns_that_every_row_has_and_the_types_of_others() -> None:
    assert set(OWN) == TAKEN
    assert set(TYPES) == set(get_args(ColumnType)) == set(TYPES_OF_PROPERTIES)


def rule(**columns: str) -> MirrorRule:
    named = [{"name": name, "role": name, "type": kind} for name, kind in columns.items()]
    return MirrorRule.model_validate({"kind": "mirror", "columns": named})


def test_data_sources_may_share_a_column_of_one_type() -> None:
    both = [rule(budget="number"), rule(budget="number", due="date")]

    assert columns_of(both) == {"budget": "number", "due": "date"}
    with pytest.raises(SchemaMistake, match="budget is number in one rule and text in another"):
        columns_of([*both, rule(budget="text")])


@pytest.mark.req("A7")
def test_only_mirrors_name_columns_and_those_of_every_data_source_count() -> None:
    rules = parse(
        """
        [slack]
        default_channel = "#team"
        [[data_source]]
        name = "Tasks"
        id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
        properties = { status = "Status", due = "Due" }
        [[data_source.automation]]
        kind = "status"
        [[data_source.automation]]
        kind = "mirror"
        columns = [{ name = "due_on", role = "due", type = "date" }]
        [[data_source]]
        name = "Orders"
        id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b12"
        properties = { status = "Status" }
        """
    )

    assert columns_in(rules) == {"due_on": "date"}
    assert is_kept(rules)


@pytest.mark.parametrize("name", ["", "Budget", "1st", "a-b", 'a"b', "a b", "x" * 64, "synced", "id", "é"])
def test_no_column_can_be_called_what_needs_care_or_is_taken(name: str) -> None:
    with pytest.raises(SchemaMistake):
        missing({name: "text"}, {})
    if not NAME.fullmatch(name):
        with pytest.raises(SchemaMistake):
            quoted(name)


def test_an_unknown_type_is_refused_with_those_there_are() -> None:
    with pytest.raises(SchemaMistake, match="text, number, boolean, date, timestamp"):
        missing({"budget": "money"}, {})
