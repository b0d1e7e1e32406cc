"""A page and a row that are not in step, as a report of the mirror lists them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


class Kind(StrEnum):
    """What is not as it should be."""

    MISMATCH = "mismatch"  # both sides are there and differ
    PAGE_WITHOUT_ROW = "page_without_row"
    ROW_WITHOUT_PAGE = "row_without_page"


@dataclass(frozen=True, slots=True)
class Difference:
    """A page and a row that are not in step.

    Attributes:
        kind: how.
        page_id: the page.
        row_id: the row, or None.
        name: by which people know it.
        columns: for a mismatch, column → ``[value of the page, value of the row]`` in JSON's types.
        repair: what was, or would be, done about it; None where nothing was asked for.
    """

    kind: Kind
    page_id: str
    row_id: str | None
    name: str
    columns: Mapping[str, list[Any]]
    repair: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": str(self.kind),
            "page_id": self.page_id,
            "row_id": self.row_id,
            "name": self.name,
            "columns": {column: list(values) for column, values in self.columns.items()},
            "repair": self.repair,
        }

    @staticmethod
    def of(document: Mapping[str, Any]) -> "Difference":
        """What ``document`` wrote.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: it did not write this.
        """
        columns = {str(column): list(values) for column, values in document["columns"].items()}
        made = Difference(**{**document, "kind": Kind(document["kind"]), "columns": columns})
        return checked(made)


def checked(made: T) -> T:
    """What was made of a stored document, if its plain fields are of the types that they are declared as.

    Raises:
        TypeError: one is not: it would only break whoever shows it.
    """
    for field in fields(made):
        # Generic types can't be looked at so; whoever makes them builds them anew.
        declared = isinstance(field.type, type | UnionType) and field.type
        if declared and not isinstance(getattr(made, field.name), declared):
            raise TypeError(f"{field.name} is no {field.type}")
    return made
