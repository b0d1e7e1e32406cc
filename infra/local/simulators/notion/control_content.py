"""The admin API, first part: what is in the workspace, and what people do to it.

`by` is a user's id (default: the first person). Property values may be given in short (``{"Status": "Doing",
"Assignee": [user_id], "Name": "Ship it", "Due": "2026-11-21"}``) or in the vendor's shape.
Everything that people do is told to subscribers; `add_page` tells only when `by` is given, so that seeding is silent.
"""

from .control_base import ControlBase
from .model import Json


class ContentControl(ControlBase):
    """Users, data sources, pages, blocks, comments."""

    def add_user(
        self,
        name: str,
        *,
        email: str | None = None,
        user_id: str | None = None,
        kind: str = "person",
        guest: bool = False,
    ) -> str:
        """Add a person (or ``kind="bot"``); the id. A guest is found by id and never listed."""
        return self._text("add_user", name=name, email=email, user_id=user_id, kind=kind, guest=guest)

    def set_user(self, user_id: str, *, active: bool) -> None:
        """Deactivate a person or take them back: who is not active is not found, and is only an id where they stand."""
        self._call("set_user", user_id=user_id, active=active)

    def add_group(self, name: str, *, group_id: str | None = None) -> str:
        """Add a group, which may stand in people properties; the id."""
        return self._text("add_group", name=name, group_id=group_id)

    def add_data_source(
        self,
        title: str,
        properties: Json,
        *,
        data_source_id: str | None = None,
        database_id: str | None = None,
        database_title: str | None = None,
    ) -> str:
        """Add a data source, in a new database unless `database_id` exists; its id.

        `properties` maps a name to a type (``"people"``), or to ``{"type", "id"?, "options"?: [names or objects]}``.
        """
        return self._text(
            "add_data_source",
            title=title,
            properties=properties,
            data_source_id=data_source_id,
            database_id=database_id,
            database_title=database_title,
        )

    def update_schema(
        self,
        data_source_id: str,
        *,
        add: Json | None = None,
        rename: dict[str, str] | None = None,
        remove: list[str] | None = None,
        retype: dict[str, str] | None = None,
        rename_options: dict[str, dict[str, str]] | None = None,
        remove_options: dict[str, list[str]] | None = None,
        add_options: dict[str, list[str]] | None = None,
        by: str | None = None,
    ) -> Json:
        """Add, rename, remove or retype properties (by name or id), or change their options; the new schema by name.

        Options by property: ``rename_options={"Status": {"Done": "Finished"}}``,
        ``remove_options={"Status": ["Blocked"]}``, and so ``add_options``.
        """
        return self._json(
            "update_schema",
            data_source_id=data_source_id,
            add=add,
            rename=rename,
            remove=remove,
            retype=retype,
            rename_options=rename_options,
            remove_options=remove_options,
            add_options=add_options,
            by=by,
        )

    def add_page(
        self,
        data_source_id: str | None = None,
        properties: Json | None = None,
        *,
        parent_page_id: str | None = None,
        page_id: str | None = None,
        by: str | None = None,
    ) -> str:
        """Add a page to a data source, below a page, or at the top of the workspace; its id."""
        return self._text(
            "add_page",
            data_source_id=data_source_id,
            properties=properties,
            parent_page_id=parent_page_id,
            page_id=page_id,
            by=by,
        )

    def edit(
        self, page_id: str, *, properties: Json, by: str | None = None, silent: bool = False
    ) -> list[str]:
        """Change properties as a person does; the ids of those that changed. `silent` tells nobody."""
        changed: list[str] = self._call("edit", page_id=page_id, properties=properties, by=by, silent=silent)
        return changed

    def append_text(self, page_id: str, text: str, *, by: str | None = None) -> str:
        """Add a paragraph to a page (or block); the block's id."""
        return self._text("append_text", page_id=page_id, text=text, by=by)

    def append_blocks(self, page_id: str, blocks: list[Json], *, by: str | None = None) -> list[str]:
        """Add blocks in the vendor's shape, with `children` to any depth, to a page (or block); the ids of the first level."""
        made: list[str] = self._call("append_blocks", page_id=page_id, blocks=blocks, by=by)
        return made

    def trash(self, page_id: str, *, by: str | None = None) -> None:
        """Move a page to the trash."""
        self._call("trash", page_id=page_id, by=by)

    def restore(self, page_id: str, *, by: str | None = None) -> None:
        """Take a page out of the trash."""
        self._call("restore", page_id=page_id, by=by)

    def delete_forever(self, page_id: str) -> None:
        """Remove a page for good: from now on it is not found. Notion sends nothing for that."""
        self._call("delete_forever", page_id=page_id)

    def move(
        self,
        page_id: str,
        *,
        data_source_id: str | None = None,
        parent_page_id: str | None = None,
        by: str | None = None,
    ) -> None:
        """Move a page elsewhere; without a target to the top of the workspace."""
        self._call(
            "move", page_id=page_id, data_source_id=data_source_id, parent_page_id=parent_page_id, by=by
        )

    def lock(self, page_id: str, *, by: str | None = None) -> None:
        """Lock a page."""
        self._call("lock", page_id=page_id, by=by)

    def unlock(self, page_id: str, *, by: str | None = None) -> None:
        """Unlock a page."""
        self._call("unlock", page_id=page_id, by=by)

    def add_comment(
        self, page_id: str, text: str, *, by: str | None = None, discussion_id: str | None = None
    ) -> str:
        """Comment as a person, in markdown; on a page or block, or in a discussion; the id."""
        return self._text("add_comment", page_id=page_id, text=text, by=by, discussion_id=discussion_id)

    def edit_comment(self, comment_id: str, text: str) -> None:
        """Change a comment's text as its author."""
        self._call("edit_comment", comment_id=comment_id, text=text)

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment as its author."""
        self._call("delete_comment", comment_id=comment_id)

    def resolve(self, comment_id: str, *, resolved: bool = True) -> None:
        """Resolve (or reopen) the discussion of a comment: the vendor's list stops (or starts) showing it."""
        self._call("resolve", comment_id=comment_id, resolved=resolved)

    def unshare(self, object_id: str, *, connection_id: str | None = None) -> None:
        """Hide a page, data source or database, and what is below it, from a connection."""
        self._call("unshare", object_id=object_id, connection_id=connection_id)

    def share(self, object_id: str, *, connection_id: str | None = None) -> None:
        """Undo `unshare`."""
        self._call("share", object_id=object_id, connection_id=connection_id)
