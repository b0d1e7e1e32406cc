"""The admin API, third part: what tests ask. None of it counts as a request of the vendor API."""

from .control_base import ControlBase
from .model import Json


class ReadingControl(ControlBase):
    """Reads, and the reset."""

    def page(self, page_id: str) -> Json:
        """A page as the newest version shows it to somebody who may see all."""
        return self._json("page", page_id=page_id)

    def pages(self, data_source_id: str | None = None) -> list[Json]:
        """All pages, or those of a data source, trashed ones included."""
        return self._rows("pages", data_source_id=data_source_id)

    def comments(self, page_id: str | None = None) -> list[Json]:
        """All comments of a page (or of all), oldest first, with `text`, `resolved` and `deleted`."""
        return self._rows("comments", page_id=page_id)

    def data_source(self, data_source_id: str) -> Json:
        """A data source with its schema."""
        return self._json("data_source", data_source_id=data_source_id)

    def users(self) -> list[Json]:
        """All users, with their e-mail addresses."""
        return self._rows("users")

    def requests(self, *, path: str | None = None, method: str | None = None) -> list[Json]:
        """The log of the vendor API: `time`, `method`, `path`, `query`, `status`, `connection`, `version`, `fault`, `body`.

        `path` is a regular expression. `status` is None for a connection that was cut or hangs.
        """
        return self._rows("requests", path=path, method=method)

    def counters(self) -> Json:
        """`requests`, `by_status`, `rate_limited` by reason (ordered faults included), `deliveries`, `pending`."""
        return self._json("counters")

    def deliveries(self, *, event_id: str | None = None) -> list[Json]:
        """Every attempt: `event_id`, `type`, `attempt`, `time`, `status`, `error`, `seconds`, `body`, `signature`."""
        return self._rows("deliveries", event_id=event_id)

    def events(self, *, state: str | None = None) -> list[Json]:
        """Every event made, with `state`: pending, delivered, failed, lost, dropped or collapsed."""
        return self._rows("events", state=state)

    def subscriptions(self) -> list[Json]:
        """The subscriptions, deleted ones included, with their tokens."""
        return self._rows("subscriptions")

    def truth(self) -> Json:
        """Everything at once: `workspace`, `users`, `data_sources`, `pages`, `comments`, `events`, `deliveries`."""
        return self._json("truth")

    def reset(self) -> None:
        """Back to an empty workspace with the default connection; url and tokens stay."""
        self._call("reset")
