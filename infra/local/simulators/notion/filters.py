"""Data source queries: does a page match a filter, and in which order do pages come.

Promises the filters that the SDK's types name for the types that the simulator keeps, compounds two levels deep, and
times compared as Notion shows them, rounded down to the minute. Refuses an unknown property, a filter of another type
than the property's, and an unknown operator with 400, because a filter that silently matches all hides a bug.
"""

from collections.abc import Callable
from typing import Any

from . import dates, properties, richtext
from .errors import invalid
from .model import Json, Page
from .workspace import Workspace, minute

MAX_DEPTH = 2
Test = Callable[[Page], bool]
_TEXT_TYPES = ("title", "rich_text", "url", "email", "phone_number")
_TIME_TYPES = ("date", "created_time", "last_edited_time")
_PEOPLE_TYPES = ("people", "created_by", "last_edited_by")


class Query:
    """A compiled filter over the pages of one schema.

    Args:
        workspace: where names are looked up.
        schema: property id to configuration.
        me: the id that "me" means in people filters.
    """

    def __init__(self, workspace: Workspace, schema: dict[str, Json], me: str) -> None:
        self._workspace = workspace
        self._schema = schema
        self._me = me

    def compile(self, condition: object, depth: int = 0) -> Test:
        """A test for ``condition``.

        Raises:
            ApiError: 400 `validation_error`.
        """
        if not isinstance(condition, dict):
            raise invalid("body failed validation: body.filter should be an object.")
        for word in ("and", "or"):
            if word in condition:
                return self._compound(word, condition[word], depth)
        if "timestamp" in condition:
            return self._timestamp(condition)
        return self._property(condition)

    def _compound(self, word: str, parts: object, depth: int) -> Test:
        if depth >= MAX_DEPTH:
            raise invalid("body failed validation: body.filter is nested more than two levels deep.")
        if not isinstance(parts, list):
            raise invalid(f"body failed validation: body.filter.{word} should be an array.")
        richtext.check_length(parts, f"body.filter.{word}")
        tests = [self.compile(part, depth + 1) for part in parts]
        if word == "and":
            return lambda page: all(test(page) for test in tests)
        return lambda page: any(test(page) for test in tests)

    def _timestamp(self, condition: Json) -> Test:
        name = condition["timestamp"]
        if name not in ("created_time", "last_edited_time") or not isinstance(condition.get(name), dict):
            raise invalid(
                "body failed validation: body.filter.timestamp should name created_time or last_edited_time."
            )
        return self._test(name, condition[name], {"type": name})

    def _property(self, condition: Json) -> Test:
        config = properties.find(self._schema, str(condition.get("property")))
        if config is None:
            raise invalid(f"Could not find property with name or id: {condition.get('property')}")
        given = next((key for key in condition if key not in ("property", "type")), "nothing")
        if given != config["type"]:
            raise invalid(f"database property {config['type']} does not match filter {given}")
        return self._test(given, condition[given], config)

    def _test(self, kind: str, operators: object, config: Json) -> Test:
        if not isinstance(operators, dict) or not operators:
            raise invalid(f"body failed validation: body.filter.{kind} should name an operator.")
        tests = [self._operator(kind, name, wanted, config) for name, wanted in operators.items()]
        return lambda page: all(test(page) for test in tests)

    def _operator(self, kind: str, name: str, wanted: Any, config: Json) -> Test:
        def value(page: Page) -> Any:
            return comparable(self._workspace, page, config)

        if name in ("is_empty", "is_not_empty") and kind != "checkbox":
            if wanted is not True:
                raise invalid(f"body failed validation: body.filter.{kind}.{name} should be `true`.")
            return lambda page: _empty(value(page)) == (name == "is_empty")
        if kind in _TIME_TYPES:
            first, last = self._span(kind, name, wanted)
            return lambda page: _in_time(name, value(page), first, last)
        table, wanted = self._table(kind, name, wanted)
        if name not in table:
            raise invalid(
                f"body failed validation: body.filter.{kind}.{name} is not an operator of this type."
            )
        compare = table[name]
        return lambda page: bool(compare(value(page), wanted))

    def _table(self, kind: str, name: str, wanted: Any) -> tuple[dict[str, Callable[[Any, Any], Any]], Any]:
        if kind in _TEXT_TYPES:
            return _TEXT, str(wanted).lower()
        if kind in ("number", "unique_id"):
            if isinstance(wanted, bool) or not isinstance(wanted, int | float):
                raise invalid(f"body failed validation: body.filter.{kind}.{name} should be a number.")
            return _NUMBER, wanted
        if kind == "checkbox":
            return _EXACT, wanted
        if kind in ("select", "status"):
            return _CHOICE, wanted if isinstance(wanted, list) else [wanted]
        if kind == "multi_select":
            return _MEMBER, wanted if isinstance(wanted, list) else [wanted]
        if kind in (*_PEOPLE_TYPES, "relation"):
            return _MEMBER, [self._me if wanted == "me" else wanted]
        raise invalid(
            f"body failed validation: a {kind} property cannot be filtered ({name}) by this simulator."
        )

    def _span(self, kind: str, name: str, wanted: Any) -> tuple[int, int]:
        now = self._workspace.now_ms()
        found = dates.period(name, now)
        if found is None and name in _TIME_OPERATORS and isinstance(wanted, str):
            found = dates.relative(wanted, now) or dates.span(wanted)
        if found is None:
            raise invalid(
                f"body failed validation: body.filter.{kind}.{name} should be a valid ISO 8601 date string."
            )
        return found


def comparable(workspace: Workspace, page: Page, config: Json) -> Any:
    """A property (or timestamp) of ``page`` in the form that filters and sorts compare."""
    kind = config["type"]
    own: dict[str, Any] = {
        "created_time": minute(page.created_ms),
        "last_edited_time": minute(page.edited_ms),
        "created_by": [page.created_by],
        "last_edited_by": [page.edited_by],
        "unique_id": page.number,
    }
    if kind in own:
        return own[kind]
    kept = page.values.get(config["id"])
    if kind in ("title", "rich_text"):
        return richtext.plain_text(kept or [], workspace.name_of).lower()
    if kind == "date":
        found = dates.span(kept["start"]) if kept else None
        return found[0] if found else None
    if kind in properties.OPTION_TYPES:
        names = {option["id"]: option["name"] for option in config[kind]["options"]}
        return [names[i] for i in kept or [] if i in names] if kind == "multi_select" else names.get(kept)
    if isinstance(kept, str):
        return kept.lower()
    return bool(kept) if kind == "checkbox" else kept


def ordered(workspace: Workspace, schema: dict[str, Json], pages: list[Page], sorts: object) -> list[Page]:
    """``pages`` by ``sorts``, the first sort the strongest; empty values last; ties by age.

    Raises:
        ApiError: 400 `validation_error`.
    """
    if not isinstance(sorts, list):
        raise invalid("body failed validation: body.sorts should be an array.")
    for sort in reversed(sorts):
        config = _sort_config(schema, sort)
        descending = sort.get("direction") == "descending"
        filled = [page for page in pages if not _empty(comparable(workspace, page, config))]
        rest = [page for page in pages if _empty(comparable(workspace, page, config))]
        filled.sort(key=lambda page, by=config: _sort_key(workspace, page, by), reverse=descending)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        pages = filled + rest
    return pages


def _sort_config(schema: dict[str, Json], sort: object) -> Json:
    if not isinstance(sort, dict) or sort.get("direction") not in ("ascending", "descending"):
        raise invalid("body failed validation: body.sorts[].direction should be `ascending` or `descending`.")
    if sort.get("timestamp") in ("created_time", "last_edited_time"):
        return {"type": sort["timestamp"]}
    config = properties.find(schema, str(sort.get("property")))
    if config is None:
        raise invalid(f"Could not find sort property with name or id: {sort.get('property')}")
    return config


def _sort_key(workspace: Workspace, page: Page, config: Json) -> Any:
    value = comparable(workspace, page, config)
    if config["type"] in ("select", "status"):
        return [option["name"] for option in config[config["type"]]["options"]].index(value)
    return value


def _empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _in_time(name: str, value: int | None, first: int, last: int) -> bool:
    if value is None:
        return False
    tests = {
        "before": value < first,
        "after": value > last,
        "on_or_before": value <= last,
        "on_or_after": value >= first,
    }
    return tests.get(name, first <= value <= last)


_TIME_OPERATORS = ("equals", "before", "after", "on_or_before", "on_or_after")
_EXACT: dict[str, Callable[[Any, Any], Any]] = {
    "equals": lambda value, wanted: value == wanted,
    "does_not_equal": lambda value, wanted: value != wanted,
}
_TEXT = _EXACT | {
    "contains": lambda value, wanted: wanted in (value or ""),
    "does_not_contain": lambda value, wanted: wanted not in (value or ""),
    "starts_with": lambda value, wanted: (value or "").startswith(wanted),
    "ends_with": lambda value, wanted: (value or "").endswith(wanted),
}
_NUMBER = _EXACT | {
    "greater_than": lambda value, wanted: value is not None and value > wanted,
    "less_than": lambda value, wanted: value is not None and value < wanted,
    "greater_than_or_equal_to": lambda value, wanted: value is not None and value >= wanted,
    "less_than_or_equal_to": lambda value, wanted: value is not None and value <= wanted,
}
_CHOICE: dict[str, Callable[[Any, Any], Any]] = {
    "equals": lambda value, wanted: value in wanted,
    "does_not_equal": lambda value, wanted: value not in wanted,
}
_MEMBER: dict[str, Callable[[Any, Any], Any]] = {
    "contains": lambda value, wanted: any(item in (value or []) for item in wanted),
    "does_not_contain": lambda value, wanted: not any(item in (value or []) for item in wanted),
}
