"""Simulated vendors, the environment of a terminal, and a stand-in for the engine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from infra.local.simulators.hubspot import HubSpotSimulator
from infra.local.simulators.notion import NotionSimulator, seed_demo
from infra.local.simulators.status_page import StatusPageSimulator
from infra.operate import triage
from infra.operate.vendor_access import Surroundings
from steward.errors import Failure
from triage.diagnosis.classes import Advice, Class, Diagnosis, Severity
from triage.findings import Finding, Probe, Verdict

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def diagnose(vendor: str, findings: Sequence[Finding], now: datetime) -> Diagnosis:
    """Stands for the engine: enough to see that its word arrives."""
    assert now == NOW
    bad = [f for f in findings if f.vendor == vendor and f.verdict is Verdict.BAD]
    if not bad:
        return Diagnosis(vendor, Class.HEALTHY, 0.97, None, says="all is well")
    cls, severity, advice = (
        (Class.TOKEN, Severity.P1, Advice.ROTATE_TOKEN)
        if any(f.failure is Failure.UNAUTHORIZED for f in bad)
        else (Class.OUTAGE, Severity.P2, Advice.WAIT)
    )
    return Diagnosis(
        vendor,
        cls,
        0.9,
        severity,
        next_probes=(Probe.LATENCY,),
        do=(advice,),
        do_not=(Advice.RESTART,),
        says=f"{vendor}: {cls}",
    )


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
        return triage.run(name, self.here, diagnose, as_json=as_json)


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
