"""What a workspace consists of. Plain records without behaviour; times are epoch milliseconds.

Property values are kept by property id in a neutral form (option ids, user ids), so that renaming an option or a
property, or asking with fewer capabilities, shows everywhere at once. `render.py` gives them Notion's shapes.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
UserAccess = Literal["none", "without_email", "with_email"]


@dataclass(frozen=True)
class Ref:
    """A parent: `kind` is data_source, database, page, block or workspace."""

    kind: str
    id: str


@dataclass
class Capabilities:
    """What a connection may do, as ticked in Notion's connection settings."""

    read_content: bool = True
    update_content: bool = True
    insert_content: bool = True
    read_comments: bool = True
    insert_comments: bool = True
    users: UserAccess = "with_email"

    def as_json(self) -> Json:
        """The same as a JSON object."""
        return asdict(self)


@dataclass
class User:
    """A person or a bot; one that is not ``active`` has left the workspace or was deactivated."""

    id: str
    name: str
    kind: Literal["person", "bot"] = "person"
    email: str | None = None
    avatar_url: str | None = None
    guest: bool = False
    active: bool = True


@dataclass
class Connection:
    """A connection ("integration"): tokens, a bot user, capabilities, a budget, and what is hidden from it."""

    id: str
    name: str
    bot_id: str
    tokens: set[str]
    capabilities: Capabilities
    hidden: set[str] = field(default_factory=set)
    per_window: int | None = 180
    window_seconds: float = 60.0
    blocked: bool = False


@dataclass
class Database:
    """A container of data sources."""

    id: str
    title: str
    parent: Ref
    created_ms: int
    edited_ms: int
    data_source_ids: list[str] = field(default_factory=list)


@dataclass
class DataSource:
    """A schema (property id to its configuration, `name`, `type` and the type's own object) and a title."""

    id: str
    title: str
    database_id: str
    created_by: str
    created_ms: int
    edited_ms: int
    edited_by: str
    properties: dict[str, Json] = field(default_factory=dict)
    in_trash: bool = False


@dataclass
class Page:
    """A page; `values` by property id."""

    id: str
    parent: Ref
    created_ms: int
    edited_ms: int
    created_by: str
    edited_by: str
    values: dict[str, Any] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)
    in_trash: bool = False
    locked: bool = False
    icon: Json | None = None
    cover: Json | None = None
    number: int = 0


@dataclass
class Block:
    """A block below a page or another block; `content` is the object under its type's name."""

    id: str
    type: str
    content: Json
    parent: Ref
    page_id: str
    created_ms: int
    edited_ms: int
    created_by: str
    edited_by: str
    children: list[str] = field(default_factory=list)
    in_trash: bool = False


@dataclass
class Comment:
    """A comment; one discussion holds one or more of them. A deleted one stays for the tests' eyes only."""

    id: str
    parent: Ref
    page_id: str
    discussion_id: str
    rich_text: list[Json]
    by: str
    display_name: Json
    created_ms: int
    edited_ms: int
    deleted: bool = False


@dataclass(frozen=True)
class Change:
    """Something that happened and that Notion would tell subscribers.

    Attributes:
        type: official event type.
        entity: what it happened to.
        parent: the entity's parent as the event names it (``{"id", "type", "data_source_id"?}``).
        author_id: who did it.
        at_ms: when it occurred.
        data: the rest of the event's `data`.
        about: ids that a connection must all see to be told.
    """

    type: str
    entity: Ref
    author_id: str
    at_ms: int
    data: Json
    about: tuple[str, ...]
