"""What people do to a data source's schema: each function changes it and says what an event would name.

Promises that pages follow: what was removed has no value any more, and what was renamed keeps its own. Notion does not
document which status a page gets whose own was removed; here it is the first one that is left.
"""

from . import properties, schema
from .errors import SimulatorError
from .model import DataSource, Json
from .workspace import Workspace


def add(workspace: Workspace, source: DataSource, wanted: Json) -> list[Json]:
    """New properties, in the short notation."""
    told = []
    for name, given in wanted.items():
        config = schema.one(name, given, workspace.ids)
        source.properties[config["id"]] = config
        told.append(_told(config, "created"))
    return told


def remove(workspace: Workspace, source: DataSource, names: list[str]) -> list[Json]:
    """Properties that are gone."""
    told = []
    for name in names:
        gone = source.properties.pop(find(source, name)["id"])
        for page in workspace.pages_of(source.id):
            page.values.pop(gone["id"], None)
        told.append(_told(gone, "deleted"))
    return told


def rename(source: DataSource, names: dict[str, str]) -> list[Json]:
    """Properties with another name."""
    told = []
    for name, new in names.items():
        config = find(source, name)
        config["name"] = new
        told.append(_told(config, "updated"))
    return told


def retype(workspace: Workspace, source: DataSource, kinds: dict[str, str]) -> list[Json]:
    """Properties of another type, and empty."""
    told = []
    for name, kind in kinds.items():
        old = find(source, name)
        config = schema.one(old["name"], {"type": kind, "id": old["id"]}, workspace.ids)
        source.properties[old["id"]] = config
        for page in workspace.pages_of(source.id):
            page.values.pop(old["id"], None)
        told.append(_told(config, "updated"))
    return told


def rename_options(source: DataSource, changes: dict[str, dict[str, str]]) -> list[Json]:
    """Options with another name, by property and old name; pages keep them."""
    told = []
    for name, names in changes.items():
        config = find(source, name)
        for old, new in names.items():
            _option(config, old)["name"] = new
        told.append(_told(config, "updated"))
    return told


def remove_options(workspace: Workspace, source: DataSource, changes: dict[str, list[str]]) -> list[Json]:
    """Options that are gone, by property."""
    told = []
    for name, names in changes.items():
        config = find(source, name)
        for option in names:
            _drop(workspace, source, config, _option(config, option)["id"])
        told.append(_told(config, "updated"))
    return told


def add_options(workspace: Workspace, source: DataSource, changes: dict[str, list[str]]) -> list[Json]:
    """Options that are new, by property: with ids of their own, also where one had the name before."""
    told = []
    for name, options in changes.items():
        config = find(source, name)
        for option in options:
            _extend(workspace, config, option)
        told.append(_told(config, "updated"))
    return told


def find(source: DataSource, name: str) -> Json:
    """A property's configuration, by name or id.

    Raises:
        SimulatorError: there is none.
    """
    config = properties.find(source.properties, name)
    if config is None:
        raise SimulatorError(f"no property {name} in {source.title}")
    return config


def _option(config: Json, name: str) -> Json:
    details = config[config["type"]] if config["type"] in properties.OPTION_TYPES else {"options": []}
    for option in details["options"]:
        if option["name"] == name:
            found: Json = option
            return found
    raise SimulatorError(f"no option {name} in {config['name']}")


def _extend(workspace: Workspace, config: Json, name: str) -> None:
    if config["type"] not in properties.OPTION_TYPES:
        raise SimulatorError(f"{config['name']} has no options")
    details = config[config["type"]]
    if any(option["name"] == name for option in details["options"]):
        raise SimulatorError(f"{config['name']} has an option {name} already")
    made = schema.option(len(details["options"]), name, workspace.ids)
    details["options"].append(made)
    for group in details.get("groups", [])[:1]:  # a status that nobody sorted yet is one to do
        group["option_ids"].append(made["id"])


def _drop(workspace: Workspace, source: DataSource, config: Json, option_id: str) -> None:
    kind, details = config["type"], config[config["type"]]
    details["options"] = [option for option in details["options"] if option["id"] != option_id]
    for group in details.get("groups", []):
        group["option_ids"] = [i for i in group["option_ids"] if i != option_id]
    instead = details["options"][0]["id"] if kind == "status" and details["options"] else None
    for page in workspace.pages_of(source.id):
        value = page.values.get(config["id"])
        if isinstance(value, list):
            page.values[config["id"]] = [i for i in value if i != option_id]
        elif value == option_id:
            page.values[config["id"]] = instead


def _told(config: Json, action: str) -> Json:
    return {"id": config["id"], "name": config["name"], "action": action}
