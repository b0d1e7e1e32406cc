"""What is learnt of a data source: what the processor keeps is what everybody else reads."""

from typing import Any, cast

from processor.known import Known
from steward.learnt import keep_query_id, keep_shown, query_id_of, shown_of
from steward.memory import Memory
from steward.rules import parse
from steward.schema import Schema, SchemaProperty
from tests.unit.rules_text import rules

FILE = rules('{ kind = "assignment" }', roles='assignee = "Assignee"')
SOURCE = parse(FILE).data_source[0]
MAPPED_ANEW = parse(FILE.replace('"Assignee"', '"Owner"')).data_source[0]


class Kept:
    """A memory that is a dictionary."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}

    def recall(self, name: str) -> Any:
        return self.documents.get(name)

    def remember(self, name: str, document: object) -> None:
        self.documents[name] = document


def memory() -> Memory:
    return cast("Memory", Kept())


def test_before_anything_is_learnt_the_rules_file_speaks() -> None:
    kept = memory()
    assert query_id_of(kept, SOURCE) == SOURCE.id
    assert shown_of(kept, SOURCE) == {}


def test_what_is_kept_is_read_again() -> None:
    kept = memory()
    keep_query_id(kept, SOURCE, "learnt")
    keep_shown(kept, SOURCE, {"assignee": ("XGe%40", "people")})
    assert query_id_of(kept, SOURCE) == "learnt"
    assert shown_of(kept, SOURCE) == {"assignee": ("XGe%40", "people")}


def test_a_role_that_is_mapped_to_another_property_is_learnt_anew() -> None:
    kept = memory()
    keep_shown(kept, SOURCE, {"assignee": ("XGe%40", "people")})
    assert shown_of(kept, MAPPED_ANEW) == {}


def test_what_the_processor_learns_everybody_reads() -> None:
    kept = memory()
    schema = Schema((SchemaProperty("XGe%40", "Assignee", "people", {}),))
    Known(kept).learn_schema(SOURCE, schema)
    assert shown_of(kept, SOURCE) == {"assignee": ("XGe%40", "people")}
    assert Known(kept).ids_of(SOURCE) == {"assignee": "XGe%40"}
