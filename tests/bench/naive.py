"""The consumer without a plan: it reads the page of every event, and waits when it is told to."""

from typing import Any

import requests

from infra.local.simulators.notion import NotionSimulator
from tests.integration.clock import Clock


class NaiveConsumer:
    """A minimal client that really makes its calls."""

    def __init__(self, notion: NotionSimulator, clock: Clock) -> None:
        self._notion = notion
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(
            {"Authorization": f"Bearer {notion.token}", "Notion-Version": "2026-03-11"}
        )

    def read(self, page_id: str) -> None:
        """Read a page."""
        self._call("GET", f"/v1/pages/{page_id}")

    def comment(self, page_id: str) -> None:
        """Comment on a page."""
        text = [{"type": "text", "text": {"content": "this task is now assigned to you"}}]
        self._call("POST", "/v1/comments", json={"parent": {"page_id": page_id}, "rich_text": text})

    def close(self) -> None:
        """End its connections."""
        self._session.close()

    def _call(self, method: str, path: str, **more: Any) -> None:
        while True:
            answer = self._session.request(method, self._notion.url + path, timeout=10, **more)
            if answer.status_code != 429:
                answer.raise_for_status()
                return
            self._clock.sleep(int(answer.headers["Retry-After"]))
