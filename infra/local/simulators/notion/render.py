"""Notion's response shapes, as one reader may see them.

Promises the shapes of `@notionhq/client` 5.26.0, and at most 25 references of a people or relation property (the rest
is behind "retrieve a page property").
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import richtext
from .dates import iso
from .model import Block, Comment, Database, DataSource, Json, Page, Ref
from .properties import title_of
from .reader import Reader, partial_user
from .workspace import minute

REFERENCES_SHOWN = 25


@dataclass(frozen=True)
class View(Reader):
    """What one reader sees of `workspace`."""

    # -- pages -------------------------------------------------------------------------------------------------

    def page(self, page: Page, only: list[str] | None = None) -> Json:
        """A page; ``only`` names the properties to show (ids or names)."""
        schema = self.workspace.schema_of(page)
        properties = {
            config["name"]: self.value(page, config)
            for config in schema.values()
            if only is None or config["id"] in only or unquote(config["id"]) in only or config["name"] in only
        }
        answer: Json = {
            "object": "page",
            "id": page.id,
            **self.times(page),
            "created_by": partial_user(page.created_by),
            "last_edited_by": partial_user(page.edited_by),
            "cover": page.cover,
            "icon": page.icon,
            "parent": self.parent(page.parent),
            "in_trash": page.in_trash,
            "is_archived": False,
            "is_locked": page.locked,
            "properties": properties,
            "url": self._url(page),
            "public_url": None,
        }
        return self.aged(answer, in_trash=page.in_trash)

    def value(self, page: Page, config: Json) -> Json:
        """One property of a page, with its id and type."""
        kind = config["type"]
        answer: Json = {"id": config["id"], "type": kind}
        if kind in _COMPUTED:
            return answer | {kind: _COMPUTED[kind](self, page, config)}
        kept = page.values.get(config["id"])
        if kind in ("people", "relation"):
            kept = kept or []
            if kind == "relation":
                answer["has_more"] = len(kept) > REFERENCES_SHOWN
            kept = kept[:REFERENCES_SHOWN]
        return answer | {kind: self.plain_value(config, kept)}

    def plain_value(self, config: Json, kept: Any) -> Any:
        """A kept value in Notion's shape, without id and type."""
        kind = config["type"]
        shape = _SHAPES.get(kind)
        return kept if shape is None else shape(self, config, kept)

    # -- containers ----------------------------------------------------------------------------------------------

    def data_source(self, source: DataSource) -> Json:
        """A data source with its schema by property name."""
        database = self.workspace.databases[source.database_id]
        answer: Json = {
            "object": "data_source",
            "id": source.id,
            **self.times(source),
            "created_by": partial_user(source.created_by),
            "last_edited_by": partial_user(source.edited_by),
            "title": self.rich_text(richtext.plain(source.title)),
            "description": [],
            "parent": {"type": "database_id", "database_id": source.database_id},
            "database_parent": self.parent(database.parent),
            "is_inline": False,
            "in_trash": source.in_trash,
            "icon": None,
            "cover": None,
            "properties": {
                config["name"]: {"description": None} | config for config in source.properties.values()
            },
            "url": _link(source.id),
            "public_url": None,
        }
        return self.aged(answer, in_trash=source.in_trash)

    def database(self, database: Database) -> Json:
        """A database: a container that lists its data sources."""
        sources = [self.workspace.data_sources[i] for i in database.data_source_ids]
        answer: Json = {
            "object": "database",
            "id": database.id,
            **self.times(database),
            "title": self.rich_text(richtext.plain(database.title)),
            "description": [],
            "parent": self.parent(database.parent),
            "is_inline": False,
            "in_trash": False,
            "is_locked": False,
            "data_sources": [{"id": source.id, "name": source.title} for source in sources],
            "icon": None,
            "cover": None,
            "url": _link(database.id),
            "public_url": None,
        }
        return self.aged(answer, in_trash=False)

    def block(self, block: Block) -> Json:
        """A block; its rich text as this reader may see it."""
        content = dict(block.content)
        for key in ("rich_text", "caption"):
            if key in content:
                content[key] = self.rich_text(content[key])
        if "cells" in content:
            content["cells"] = [self.rich_text(cell) for cell in content["cells"]]
        answer: Json = {
            "object": "block",
            "id": block.id,
            "parent": self.parent(block.parent),
            **self.times(block),
            "created_by": partial_user(block.created_by),
            "last_edited_by": partial_user(block.edited_by),
            "has_children": self.workspace.has_children(Ref("block", block.id)),
            "in_trash": block.in_trash,
            "type": block.type,
            block.type: content,
        }
        return self.aged(answer, in_trash=block.in_trash)

    def comment(self, comment: Comment) -> Json:
        """A comment; only `{object, id}` without the *Read comments* capability."""
        answer: Json = {"object": "comment", "id": comment.id}
        if not self.capabilities.read_comments:
            return answer
        return answer | {
            "parent": self.parent(comment.parent),
            "discussion_id": comment.discussion_id,
            **self.times(comment),
            "created_by": partial_user(comment.by),
            "rich_text": self.rich_text(comment.rich_text),
            "display_name": comment.display_name,
        }

    def _url(self, page: Page) -> str:
        title = richtext.plain_text(
            title_of(page, self.workspace.schema_of(page)), self.workspace.name_of
        ).strip()
        slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in title).split())
        return _link(page.id, slug)


def _link(object_id: str, slug: str = "") -> str:
    return f"https://www.notion.so/{slug + '-' if slug else ''}{object_id.replace('-', '')}"


def _option(config: Json, option_id: str | None) -> Json | None:
    for option in config[config["type"]]["options"]:
        if option["id"] == option_id:
            return {"id": option["id"], "name": option["name"], "color": option["color"]}
    return None


_COMPUTED: dict[str, Callable[[View, Page, Json], Any]] = {
    "created_time": lambda _view, page, _config: iso(minute(page.created_ms)),
    "last_edited_time": lambda _view, page, _config: iso(minute(page.edited_ms)),
    "created_by": lambda view, page, _config: view.user(page.created_by),
    "last_edited_by": lambda view, page, _config: view.user(page.edited_by),
    "unique_id": lambda _view, page, config: {
        "prefix": config["unique_id"].get("prefix"),
        "number": page.number,
    },
}
_SHAPES: dict[str, Callable[[View, Json, Any], Any]] = {
    "title": lambda view, _config, kept: view.rich_text(kept or []),
    "rich_text": lambda view, _config, kept: view.rich_text(kept or []),
    "people": lambda view, _config, kept: [view.user(user_id) for user_id in kept or []],
    "relation": lambda _view, _config, kept: [{"id": page_id} for page_id in kept or []],
    "select": lambda _view, config, kept: _option(config, kept),
    "status": lambda _view, config, kept: _option(config, kept),
    "multi_select": lambda _view, config, kept: [o for o in (_option(config, i) for i in kept or []) if o],
    "checkbox": lambda _view, _config, kept: bool(kept),
    "files": lambda _view, _config, kept: kept or [],
}
