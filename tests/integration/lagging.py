"""An index that lags: queries show pages as they were."""

from typing import Any

import pytest

from tests.integration.stand import Stand


class Lagging:
    """A query whose index has not seen the latest edits: it shows these pages as they were."""

    def __init__(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        from steward.clients.notion import NotionClient  # noqa: PLC0415 - functions/ is on the path by then

        self._stand = stand
        self.shown: dict[str, dict[str, Any]] = {}
        original = NotionClient.query

        def query(client: NotionClient, *args: Any, **kwargs: Any) -> Any:
            answer = original(client, *args, **kwargs)
            rows = [self.shown.get(row["id"], row) for row in answer.body["results"]]
            rows += [row for page, row in self.shown.items() if page not in {r["id"] for r in rows}]
            return type(answer)({**answer.body, "results": rows}, answer.observed_at, answer.request_id)

        monkeypatch.setattr(NotionClient, "query", query)

    def freeze(self, pages: list[str]) -> None:
        self.shown = {page: dict(self._stand.notion.page(page)) for page in pages}
