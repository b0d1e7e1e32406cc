"""Comments and the discussions that hold them, whoever writes.

Promises the announcement of every change. Resolving is a person's act in the app: no event, no API; the comments just
vanish from the vendor's list.
"""

from .errors import invalid, not_found
from .model import Comment, Json, Ref
from .pages import ARCHIVED_MESSAGE
from .workspace import Workspace


def create(
    workspace: Workspace,
    parent: Ref,
    rich_text: list[Json],
    author: str,
    display_name: Json | None = None,
    *,
    discussion_id: str | None = None,
) -> Comment:
    """Add a comment at ``parent`` (a page or block), in a new discussion unless one is named."""
    page_id = parent.id if parent.kind == "page" else workspace.blocks[parent.id].page_id
    if workspace.page(page_id).in_trash:
        raise invalid(ARCHIVED_MESSAGE)
    kind = "integration" if workspace.users[author].kind == "bot" else "user"
    now = workspace.now_ms()
    comment = Comment(
        id=workspace.ids.uuid(),
        parent=parent,
        page_id=page_id,
        discussion_id=discussion_id or workspace.ids.uuid(),
        rich_text=rich_text,
        by=author,
        display_name=display_name or {"type": kind, "resolved_name": workspace.name_of(author)},
        created_ms=now,
        edited_ms=now,
    )
    workspace.comments[comment.id] = comment
    _announce(workspace, comment, "comment.created", author)
    return comment


def edit(workspace: Workspace, comment: Comment, rich_text: list[Json], author: str) -> None:
    """Replace the text."""
    comment.rich_text = rich_text
    comment.edited_ms = workspace.now_ms()
    _announce(workspace, comment, "comment.updated", author)


def delete(workspace: Workspace, comment: Comment, author: str) -> None:
    """Delete; the comment stays for the tests' eyes only."""
    comment.deleted = True
    _announce(workspace, comment, "comment.deleted", author)


def of_discussion(workspace: Workspace, discussion_id: str) -> list[Comment]:
    """The comments of a discussion, oldest first.

    Raises:
        ApiError: 404 when no comment is left in it.
    """
    found = [c for c in workspace.comments.values() if c.discussion_id == discussion_id and not c.deleted]
    if not found:
        raise not_found("discussion", discussion_id)
    return found


def open_at(workspace: Workspace, parent: Ref) -> list[Comment]:
    """The unresolved comments at exactly ``parent``, oldest first, as the vendor lists them."""
    return [
        comment
        for comment in workspace.comments.values()
        if comment.parent == parent
        and not comment.deleted
        and comment.discussion_id not in workspace.resolved_discussions
    ]


def _announce(workspace: Workspace, comment: Comment, event_type: str, author: str) -> None:
    data = {
        "page_id": comment.page_id,
        "parent": {"id": comment.parent.id, "type": comment.parent.kind},
    }
    about = (comment.id, *workspace.lineage(comment.parent))
    workspace.announce(event_type, Ref("comment", comment.id), author, data, about=about)
