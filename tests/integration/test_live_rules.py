"""The rules against the schema as the simulated Notion gives it: what fits, what heals itself, what breaks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, seed_demo
from infra.local.simulators.notion.demo import ASSIGNEE_ID
from infra.operate.__main__ import main

RULES = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = { title = "Name", assignee = %s, status = "Status", due = "Due", priority = "Priority" }
automation = [
  { kind = "assignment" },
  { kind = "status", to = ["Blocked"] },
  { kind = "lifecycle", on = ["created"], where = { priority = "High" } },
  { kind = "deadline" },
]
"""


@pytest.fixture
def notion(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[NotionSimulator, Demo]]:
    with NotionSimulator() as simulator:
        monkeypatch.setenv("NOTION_API_URL", simulator.url)
        monkeypatch.setenv("NOTION_TOKEN", simulator.token)
        yield simulator, seed_demo(simulator)


def checked(folder: Path, assignee: str) -> int:
    file = folder / "steward.toml"
    file.write_text(RULES % json.dumps(assignee))
    return main(["rules", "check", str(file), "--live"])


@pytest.mark.req("A10", "O4")
def test_the_demo_fits_by_name_and_by_property_id(
    tmp_path: Path, notion: tuple[NotionSimulator, Demo]
) -> None:
    assert checked(tmp_path, "Assignee") == 0
    assert checked(tmp_path, ASSIGNEE_ID) == 0


@pytest.mark.req("A10", "O4")
def test_a_rename_breaks_only_what_is_named_by_name(
    tmp_path: Path, notion: tuple[NotionSimulator, Demo], capsys: pytest.CaptureFixture[str]
) -> None:
    simulator, demo = notion
    simulator.update_schema(demo.data_source_id, rename={"Assignee": "Assigned to"})

    assert checked(tmp_path, ASSIGNEE_ID) == 0
    capsys.readouterr()
    assert checked(tmp_path, "Assignee") == 1
    told = capsys.readouterr().out
    assert 'breaks Tasks/assignment, Tasks/deadline; write assignee = "Assigned to"' in told
    assert "2 automations would break" in told


@pytest.mark.req("A10", "O4")
def test_a_property_that_is_gone_is_told_with_all_that_it_breaks(
    tmp_path: Path, notion: tuple[NotionSimulator, Demo], capsys: pytest.CaptureFixture[str]
) -> None:
    simulator, demo = notion
    simulator.update_schema(demo.data_source_id, remove=["Priority"])

    assert checked(tmp_path, "Assignee") == 1
    assert "properties.priority: no property is called 'Priority'" in capsys.readouterr().out
