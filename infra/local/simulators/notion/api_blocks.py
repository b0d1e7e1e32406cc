"""`/v1/blocks`: retrieve a block, list its children, append children."""

from . import pages, richtext
from .call import Call
from .errors import invalid, not_found
from .ids import required_id
from .model import Json, Ref
from .paging import paginate
from .reader import NEW


def retrieve(call: Call) -> Json:
    """GET /v1/blocks/{block_id}."""
    call.need("read_content")
    ref = call.holder(call.path_id("block_id"))
    return _shown(call, ref.id)


def children(call: Call) -> Json:
    """GET /v1/blocks/{block_id}/children."""
    call.need("read_content")
    ref = call.holder(call.path_id("block_id"))
    return _listed(call, call.workspace.children_of(ref), call.asked())


def append(call: Call) -> Json:
    """PATCH /v1/blocks/{block_id}/children: at the end, or where `after` (old) or `position` (new) says."""
    call.need("insert_content")
    ref = call.holder(call.path_id("block_id"))
    blocks = read_blocks(call, call.body.get("children"))
    index = _index(call, _children_of(call, ref))
    page_id = ref.id if ref.kind == "page" else call.workspace.blocks[ref.id].page_id
    made = pages.append(call.workspace, ref, call.workspace.page(page_id), blocks, call.bot, index=index)
    ids = [block.id for block in made]
    call.committed = {"committed_child_ids": ids}
    return _listed(call, ids, {})


def read_blocks(call: Call, given: object) -> list[tuple[str, Json]]:
    """Type and kept content of the blocks in a request.

    Raises:
        ApiError: 400 `validation_error`.
    """
    if not isinstance(given, list):
        raise invalid("body failed validation: body.children should be defined, instead was `undefined`.")
    richtext.check_length(given, "body.children")
    read = []
    for number, block in enumerate(given):
        where = f"body.children[{number}]"
        kinds = [key for key in block if key not in ("object", "type")] if isinstance(block, dict) else []
        if len(kinds) != 1 or not isinstance(block[kinds[0]], dict):
            raise invalid(f"body failed validation: {where} should hold exactly one block type.")
        content = dict(block[kinds[0]])
        if "children" in content:
            raise invalid(
                f"{where}: this simulator takes one level of blocks; append the children afterwards."
            )
        read.append((kinds[0], read_content(content, f"{where}.{kinds[0]}", call.workspace.user_exists)))
    return read


def read_content(content: Json, where: str, user_exists: richtext.UserCheck) -> Json:
    """The kept form of what stands under a block's type.

    Raises:
        ApiError: 400 `validation_error`.
    """
    kept = dict(content)
    for key in ("rich_text", "caption"):
        if key in kept:
            kept[key] = richtext.read(kept[key], f"{where}.{key}", user_exists)
    if "cells" in kept:
        kept["cells"] = [richtext.read(cell, f"{where}.cells", user_exists) for cell in kept["cells"]]
    if "rich_text" in kept:
        kept.setdefault("color", "default")
    return kept


def _children_of(call: Call, ref: Ref) -> list[str]:
    if ref.kind == "page":
        return call.workspace.page(ref.id).children
    return call.workspace.blocks[ref.id].children


def _index(call: Call, siblings: list[str]) -> int | None:
    position = call.body.get("position")
    if "after" in call.body:
        if call.version >= NEW:
            raise invalid(
                "body failed validation: body.after should be not present. Use `position` since 2026-03-11."
            )
        return _behind(siblings, call.body["after"])
    if position is None:
        return None
    kind = position.get("type") if isinstance(position, dict) else None
    if kind == "after_block":
        block = position.get("after_block")
        return _behind(siblings, block.get("id") if isinstance(block, dict) else None)
    if kind not in ("start", "end"):
        raise invalid("body failed validation: body.position.type should be `after_block`, `start` or `end`.")
    return 0 if kind == "start" else None


def _behind(siblings: list[str], block_id: object) -> int:
    wanted = required_id(block_id, "body failed validation: body.after")
    if wanted not in siblings:
        raise not_found("block", wanted)
    return siblings.index(wanted) + 1


def _listed(call: Call, ids: list[str], asked: Json) -> Json:
    return paginate(ids, asked, lambda i: i, lambda i: _shown(call, i), "block", cap=call.page_cap)


def _shown(call: Call, block_id: str) -> Json:
    """A block; a page is one, too."""
    if block_id in call.workspace.blocks:
        return call.view.block(call.workspace.blocks[block_id])
    page = call.workspace.page(block_id)
    shown = call.view.page(page)
    kept = (
        "id",
        "parent",
        "created_time",
        "last_edited_time",
        "created_by",
        "last_edited_by",
        "in_trash",
    )
    title = "".join(
        item["plain_text"]
        for value in shown["properties"].values()
        if value["type"] == "title"
        for item in value["title"]
    )
    return {
        "object": "block",
        **{key: shown[key] for key in kept},
        "has_children": call.workspace.has_children(Ref("page", page.id)),
        "type": "child_page",
        "child_page": {"title": title},
    }
