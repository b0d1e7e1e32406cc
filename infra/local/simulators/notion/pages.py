"""What happens to pages, whoever does it: a person through the admin API or a bot through the vendor API.

Promises that each function changes the state and announces what Notion would announce, once, and nothing when nothing
changed. All of them need the workspace's lock held.
"""

from typing import Any

from . import properties
from .errors import invalid
from .model import Block, Json, Page, Ref
from .workspace import Workspace

ARCHIVED_MESSAGE = "Can't edit block that is archived. You must unarchive the block before editing."


def create(
    workspace: Workspace,
    parent: Ref,
    values: dict[str, Any],
    author: str,
    page_id: str | None = None,
    *,
    silent: bool = False,
) -> Page:
    """Create a page with already kept ``values``; ``silent`` announces nothing (seeding)."""
    now = workspace.now_ms()
    workspace.page_numbers += 1
    page = Page(
        page_id or workspace.ids.uuid(),
        parent,
        now,
        now,
        author,
        author,
        values,
        number=workspace.page_numbers,
    )
    workspace.pages[page.id] = page
    if not silent:
        announce_created(workspace, page, author)
    return page


def announce_created(workspace: Workspace, page: Page, author: str) -> None:
    """Announce a page that is there already."""
    _announce(workspace, page, "page.created", author)
    _container_changed(workspace, page.parent, page.id, author)


def update(
    workspace: Workspace, page: Page, values: dict[str, Any], author: str, *, silent: bool = False
) -> list[str]:
    """Write kept ``values``.

    Returns:
        The ids of the properties whose value really changed.

    Raises:
        ApiError: 400 when the page is in the trash.
    """
    if page.in_trash:
        raise invalid(ARCHIVED_MESSAGE)
    changed = [key for key, value in values.items() if _differs(page.values.get(key), value)]
    if not changed:
        return []
    page.values.update({key: values[key] for key in changed})
    _touch(workspace, page, author)
    if silent:
        return changed
    schema = workspace.schema_of(page)
    titled = any(schema[key]["type"] == "title" for key in changed)
    shown = [key for key in changed if workspace.title_events != "content" or schema[key]["type"] != "title"]
    if shown:
        _announce(workspace, page, "page.properties_updated", author, updated_properties=shown)
    if titled and workspace.title_events != "properties":
        blocks = [{"id": page.id, "type": "page"}]
        _announce(workspace, page, "page.content_updated", author, updated_blocks=blocks)
    return changed


def announce_options(workspace: Workspace, source_id: str, property_ids: list[str], author: str) -> None:
    """Tell that select properties gained options because somebody wrote a new one."""
    schema = workspace.data_source(source_id).properties
    updated = [{"id": i, "name": schema[i]["name"], "action": "updated"} for i in dict.fromkeys(property_ids)]
    announce_source(workspace, source_id, "schema_updated", author, updated_properties=updated)


def announce_source(workspace: Workspace, source_id: str, verb: str, author: str, **data: object) -> None:
    """Announce ``data_source.<verb>``."""
    source = workspace.data_source(source_id)
    parent = {"id": source.database_id, "type": "database"}
    workspace.announce(
        f"data_source.{verb}", Ref("data_source", source_id), author, {"parent": parent, **data}
    )


def set_trashed(workspace: Workspace, page: Page, author: str, *, trashed: bool) -> bool:
    """Move to the trash or back; False when it already is there."""
    if page.in_trash == trashed:
        return False
    page.in_trash = trashed
    _touch(workspace, page, author)
    _announce(workspace, page, "page.deleted" if trashed else "page.undeleted", author)
    _container_changed(workspace, page.parent, page.id, author)
    return True


def set_locked(workspace: Workspace, page: Page, author: str, *, locked: bool) -> bool:
    """Lock or unlock; False when it already is so."""
    if page.locked == locked:
        return False
    page.locked = locked
    _announce(workspace, page, "page.locked" if locked else "page.unlocked", author)
    return True


def move(workspace: Workspace, page: Page, parent: Ref, author: str) -> bool:
    """Give the page another parent; values survive where the new schema has the same name and type."""
    if page.parent == parent:
        return False
    old, old_schema = page.parent, workspace.schema_of(page)
    by_name = {(c["name"], c["type"]): page.values[i] for i, c in old_schema.items() if i in page.values}
    title = properties.title_of(page, old_schema)
    page.parent = parent
    page.values = {}
    for key, config in workspace.schema_of(page).items():
        if config["type"] == "title":
            page.values[key] = title
        elif (config["name"], config["type"]) in by_name and config["type"] not in properties.OPTION_TYPES:
            page.values[key] = by_name[(config["name"], config["type"])]
    _touch(workspace, page, author)
    _announce(workspace, page, "page.moved", author)
    _container_changed(workspace, old, page.id, author)
    _container_changed(workspace, parent, page.id, author)
    return True


def append(
    workspace: Workspace,
    parent: Ref,
    page: Page,
    contents: list[tuple[str, Json]],
    author: str,
    *,
    index: int | None = None,
) -> list[Block]:
    """Add blocks (type, kept content) below ``parent`` at ``index`` (default: at the end)."""
    if page.in_trash:
        raise invalid(ARCHIVED_MESSAGE)
    now = workspace.now_ms()
    made = [
        Block(workspace.ids.uuid(), kind, content, parent, page.id, now, now, author, author)
        for kind, content in contents
    ]
    holder = page.children if parent.kind == "page" else workspace.blocks[parent.id].children
    at = len(holder) if index is None else index
    holder[at:at] = [block.id for block in made]
    workspace.blocks.update({block.id: block for block in made})
    _touch(workspace, page, author)
    blocks = [{"id": block.id, "type": "block"} for block in made]
    _announce(workspace, page, "page.content_updated", author, updated_blocks=blocks)
    return made


def _touch(workspace: Workspace, page: Page, author: str) -> None:
    page.edited_ms = workspace.now_ms()
    page.edited_by = author


def _announce(workspace: Workspace, page: Page, event_type: str, author: str, **data: object) -> None:
    parent = workspace.event_parent(page.parent)
    workspace.announce(event_type, Ref("page", page.id), author, {"parent": parent, **data})


def _container_changed(workspace: Workspace, parent: Ref, page_id: str, author: str) -> None:
    blocks = [{"id": page_id, "type": "page"}]
    if parent.kind == "data_source":
        announce_source(workspace, parent.id, "content_updated", author, updated_blocks=blocks)
    elif parent.kind == "page" and parent.id in workspace.pages:
        holder = workspace.pages[parent.id]
        _announce(workspace, holder, "page.content_updated", author, updated_blocks=blocks)


def _differs(old: Any, new: Any) -> bool:
    return (old or None) != (new or None) if not isinstance(new, int | float) else old != new
