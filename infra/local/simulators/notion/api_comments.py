"""`/v1/comments`: create, list, retrieve, update and delete (own comments only)."""

from . import discussions, richtext
from .call import Call, reference
from .errors import invalid, restricted
from .ids import required_id
from .model import Comment, Json, Ref
from .paging import paginate


def create(call: Call) -> Json:
    """POST /v1/comments: at a page or block, or into a discussion."""
    call.need("insert_comments")
    text = _text(call)
    name = _display_name(call)
    if ("parent" in call.body) == ("discussion_id" in call.body):
        raise invalid(
            "body failed validation: exactly one of body.parent and body.discussion_id should be defined."
        )
    if "parent" in call.body:
        parent = _parent(call)
        comment = discussions.create(call.workspace, parent, text, call.bot, name)
        return call.view.comment(comment)
    where = "body failed validation: body.discussion_id"
    discussion_id = required_id(call.body["discussion_id"], where)
    first = call.comment(discussions.of_discussion(call.workspace, discussion_id)[0].id)
    comment = discussions.create(
        call.workspace, first.parent, text, call.bot, name, discussion_id=discussion_id
    )
    return call.view.comment(comment)


def list_open(call: Call) -> Json:
    """GET /v1/comments?block_id=: unresolved ones, oldest first."""
    call.need("read_comments")
    block_id = (call.query.get("block_id") or [""])[0]
    ref = call.holder(required_id(block_id, "query failed validation: query.block_id"))
    found = discussions.open_at(call.workspace, ref)
    return paginate(found, call.asked(), lambda c: c.id, call.view.comment, "comment", cap=call.page_cap)


def retrieve(call: Call) -> Json:
    """GET /v1/comments/{comment_id}."""
    call.need("read_comments")
    return call.view.comment(call.comment(call.path_id("comment_id")))


def update(call: Call) -> Json:
    """PATCH /v1/comments/{comment_id}."""
    comment = _own(call)
    discussions.edit(call.workspace, comment, _text(call), call.bot)
    return call.view.comment(comment)


def delete(call: Call) -> Json:
    """DELETE /v1/comments/{comment_id}."""
    comment = _own(call)
    discussions.delete(call.workspace, comment, call.bot)
    return call.view.comment(comment)


def _own(call: Call) -> Comment:
    call.need("insert_comments")
    comment = call.comment(call.path_id("comment_id"))
    if comment.by != call.bot:
        raise restricted()
    return comment


def _parent(call: Call) -> Ref:
    found = reference(call.body["parent"], ("page", "block"))
    if found.kind == "page":
        call.page(found.id)
        return found
    return call.holder(found.id)


def _text(call: Call) -> list[Json]:
    if ("rich_text" in call.body) == ("markdown" in call.body):
        raise invalid(
            "body failed validation: exactly one of body.rich_text and body.markdown should be defined."
        )
    exists = call.workspace.user_exists
    if "rich_text" in call.body:
        items = richtext.read(call.body["rich_text"], "body.rich_text", exists)
    elif isinstance(call.body["markdown"], str):
        items = richtext.from_markdown(call.body["markdown"], exists)
        richtext.check_length(items, "body.markdown")
    else:
        raise invalid("body failed validation: body.markdown should be a string.")
    if not items:
        raise invalid("body failed validation: a comment should have some text.")
    return items


def _display_name(call: Call) -> Json | None:
    given = call.body.get("display_name")
    if given is None:
        return None
    kind = given.get("type") if isinstance(given, dict) else None
    bot = call.workspace.name_of(call.bot)
    if kind == "custom" and isinstance(given.get("custom"), dict):
        name = richtext.check_text(
            given["custom"].get("name"), richtext.CONTENT_LIMIT, "body.display_name.custom.name"
        )
        return {"type": "custom", "resolved_name": name}
    if kind in ("integration", "user"):
        return {"type": kind, "resolved_name": bot}
    raise invalid(
        "body failed validation: body.display_name.type should be `integration`, `user` or `custom`."
    )
