"""What `ContentControl` promises, done. Argument names are the admin API's."""

from typing import Any

from . import api_blocks, discussions, pages, properties, richtext, schema, schema_changes
from .errors import SimulatorError
from .machine import Machine
from .model import Database, DataSource, Json, Ref, User
from .render import View


class ContentOperations:
    """Users, data sources, pages, blocks, comments."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def add_user(
        self,
        name: str,
        *,
        email: str | None = None,
        user_id: str | None = None,
        kind: str = "person",
        guest: bool = False,
    ) -> str:
        """Add a person, a guest or a bot."""
        if kind not in ("person", "bot"):
            raise SimulatorError("a user is a person or a bot")
        workspace = self.machine.workspace
        made = User(
            user_id or workspace.ids.uuid(), name, "bot" if kind == "bot" else "person", email, guest=guest
        )
        workspace.users[made.id] = made
        return made.id

    def set_user(self, user_id: str, *, active: bool) -> None:
        """Deactivate, or take back."""
        self.machine.workspace.users[self.machine.person(user_id)].active = active

    def add_group(self, name: str, *, group_id: str | None = None) -> str:
        """Add a group."""
        made = group_id or self.machine.workspace.ids.uuid()
        self.machine.workspace.groups[made] = name
        return made

    def add_data_source(
        self,
        title: str,
        properties: Json,  # the admin API's word, not the module
        *,
        data_source_id: str | None = None,
        database_id: str | None = None,
        database_title: str | None = None,
    ) -> str:
        """Add a data source, and its database when that is new."""
        workspace, now = self.machine.workspace, self.machine.workspace.now_ms()
        configs = schema.build(properties, workspace.ids)
        database_id = database_id or workspace.ids.uuid()
        if database_id not in workspace.databases:
            top = Ref("workspace", workspace.id)
            workspace.databases[database_id] = Database(database_id, database_title or title, top, now, now)
        bot = self.machine.default.bot_id
        made = DataSource(
            data_source_id or workspace.ids.uuid(), title, database_id, bot, now, now, bot, configs
        )
        workspace.data_sources[made.id] = made
        workspace.databases[database_id].data_source_ids.append(made.id)
        return made.id

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
        """Change a schema and announce it."""
        workspace = self.machine.workspace
        source = workspace.data_source(data_source_id)
        told = [
            *schema_changes.remove(workspace, source, remove or []),
            *schema_changes.rename(source, rename or {}),
            *schema_changes.retype(workspace, source, retype or {}),
            *schema_changes.rename_options(source, rename_options or {}),
            *schema_changes.remove_options(workspace, source, remove_options or {}),
            *schema_changes.add_options(workspace, source, add_options or {}),
            *schema_changes.add(workspace, source, add or {}),
        ]
        source.edited_ms, source.edited_by = workspace.now_ms(), self.machine.person(by)
        if told:
            pages.announce_source(
                workspace, source.id, "schema_updated", source.edited_by, updated_properties=told
            )
        shown: Json = View(workspace, self.machine.default.capabilities).data_source(source)["properties"]
        return shown

    def add_page(
        self,
        data_source_id: str | None = None,
        properties: Json | None = None,
        *,
        parent_page_id: str | None = None,
        page_id: str | None = None,
        by: str | None = None,
    ) -> str:
        """Add a page, silently unless somebody does it."""
        workspace = self.machine.workspace
        parent = self.machine.target(data_source_id, parent_page_id)
        author = self.machine.person(by)
        values, _ = self._values(parent, properties or {})
        return pages.create(workspace, parent, values, author, page_id, silent=by is None).id

    def edit(
        self, page_id: str, *, properties: Json, by: str | None = None, silent: bool = False
    ) -> list[str]:
        """Change properties."""
        workspace = self.machine.workspace
        page, author = workspace.page(page_id), self.machine.person(by)
        values, grown = self._values(page.parent, properties)
        if grown and not silent:
            pages.announce_options(workspace, page.parent.id, grown, author)
        return pages.update(workspace, page, values, author, silent=silent)

    def append_text(self, page_id: str, text: str, *, by: str | None = None) -> str:
        """Add a paragraph."""
        content: Json = {"rich_text": richtext.plain(text), "color": "default"}
        return self._append(page_id, [("paragraph", content)], by)[0]

    def append_blocks(self, page_id: str, blocks: list[Json], *, by: str | None = None) -> list[str]:
        """Add blocks, and what is below them."""
        exists = self.machine.workspace.user_exists
        contents, below = [], []
        for block in blocks:
            kind = next(key for key in block if key not in ("object", "type"))
            content = dict(block[kind])
            below.append(content.pop("children", []))
            contents.append((kind, api_blocks.read_content(content, kind, exists)))
        made = self._append(page_id, contents, by)
        for block_id, children in zip(made, below, strict=True):
            if children:
                self.append_blocks(block_id, children, by=by)
        return made

    def _append(self, page_id: str, contents: list[tuple[str, Json]], by: str | None) -> list[str]:
        workspace = self.machine.workspace
        kind = "page" if page_id in workspace.pages else "block"
        holder = page_id if kind == "page" else workspace.blocks[page_id].page_id
        author = self.machine.person(by)
        made = pages.append(workspace, Ref(kind, page_id), workspace.page(holder), contents, author)
        return [block.id for block in made]

    def trash(self, page_id: str, *, by: str | None = None) -> None:
        """Into the trash."""
        self._each(pages.set_trashed, page_id, by, trashed=True)

    def restore(self, page_id: str, *, by: str | None = None) -> None:
        """Out of the trash."""
        self._each(pages.set_trashed, page_id, by, trashed=False)

    def lock(self, page_id: str, *, by: str | None = None) -> None:
        """Lock."""
        self._each(pages.set_locked, page_id, by, locked=True)

    def unlock(self, page_id: str, *, by: str | None = None) -> None:
        """Unlock."""
        self._each(pages.set_locked, page_id, by, locked=False)

    def delete_forever(self, page_id: str) -> None:
        """Remove for good."""
        workspace = self.machine.workspace
        workspace.pages.pop(workspace.page(page_id).id)
        for comment in workspace.comments.values():
            comment.deleted = comment.deleted or comment.page_id == page_id

    def move(
        self,
        page_id: str,
        *,
        data_source_id: str | None = None,
        parent_page_id: str | None = None,
        by: str | None = None,
    ) -> None:
        """Give a page another parent."""
        workspace = self.machine.workspace
        parent = self.machine.target(data_source_id, parent_page_id)
        pages.move(workspace, workspace.page(page_id), parent, self.machine.person(by))

    def add_comment(
        self, page_id: str, text: str, *, by: str | None = None, discussion_id: str | None = None
    ) -> str:
        """Comment as a person."""
        workspace = self.machine.workspace
        kind = "page" if page_id in workspace.pages else "block"
        words = richtext.from_markdown(text, workspace.user_exists)
        author, place = self.machine.person(by), Ref(kind, page_id)
        return discussions.create(workspace, place, words, author, discussion_id=discussion_id).id

    def edit_comment(self, comment_id: str, text: str) -> None:
        """Change a comment's text."""
        workspace = self.machine.workspace
        comment = workspace.comment(comment_id)
        words = richtext.from_markdown(text, workspace.user_exists)
        discussions.edit(workspace, comment, words, comment.by)

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment."""
        comment = self.machine.workspace.comment(comment_id)
        discussions.delete(self.machine.workspace, comment, comment.by)

    def resolve(self, comment_id: str, *, resolved: bool = True) -> None:
        """Resolve or reopen a discussion."""
        known = self.machine.workspace.resolved_discussions
        discussion = self.machine.workspace.comment(comment_id).discussion_id
        (known.add if resolved else known.discard)(discussion)

    def unshare(self, object_id: str, *, connection_id: str | None = None) -> None:
        """Hide from a connection."""
        self.machine.connection(connection_id).hidden.add(object_id)

    def share(self, object_id: str, *, connection_id: str | None = None) -> None:
        """Show again."""
        self.machine.connection(connection_id).hidden.discard(object_id)

    def _each(self, change: Any, page_id: str, by: str | None, **state: bool) -> None:
        workspace = self.machine.workspace
        change(workspace, workspace.page(page_id), self.machine.person(by), **state)

    def _values(self, parent: Ref, given: Json) -> tuple[Json, list[str]]:
        workspace = self.machine.workspace
        configs = workspace.schema_below(parent)
        spelled = {}
        for name, value in given.items():
            config = properties.find(configs, name)
            spelled[name] = value if config is None else properties.spell_out(config, value)
        return properties.read_all(workspace, configs, spelled)
