"""`/v1/pages`: create, retrieve, update, move, and retrieve a page property."""

from . import pages, properties
from .api_blocks import read_blocks
from .call import Call, reference
from .errors import invalid
from .model import Json, Page, Ref
from .paging import paginate
from .reader import NEW

LISTED_TYPES = ("title", "rich_text", "people", "relation")


def retrieve(call: Call) -> Json:
    """GET /v1/pages/{page_id}."""
    call.need("read_content")
    return call.view.page(call.page(call.path_id("page_id")), call.only())


def create(call: Call) -> Json:
    """POST /v1/pages."""
    call.need("insert_content")
    parent = _parent(call, call.body.get("parent"))
    schema = call.workspace.schema_below(parent)
    values, grown = properties.read_all(call.workspace, schema, call.body.get("properties") or {})
    blocks = read_blocks(call, call.body.get("children") or [])
    if grown:
        pages.announce_options(call.workspace, parent.id, grown, call.bot)
    page = pages.create(call.workspace, parent, values, call.bot)
    page.icon, page.cover = call.body.get("icon"), call.body.get("cover")
    if blocks:
        pages.append(call.workspace, Ref("page", page.id), page, blocks, call.bot)
    call.committed = {"committed_resource_id": page.id}
    return _shown(call, page)


def update(call: Call) -> Json:
    """PATCH /v1/pages/{page_id}: properties, trash, lock, icon, cover."""
    call.need("update_content")
    page = call.page(call.path_id("page_id"))
    trashed = _trash_wish(call)
    values, grown = properties.read_all(
        call.workspace, call.workspace.schema_of(page), call.body.get("properties") or {}
    )
    if page.in_trash and trashed is not False and (values or trashed is None):
        raise invalid(pages.ARCHIVED_MESSAGE)
    if trashed is False:
        pages.set_trashed(call.workspace, page, call.bot, trashed=False)
    if grown:
        pages.announce_options(call.workspace, page.parent.id, grown, call.bot)
    pages.update(call.workspace, page, values, call.bot)
    for name in ("icon", "cover"):
        if name in call.body:
            setattr(page, name, call.body[name])
    if isinstance(call.body.get("is_locked"), bool):
        pages.set_locked(call.workspace, page, call.bot, locked=call.body["is_locked"])
    if trashed:
        pages.set_trashed(call.workspace, page, call.bot, trashed=True)
    return _shown(call, page)


def move(call: Call) -> Json:
    """POST /v1/pages/{page_id}/move."""
    call.need("update_content")
    page = call.page(call.path_id("page_id"))
    pages.move(call.workspace, page, _parent(call, call.body.get("parent")), call.bot)
    return _shown(call, page)


def retrieve_property(call: Call) -> Json:
    """GET /v1/pages/{page_id}/properties/{property_id}: a value, or a paginated list for the long types."""
    call.need("read_content")
    page = call.page(call.path_id("page_id"))
    config = properties.find(call.workspace.schema_of(page), call.ids[1])
    if config is None:
        raise invalid(f"Could not find property with name or id: {call.ids[1]}")
    kind, view = config["type"], call.view
    if kind not in LISTED_TYPES:
        return {"object": "property_item", **view.value(page, config)}
    whole = list(enumerate(view.plain_value(config, page.values.get(config["id"]) or [])))
    answer = paginate(
        whole,
        call.asked(),
        key=lambda item: str(item[0]),
        write=lambda item: {"object": "property_item", "id": config["id"], "type": kind, kind: item[1]},
        kind="property_item",
        cap=call.page_cap,
    )
    return answer | {"property_item": {"id": config["id"], "type": kind, kind: {}, "next_url": None}}


def _shown(call: Call, page: Page) -> Json:
    if not call.connection.capabilities.read_content:
        return {"object": "page", "id": page.id}
    return call.view.page(page, call.only())


def _trash_wish(call: Call) -> bool | None:
    if "archived" in call.body and call.version >= NEW:
        raise invalid(
            "body failed validation: body.archived should be not present, instead was "
            f"`{str(call.body['archived']).lower()}`. Use `in_trash` since 2026-03-11."
        )
    wish = call.body.get("in_trash", call.body.get("archived"))
    if wish is not None and not isinstance(wish, bool):
        raise invalid(f"body failed validation: body.in_trash should be a boolean, instead was `{wish!r}`.")
    return wish


def _parent(call: Call, given: object) -> Ref:
    if isinstance(given, dict) and given.get("workspace") is True:
        return Ref("workspace", call.workspace.id)
    found = reference(given, ("page", "data_source", "database"))
    if found.kind == "page":
        call.page(found.id)
    elif found.kind == "data_source":
        call.data_source(found.id)
    else:
        return _only_source(call, found.id)
    return found


def _only_source(call: Call, database_id: str) -> Ref:
    database = call.workspace.databases.get(database_id)
    if database is None or not call.sees(Ref("database", database_id)):
        raise invalid(f"Could not find database with ID: {database_id}.")
    if len(database.data_source_ids) != 1:
        raise invalid("Databases with multiple data sources are not supported in this API version.")
    return Ref("data_source", database.data_source_ids[0])
