"""`/v1/data_sources`, `/v1/databases` and `/v1/search`."""

from . import properties, richtext
from .call import Call
from .errors import invalid, not_found
from .filters import Query, ordered
from .model import DataSource, Json, Page, Ref
from .paging import paginate
from .reader import NEW
from .workspace import minute

QUERY_RESULT_LIMIT = 10_000
LIST_TYPE = "page_or_data_source"


def retrieve_source(call: Call) -> Json:
    """GET /v1/data_sources/{data_source_id}: the schema."""
    call.need("read_content")
    return call.view.data_source(call.data_source(call.path_id("data_source_id")))


def query(call: Call) -> Json:
    """POST /v1/data_sources/{data_source_id}/query."""
    call.need("read_content")
    source = call.data_source(call.path_id("data_source_id"))
    trashed = _trashed(call)
    found = [page for page in call.workspace.pages_of(source.id) if page.in_trash == trashed]
    found = [page for page in found if call.sees(Ref("page", page.id))]
    if call.body.get("filter") is not None:
        test = Query(call.workspace, source.properties, call.bot).compile(call.body["filter"])
        found = [page for page in found if test(page)]
    found = ordered(call.workspace, source.properties, found, call.body.get("sorts") or [])
    limited, only = found[:QUERY_RESULT_LIMIT], call.only()
    answer = paginate(
        limited, call.body, lambda p: p.id, lambda p: call.view.page(p, only), LIST_TYPE, cap=call.page_cap
    )
    status: Json = {"type": "complete"}
    if len(found) > len(limited) and not answer["has_more"]:
        status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    return answer | {"request_status": status}


def retrieve_database(call: Call) -> Json:
    """GET /v1/databases/{database_id}: the container with its data sources."""
    call.need("read_content")
    database_id = call.path_id("database_id")
    database = call.workspace.databases.get(database_id)
    if database is None or not call.sees(Ref("database", database_id)):
        raise not_found("database", database_id)
    return call.view.database(database)


def search(call: Call) -> Json:
    """POST /v1/search: by title, pages and data sources, last edited first unless sorted otherwise."""
    call.need("read_content")
    wanted = str(call.body.get("query") or "").lower()
    condition, sort = call.body.get("filter") or {}, call.body.get("sort") or {}
    if not isinstance(condition, dict) or not isinstance(sort, dict):
        raise invalid("body failed validation: body.filter and body.sort should be objects.")
    kind, trashed = condition.get("value"), condition.get("in_trash", False)
    if kind not in (None, "page", "data_source"):
        raise invalid("body failed validation: body.filter.value should be `page` or `data_source`.")
    things: list[Page | DataSource] = []
    if kind != "data_source":
        things += [p for p in call.workspace.pages.values() if call.sees(Ref("page", p.id))]
    if kind != "page":
        things += [s for s in call.workspace.data_sources.values() if call.sees(Ref("data_source", s.id))]
    found = [t for t in things if t.in_trash == trashed and wanted in _title(call, t).lower()]
    ascending = sort.get("direction") == "ascending"
    found.sort(key=lambda thing: minute(thing.edited_ms), reverse=not ascending)
    return paginate(found, call.body, lambda t: t.id, lambda t: _shown(call, t), LIST_TYPE, cap=call.page_cap)


def _trashed(call: Call) -> bool:
    if "archived" in call.body and call.version >= NEW:
        raise invalid(
            "body failed validation: body.archived should be not present. Use `in_trash` since 2026-03-11."
        )
    return call.body.get("in_trash", call.body.get("archived", False)) is True


def _title(call: Call, thing: Page | DataSource) -> str:
    if isinstance(thing, DataSource):
        return thing.title
    items = properties.title_of(thing, call.workspace.schema_of(thing))
    return richtext.plain_text(items, call.workspace.name_of)


def _shown(call: Call, thing: Page | DataSource) -> Json:
    return call.view.page(thing) if isinstance(thing, Page) else call.view.data_source(thing)
