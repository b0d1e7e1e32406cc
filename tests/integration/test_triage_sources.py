"""The configured data sources as the probes find them."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.simulators.notion import NotionSimulator, faults, seed_demo
from infra.local.simulators.notion.demo import STATUS_ID, TASKS_DATA_SOURCE
from steward.errors import Failure
from steward.rules import parse
from tests.integration.looking import BAD, GOOD, NOW, UNKNOWN, asker
from triage.findings import Finding, Probe
from triage.looks import at_data_sources
from triage.round import look
from triage.vendors.notion import VENDOR as NOTION


@pytest.fixture
def notion() -> Iterator[NotionSimulator]:
    with NotionSimulator(clock=NOW.timestamp) as simulator:
        seed_demo(simulator)
        yield simulator
        simulator.release_hangs()


RULES = parse(f"""
[slack]
default_channel = "#tasks"
[[data_source]]
name = "Tasks"
id = "{TASKS_DATA_SOURCE}"
[data_source.properties]
assignee = "Assignee"
status = "Status"
[[data_source.automation]]
kind = "status"
""")


class Kept:
    """A memory that is a dictionary."""

    def __init__(self, **documents: Any) -> None:
        self.documents = documents

    def recall(self, name: str) -> Any:
        return self.documents.get(name)


def sources(notion: NotionSimulator, **known: Any) -> tuple[Finding, ...]:
    memory: Any = Kept(**known)
    looks = at_data_sources(asker(NOTION, notion.url, notion.token), RULES, lambda: memory, now=lambda: NOW)
    return look(list(looks), now=lambda: NOW)


@pytest.mark.req("T1", "A10")
def test_a_data_source_that_fits_is_shared_and_fits(notion: NotionSimulator) -> None:
    assert [(f.probe, f.verdict) for f in sources(notion)] == [(Probe.SHARED, GOOD), (Probe.SCHEMA, GOOD)]


@pytest.mark.req("T1", "A10")
def test_a_renamed_property_breaks_the_rules_only_where_its_id_is_not_known(notion: NotionSimulator) -> None:
    notion.update_schema(TASKS_DATA_SOURCE, rename={STATUS_ID: "Stage"})
    drift = sources(notion)
    known = {f"PROPERTIES#{TASKS_DATA_SOURCE}": {"status": ["Status", STATUS_ID, "status"]}}

    assert [(f.probe, f.verdict) for f in drift] == [(Probe.SHARED, GOOD), (Probe.SCHEMA, BAD)]
    assert drift[1].numbers == {"breaks": 1, "automations": 1}
    assert [f.verdict for f in sources(notion, **known)] == [GOOD, GOOD]


@pytest.mark.req("T1")
def test_a_data_source_that_is_not_shared_is_told_and_trouble_of_notions_says_nothing_of_it(
    notion: NotionSimulator,
) -> None:
    notion.unshare(TASKS_DATA_SOURCE)
    assert [(f.probe, f.verdict, f.failure) for f in sources(notion)] == [
        (Probe.SHARED, BAD, Failure.NOT_FOUND)
    ]

    notion.share(TASKS_DATA_SOURCE)
    notion.add_fault(faults.answer(503), times="forever")
    assert [(f.probe, f.verdict) for f in sources(notion)] == [(Probe.SCHEMA, UNKNOWN)]
