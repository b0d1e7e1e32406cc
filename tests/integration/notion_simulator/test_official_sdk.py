"""The official JavaScript SDK works against the Notion simulator unchanged.

Needs node and npm; the package is installed once into `.local/` (git-ignored), from npm's cache when that has it.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator
from infra.local.simulators.notion.envelope import EVENT_TYPES
from tests.integration.notion_simulator.stand import Receiver

SDK = "@notionhq/client"
VERSION = "5.26.0"
FOLDER = Path(__file__).parents[3] / ".local" / "notion-sdk"
SCRIPT = Path(__file__).with_name("sdk_check.mjs")


@pytest.fixture(scope="module")
def node() -> str:
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("node and npm are needed to run the official SDK, and one of them is not on the PATH")
    manifest = FOLDER / "node_modules" / SDK / "package.json"
    if not manifest.exists() or json.loads(manifest.read_text("utf-8"))["version"] != VERSION:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n', "utf-8")
        wishes = ["--prefer-offline", "--no-audit", "--no-fund", "--no-save", "--fetch-retries=0"]
        command = [npm, "install", *wishes, "--fetch-timeout=20000", f"{SDK}@{VERSION}"]
        try:
            subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True, timeout=60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as problem:
            pytest.skip(f"{SDK}@{VERSION} could not be installed: {str(problem.stderr)[-200:]}")
    return found


@pytest.mark.req("O1", "I2")
def test_the_official_sdk_works_unchanged(
    node: str, sim: NotionSimulator, demo: Demo, task: str, receiver: Receiver
) -> None:
    made = sim.create_subscription(receiver.url, active=True)
    sim.edit(task, properties={"Priority": "Low"})
    assert sim.drain()
    wishes = {
        "url": sim.url,
        "token": sim.token,
        "dataSource": demo.data_source_id,
        "page": task,
        "person": demo.ann,
        "body": receiver.got[0].body.decode(),
        "signature": receiver.got[0].signature,
        "verificationToken": made["verification_token"],
    }
    command = [node, str(SCRIPT), str(FOLDER), json.dumps(wishes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen.pop("signature"), seen.pop("forged")) == (True, False)
    for number, version in enumerate(("2025-09-03", "2026-03-11"), start=1):
        error = {
            "right": True,
            "code": "object_not_found",
            "expected": "object_not_found",
            "status": 404,
            "request": True,
        }
        assert seen[version] == {
            "bot": "Northwind",
            "titles": list(demo.tasks),
            "title": "Write the launch plan",
            "archived": version == "2025-09-03",
            "status": "Blocked" if number == 1 else "Done",
            "assignee": "Ben",
            "comment": "@Ann hello",
            "comments": number,
            "error": error,
        }
    assert {row["status"] for row in sim.requests()} == {200, 404}


@pytest.mark.req("I5")
def test_the_event_types_are_those_of_the_sdk(node: str) -> None:
    types = FOLDER / "node_modules" / SDK / "build" / "src" / "api-endpoints" / "webhooks.d.ts"
    assert set(
        re.findall(r'^    type: "([a-z_]+[.][a-z_.]+)";', types.read_text("utf-8"), re.MULTILINE)
    ) == set(EVENT_TYPES)
