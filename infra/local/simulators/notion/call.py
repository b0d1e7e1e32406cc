"""One request of the vendor API, already let in: what every endpoint is given and gives back.

Promises that an endpoint can reach only what the connection may see, by the lookups here. Endpoints run with the
workspace's lock held.
"""

from dataclasses import dataclass, field
from typing import Any

from .errors import invalid, not_found, restricted
from .ids import required_id
from .model import Comment, Connection, DataSource, Json, Page, Ref
from .render import View
from .workspace import Workspace


@dataclass
class Call:
    """A request.

    Attributes:
        ids: the path's variable parts, decoded.
        query: the query string's parameters.
        body: the JSON object sent, empty without one.
        committed: what a write made, for the answer of a saved write that reports an error.
    """

    workspace: Workspace
    connection: Connection
    version: str
    ids: list[str]
    query: dict[str, list[str]]
    body: Json
    page_cap: int | None = None
    committed: Json = field(default_factory=dict)

    @property
    def view(self) -> View:
        """How this connection sees things."""
        return View(self.workspace, self.connection.capabilities, self.version)

    @property
    def bot(self) -> str:
        """The connection's bot user, the author of what it writes."""
        return self.connection.bot_id

    def need(self, *capabilities: str) -> None:
        """403 `restricted_resource` unless the connection has all ``capabilities``."""
        if not all(getattr(self.connection.capabilities, name) for name in capabilities):
            raise restricted()

    def need_users(self) -> None:
        """403 `restricted_resource` without a user-information capability."""
        if self.connection.capabilities.users == "none":
            raise restricted()

    def path_id(self, name: str, index: int = 0) -> str:
        """The id in the path."""
        return required_id(self.ids[index], f"path failed validation: path.{name}")

    def asked(self) -> Json:
        """Pagination of a GET request."""
        return {key: self.query[key][0] for key in ("page_size", "start_cursor") if key in self.query}

    def only(self) -> list[str] | None:
        """The properties that the caller wants to see."""
        return self.query.get("filter_properties") or self.query.get("filter_properties[]")

    def page(self, page_id: str) -> Page:
        """A page that the connection sees, or 404."""
        page = self.workspace.page(page_id)
        self._visible(Ref("page", page_id), "page")
        return page

    def data_source(self, data_source_id: str) -> DataSource:
        """A data source that the connection sees, or 404."""
        source = self.workspace.data_source(data_source_id)
        self._visible(Ref("data_source", data_source_id), "data source")
        return source

    def comment(self, comment_id: str) -> Comment:
        """A comment that the connection sees, or 404."""
        comment = self.workspace.comment(comment_id)
        if not self.workspace.sees(self.connection, comment.parent):
            raise not_found("comment", comment_id)
        return comment

    def holder(self, block_id: str) -> Ref:
        """What a block id means: a page is a block too; or 404."""
        kind = "page" if block_id in self.workspace.pages else "block"
        if kind == "block" and block_id not in self.workspace.blocks:
            raise not_found("block", block_id)
        ref = Ref(kind, block_id)
        self._visible(ref, "block")
        return ref

    def sees(self, ref: Ref) -> bool:
        """True when the connection sees ``ref``."""
        return self.workspace.sees(self.connection, ref)

    def _visible(self, ref: Ref, kind: str) -> None:
        if not self.sees(ref):
            raise not_found(kind, ref.id)


def reference(parent: object, kinds: tuple[str, ...], where: str = "body.parent") -> Ref:
    """The parent object of a request: exactly one of ``kinds`` with its id.

    Raises:
        ApiError: 400 `validation_error`.
    """
    if isinstance(parent, dict):
        given = [kind for kind in kinds if f"{kind}_id" in parent]
        if len(given) == 1:
            value: Any = parent[f"{given[0]}_id"]
            return Ref(given[0], required_id(value, f"body failed validation: {where}.{given[0]}_id"))
    wanted = ", ".join(f"{where}.{kind}_id" for kind in kinds)
    raise invalid(f"body failed validation: one of {wanted} should be defined, instead was `undefined`.")
