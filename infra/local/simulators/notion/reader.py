"""A reader of the workspace: version and capabilities, and the small shapes that depend on them.

Promises full users only with the user capability, e-mail addresses only with the e-mail capability, and `archived`
only before 2026-03-11.
"""

from dataclasses import dataclass

from . import richtext
from .dates import iso
from .model import Block, Capabilities, Comment, Database, DataSource, Json, Page, Ref, User
from .workspace import Workspace, minute

OLD, NEW = "2025-09-03", "2026-03-11"
_PARENT_KEYS = {"page": "page_id", "block": "block_id", "database": "database_id"}


@dataclass(frozen=True)
class Reader:
    """What one reader may see of `workspace`."""

    workspace: Workspace
    capabilities: Capabilities
    version: str = NEW

    def user(self, user_id: str) -> Json:
        """A user reference: full, partial, or a group, as the capabilities allow."""
        if user_id in self.workspace.groups:
            return {"object": "group", "id": user_id, "name": self.workspace.groups[user_id]}
        user = self.workspace.users.get(user_id)
        if user is None or not user.active or self.capabilities.users == "none":
            return partial_user(user_id)
        return self.full_user(user)

    def full_user(self, user: User) -> Json:
        """The whole user object."""
        answer: Json = partial_user(user.id) | {"name": user.name, "avatar_url": user.avatar_url}
        if user.kind == "bot":
            return answer | {"type": "bot", "bot": {}}
        person: Json = {}
        if user.email and self.capabilities.users == "with_email":
            person["email"] = user.email
        return answer | {"type": "person", "person": person}

    def bot(self, user: User) -> Json:
        """The answer of `GET /v1/users/me`."""
        details = {
            "owner": {"type": "workspace", "workspace": True},
            "workspace_id": self.workspace.id,
            "workspace_limits": {"max_file_upload_size_in_bytes": 5_242_880},
            "workspace_name": self.workspace.name,
        }
        return self.full_user(user) | {"bot": details}

    def rich_text(self, items: list[Json]) -> list[Json]:
        """Rich text with mentions as this reader may see them."""
        return richtext.write(items, self.user, self.workspace.name_of)

    def parent(self, parent: Ref) -> Json:
        """A REST parent object."""
        if parent.kind == "workspace":
            return {"type": "workspace", "workspace": True}
        if parent.kind == "data_source":
            database_id = self.workspace.data_sources[parent.id].database_id
            return {"type": "data_source_id", "data_source_id": parent.id, "database_id": database_id}
        key = _PARENT_KEYS[parent.kind]
        return {"type": key, key: parent.id}

    def times(self, thing: Page | DataSource | Database | Block | Comment) -> Json:
        """Both times, rounded down to the minute."""
        return {
            "created_time": iso(minute(thing.created_ms)),
            "last_edited_time": iso(minute(thing.edited_ms)),
        }

    def aged(self, answer: Json, *, in_trash: bool) -> Json:
        """``answer`` with `archived` for a version that still has it."""
        return answer if self.version >= NEW else answer | {"archived": in_trash}


def partial_user(user_id: str) -> Json:
    """What everybody may see of a user."""
    return {"object": "user", "id": user_id}
