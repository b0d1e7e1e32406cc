"""The state of one simulated workspace: everything that exists, one lock over all of it, one clock.

Promises that whoever holds `lock` sees a consistent state, and that every change is announced through `announce`.
Refuses to know HTTP, versions and capabilities.
"""

import threading
from collections.abc import Callable
from typing import Any

from .errors import not_found
from .ids import Ids
from .model import Block, Change, Comment, Connection, Database, DataSource, Json, Page, Ref, User

MINUTE_MS = 60_000
TITLE_ONLY: dict[str, Json] = {"title": {"id": "title", "name": "title", "type": "title", "title": {}}}


class Workspace:
    """All objects of one workspace.

    Args:
        name: workspace name, as events and the bot user carry it.
        clock: seconds since the epoch; the offset set by tests is added to it.
        ids: source of new ids.
        announce: told of every change, with the lock held.
    """

    def __init__(
        self, name: str, clock: Callable[[], float], ids: Ids, announce: Callable[[Change], None]
    ) -> None:
        self.name = name
        self.ids = ids
        self.id = ids.uuid()
        self.lock = threading.RLock()
        self.clock_offset = 0.0
        self.users: dict[str, User] = {}
        self.groups: dict[str, str] = {}
        self.connections: dict[str, Connection] = {}
        self.databases: dict[str, Database] = {}
        self.data_sources: dict[str, DataSource] = {}
        self.pages: dict[str, Page] = {}
        self.blocks: dict[str, Block] = {}
        self.comments: dict[str, Comment] = {}
        self.resolved_discussions: set[str] = set()
        self.page_numbers = 0
        self.title_events = "both"
        self._clock = clock
        self._announce = announce

    def now_ms(self) -> int:
        """The workspace's own time, offset included, in epoch milliseconds."""
        return round((self._clock() + self.clock_offset) * 1000)

    def announce(
        self,
        event_type: str,
        entity: Ref,
        author_id: str,
        data: Json,
        *,
        about: tuple[str, ...] | None = None,
    ) -> None:
        """Tell subscribers that something happened now."""
        chain = about if about is not None else self.lineage(entity)
        self._announce(Change(event_type, entity, author_id, self.now_ms(), data, chain))

    # -- finding -----------------------------------------------------------------------------------------------

    def connection_of(self, token: str) -> Connection | None:
        """The connection that owns ``token``."""
        return next((c for c in self.connections.values() if token in c.tokens), None)

    def schema_of(self, page: Page) -> dict[str, Json]:
        """Property id to configuration for ``page``; only a title outside a data source."""
        return self.schema_below(page.parent)

    def schema_below(self, parent: Ref) -> dict[str, Json]:
        """The schema of pages whose parent is ``parent``."""
        return self.data_source(parent.id).properties if parent.kind == "data_source" else TITLE_ONLY

    def pages_of(self, data_source_id: str) -> list[Page]:
        """The pages of a data source, oldest first, trashed ones included."""
        parent = Ref("data_source", data_source_id)
        return [page for page in self.pages.values() if page.parent == parent]

    def children_of(self, holder: Ref) -> list[str]:
        """Ids of the blocks right below a page or block, in order, then of the pages there, oldest first."""
        found = self.pages[holder.id] if holder.kind == "page" else self.blocks[holder.id]
        blocks = [i for i in found.children if not self.blocks[i].in_trash]
        return blocks + [
            page.id for page in self.pages.values() if page.parent == holder and not page.in_trash
        ]

    def has_children(self, holder: Ref) -> bool:
        """What a block says; the copy of a synced block speaks for its original, under whose id the children are."""
        if self.children_of(holder):
            return True
        content = self.blocks[holder.id].content if holder.kind == "block" else {}
        original = (content.get("synced_from") or {}).get("block_id")
        return original in self.blocks and bool(self.children_of(Ref("block", original)))

    def lineage(self, entity: Ref) -> tuple[str, ...]:
        """Ids whose hiding hides ``entity``: its own and its ancestors'."""
        chain: list[str] = []
        current: Ref | None = entity
        while current is not None and current.kind != "workspace" and current.id not in chain:
            chain.append(current.id)
            current = self._parent_of(current)
        return tuple(chain)

    def _parent_of(self, ref: Ref) -> Ref | None:
        if ref.kind == "data_source" and ref.id in self.data_sources:
            return Ref("database", self.data_sources[ref.id].database_id)
        holders: dict[str, dict[str, Any]] = {
            "page": self.pages,
            "database": self.databases,
            "block": self.blocks,
            "comment": self.comments,
        }
        found = holders.get(ref.kind, {}).get(ref.id)
        parent = None if found is None else found.parent
        return parent if isinstance(parent, Ref) else None

    def sees(self, connection: Connection, entity: Ref) -> bool:
        """True when neither ``entity`` nor an ancestor is hidden from ``connection``."""
        return connection.hidden.isdisjoint(self.lineage(entity))

    def page(self, page_id: str) -> Page:
        """The page.

        Raises:
            ApiError: 404 `object_not_found`.
        """
        found = self.pages.get(page_id)
        if found is None:
            raise not_found("page", page_id)
        return found

    def data_source(self, data_source_id: str) -> DataSource:
        """The data source, or 404 `object_not_found`."""
        found = self.data_sources.get(data_source_id)
        if found is None:
            raise not_found("data source", data_source_id)
        return found

    def comment(self, comment_id: str) -> Comment:
        """The comment, or 404 `object_not_found`; a deleted one is not found."""
        found = self.comments.get(comment_id)
        if found is None or found.deleted:
            raise not_found("comment", comment_id)
        return found

    def user_exists(self, user_id: str) -> bool:
        """True for a person or bot of this workspace."""
        return user_id in self.users

    def name_of(self, user_id: str) -> str:
        """A user's or group's name, or "Unknown"."""
        user = self.users.get(user_id)
        return user.name if user else self.groups.get(user_id, "Unknown")

    # -- parents as events name them ------------------------------------------------------------------------------

    def event_parent(self, parent: Ref) -> Json:
        """``data.parent`` of an event about a child of ``parent``."""
        if parent.kind == "data_source":
            database_id = self.data_sources[parent.id].database_id
            return {"id": database_id, "type": "database", "data_source_id": parent.id}
        if parent.kind == "workspace":
            return {"id": self.id, "type": "space"}
        return {"id": parent.id, "type": parent.kind}


def minute(epoch_ms: int) -> int:
    """``epoch_ms`` rounded down to the minute, as Notion shows created and edited times since 2021-07-01."""
    return epoch_ms - epoch_ms % MINUTE_MS
