"""Simulated vendors, and the environment of a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.notion import NotionSimulator, seed_demo
from infra.local.simulators.status_page import StatusPageSimulator
from infra.operate import triage
from infra.operate.vendor_access import Surroundings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Ticking:
    """Monotonic seconds, of which a hundredth passes whenever somebody looks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 0.01
        return self.seconds


class World:
    """The vendors, and a terminal's environment."""

    def __init__(self, notion: NotionSimulator, hubspot: HubSpotSimulator, page: StatusPageSimulator) -> None:
        self.notion, self.hubspot, self.page = notion, hubspot, page
        self.slept: list[float] = []
        self.environ = {
            "NOTION_API_URL": notion.url,
            "NOTION_STATUS_URL": page.summary_url,
            "HUBSPOT_API_URL": hubspot.url,
            "HUBSPOT_STATUS_URL": page.summary_url,
        }

    @property
    def here(self) -> Surroundings:
        return Surroundings(self.environ, lambda: NOW, Ticking(), self.slept.append)

    def triage(self, name: str = "notion", *, as_json: bool = False) -> int:
        return triage.run(name, self.here, as_json=as_json)


@contextmanager
def simulated() -> Iterator[World]:
    """The world, with a token for Notion."""
    with (
        NotionSimulator(clock=NOW.timestamp) as notion,
        HubSpotSimulator(clock=NOW.timestamp) as hubspot,
        StatusPageSimulator() as page,
    ):
        seed_demo(notion)
        one = World(notion, hubspot, page)
        one.environ["NOTION_TOKEN"] = notion.token
        yield one
        notion.release_hangs()


Out = pytest.CaptureFixture[str]
