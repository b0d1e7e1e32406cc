"""Property values: from a request into the kept form, checked against the schema, and back out into Notion's shape.

Promises one reader and one writer per property type, and Notion's limits.
A value may also be given in short (``"Doing"`` for a status, ``[user_id]`` for people) by the admin API, never by the
vendor API.
"""

from collections.abc import Callable
from typing import Any

from . import richtext
from .dates import is_iso
from .errors import invalid
from .ids import required_id, same_property
from .model import Json, Page
from .workspace import Workspace

TEXT_LIMITS = {"url": 2000, "email": 200, "phone_number": 200}
OPTION_TYPES = ("select", "status", "multi_select")
COMPUTED_TYPES = (
    "created_time",
    "last_edited_time",
    "created_by",
    "last_edited_by",
    "unique_id",
    "formula",
    "rollup",
)


def find(schema: dict[str, Json], reference: str) -> Json | None:
    """The configuration that ``reference`` (name, id or decoded id) means."""
    return next((c for c in schema.values() if same_property(reference, c["id"], c["name"])), None)


def read_all(
    workspace: Workspace, schema: dict[str, Json], values: object
) -> tuple[dict[str, Any], list[str]]:
    """The kept form of a request's `properties`.

    Returns:
        Kept value by property id, and the ids of select properties that gained an option by being written.

    Raises:
        ApiError: 400 `validation_error`.
    """
    if not isinstance(values, dict):
        raise invalid(
            f"body failed validation: body.properties should be an object, instead was `{values!r}`."
        )
    kept: dict[str, Any] = {}
    grown: list[str] = []
    for reference, value in values.items():
        config = find(schema, reference)
        if config is None:
            raise invalid(f"{reference} is not a property that exists.")
        kept[config["id"]] = _read(workspace, config, value, grown)
    return kept, grown


def _read(workspace: Workspace, config: Json, value: object, grown: list[str]) -> Any:
    kind = config["type"]
    if kind in COMPUTED_TYPES:
        raise invalid(f"{config['name']} is a computed property and cannot be written.")
    if not isinstance(value, dict) or kind not in value:
        raise invalid(f"{config['name']} is expected to be {kind}.")
    given = value[kind]
    if kind in OPTION_TYPES:
        return _read_options(workspace, config, given, grown)
    reader = _READERS.get(kind)
    if reader is None:
        raise invalid(f"Property type {kind} cannot be written by this simulator.")
    return reader(workspace, config, given)


def _read_options(workspace: Workspace, config: Json, given: object, grown: list[str]) -> Any:
    if config["type"] != "multi_select":
        return None if given is None else _option_id(workspace, config, given, grown)
    if not isinstance(given, list):
        raise invalid(f"{config['name']} is expected to be multi_select.")
    richtext.check_length(given, f"body.properties.{config['name']}.multi_select")
    return [_option_id(workspace, config, option, grown) for option in given]


def _option_id(workspace: Workspace, config: Json, option: object, grown: list[str]) -> str:
    kind, label = config["type"], "Status" if config["type"] == "status" else "Select"
    if not isinstance(option, dict) or not isinstance(option.get("id") or option.get("name"), str):
        raise invalid(f"{config['name']} is expected to be {kind}.")
    options: list[Json] = config[kind]["options"]
    for known in options:
        if option.get("id") == known["id"] or (not option.get("id") and option.get("name") == known["name"]):
            return str(known["id"])
    name = option.get("name")
    if kind == "status" or option.get("id") or not name:
        raise invalid(
            f'Invalid {kind} option. {label} option "{name or option.get("id")}" does not exist.'.replace(
                "multi_select", "select"
            )
        )
    if "," in name:
        raise invalid(f"Invalid select option, commas not allowed: {name}")
    created = {"id": workspace.ids.uuid(), "name": name, "color": "default", "description": None}
    options.append(created)
    grown.append(config["id"])
    return str(created["id"])


def _read_rich(workspace: Workspace, config: Json, given: object) -> list[Json]:
    where = f"body.properties.{config['name']}.{config['type']}"
    return richtext.read(given, where, workspace.user_exists)


def _read_people(workspace: Workspace, config: Json, given: object) -> list[str]:
    ids = _read_references(workspace, config, given)
    for user_id in ids:
        if user_id not in workspace.users and user_id not in workspace.groups:
            raise invalid(f"Could not find user with ID: {user_id}.")
    return list(dict.fromkeys(ids))


def _read_references(_workspace: Workspace, config: Json, given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise invalid(f"{config['name']} is expected to be {config['type']}.")
    where = f"body.properties.{config['name']}.{config['type']}"
    richtext.check_length(given, where)
    return [
        required_id(item.get("id"), f"body failed validation: {where}[{n}].id")
        for n, item in enumerate(given)
    ]


def _read_date(_workspace: Workspace, config: Json, given: object) -> Json | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not is_iso(given.get("start")):
        raise invalid(
            f"body failed validation: body.properties.{config['name']}.date.start should be a valid ISO 8601 date string."
        )
    end = given.get("end")
    if end is not None and not is_iso(end):
        raise invalid(
            f"body failed validation: body.properties.{config['name']}.date.end should be a valid ISO 8601 date string."
        )
    return {"start": given["start"], "end": end, "time_zone": given.get("time_zone")}


def _read_number(_workspace: Workspace, config: Json, given: object) -> object:
    if given is not None and (isinstance(given, bool) or not isinstance(given, int | float)):
        raise invalid(f"{config['name']} is expected to be number.")
    return given


def _read_checkbox(_workspace: Workspace, config: Json, given: object) -> object:
    if not isinstance(given, bool):
        raise invalid(f"{config['name']} is expected to be checkbox.")
    return given


def _read_text(_workspace: Workspace, config: Json, given: object) -> str | None:
    kind = config["type"]
    where = f"body.properties.{config['name']}.{kind}"
    return None if given is None else richtext.check_text(given, TEXT_LIMITS[kind], where)


def _read_files(_workspace: Workspace, config: Json, given: object) -> list[Any]:
    if not isinstance(given, list):
        raise invalid(f"{config['name']} is expected to be files.")
    richtext.check_length(given, f"body.properties.{config['name']}.files")
    return given


_READERS: dict[str, Callable[[Workspace, Json, object], Any]] = {
    "title": _read_rich,
    "rich_text": _read_rich,
    "people": _read_people,
    "relation": _read_references,
    "date": _read_date,
    "number": _read_number,
    "checkbox": _read_checkbox,
    "url": _read_text,
    "email": _read_text,
    "phone_number": _read_text,
    "files": _read_files,
}


def spell_out(config: Json, value: Any) -> Any:
    """A value given in short by the admin API, in the vendor's shape; a value in that shape already stays."""
    kind = config["type"]
    if isinstance(value, dict) and kind in value:
        return value
    if kind in ("title", "rich_text") and isinstance(value, str):
        value = [{"text": item["text"]} for item in richtext.plain(value)]
    elif kind in ("select", "status") and isinstance(value, str):
        value = {"name": value}
    elif kind == "multi_select":
        value = [{"name": item} if isinstance(item, str) else item for item in value or []]
    elif kind in ("people", "relation"):
        value = [{"id": item} if isinstance(item, str) else item for item in value or []]
    elif kind == "date" and isinstance(value, str):
        value = {"start": value}
    return {kind: value}


def title_of(page: Page, schema: dict[str, Json]) -> list[Json]:
    """The kept rich text of a page's title."""
    for config in schema.values():
        if config["type"] == "title":
            items: list[Json] = page.values.get(config["id"], [])
            return items
    return []
