"""What `ReadingControl` promises, done. Argument names are the admin API's."""

import re
from collections import Counter

from .machine import Machine
from .model import Capabilities, Comment, Json
from .render import View
from .richtext import plain_text


class ReadingOperations:
    """Reads, and the reset."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @property
    def _view(self) -> View:
        return View(self.machine.workspace, Capabilities())

    def page(self, page_id: str) -> Json:
        """A page."""
        return self._view.page(self.machine.workspace.page(page_id))

    def pages(self, data_source_id: str | None = None) -> list[Json]:
        """Pages."""
        workspace = self.machine.workspace
        found = workspace.pages.values() if data_source_id is None else workspace.pages_of(data_source_id)
        return [self._view.page(page) for page in found]

    def comments(self, page_id: str | None = None) -> list[Json]:
        """Comments, resolved and deleted ones too."""
        found = self.machine.workspace.comments.values()
        return [self._comment(comment) for comment in found if page_id in (None, comment.page_id)]

    def data_source(self, data_source_id: str) -> Json:
        """A data source."""
        return self._view.data_source(self.machine.workspace.data_source(data_source_id))

    def users(self) -> list[Json]:
        """Users."""
        return [self._view.full_user(user) for user in self.machine.workspace.users.values()]

    def requests(self, *, path: str | None = None, method: str | None = None) -> list[Json]:
        """The request log."""
        return [
            dict(row)
            for row in self.machine.gateway.log
            if (path is None or re.search(path, row["path"])) and method in (None, row["method"])
        ]

    def counters(self) -> Json:
        """Numbers."""
        log = self.machine.gateway.log
        return {
            "requests": len(log),
            "by_status": dict(Counter(str(row["status"]) for row in log)),
            "rate_limited": dict(self.machine.gateway.refused),
            "deliveries": len(self.machine.webhooks.engine.records),
            "pending": self.machine.webhooks.engine.agenda.pending(),
        }

    def deliveries(self, *, event_id: str | None = None) -> list[Json]:
        """Attempts."""
        engine = self.machine.webhooks.engine
        with engine.agenda.condition:
            return [dict(row) for row in engine.records if event_id in (None, row["event_id"])]

    def events(self, *, state: str | None = None) -> list[Json]:
        """Events."""
        found = list(self.machine.webhooks.events.values())
        return [event.summary() for event in found if state in (None, event.state)]

    def subscriptions(self) -> list[Json]:
        """Subscriptions."""
        return [found.as_json() for found in self.machine.webhooks.subscriptions.values()]

    def truth(self) -> Json:
        """Everything."""
        workspace = self.machine.workspace
        return {
            "workspace": {"id": workspace.id, "name": workspace.name, "now_ms": workspace.now_ms()},
            "users": self.users(),
            "data_sources": [self._view.data_source(s) for s in workspace.data_sources.values()],
            "pages": self.pages(),
            "comments": self.comments(),
            "events": self.events(),
            "deliveries": self.deliveries(),
            "counters": self.counters(),
        }

    def reset(self) -> None:
        """Begin anew."""
        self.machine.reset()

    def _comment(self, comment: Comment) -> Json:
        workspace = self.machine.workspace
        return self._view.comment(comment) | {
            "page_id": comment.page_id,
            "text": plain_text(comment.rich_text, workspace.name_of),
            "resolved": comment.discussion_id in workspace.resolved_discussions,
            "deleted": comment.deleted,
        }
