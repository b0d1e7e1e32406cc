"""What runs without anybody watching: the same gate everywhere, with no more rights than it needs, kept fresh."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.setup import ENVIRONMENTS

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
GATE = (ROOT / ".ci" / "run").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def read(file: Path) -> dict[str, Any]:
    # YAML 1.1 takes the key `on` for a truth value; here it stays a word.
    found: dict[str, Any] = yaml.load(file.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - makes strings only
    return found


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_only_read_and_ends(file: Path) -> None:
    workflow = read(file)

    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert int(job["timeout-minutes"]) <= 60


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_an_action_is_one_commit_whose_version_is_told(file: Path) -> None:
    used = re.findall(r"uses: (.*)", file.read_text())

    assert len(used) == sum("uses" in step for step in steps(read(file))) > 0
    assert [
        line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ] == []


def test_the_gate_on_github_is_the_gate_anywhere() -> None:
    ci = read(ROOT / ".github" / "workflows" / "ci.yml")

    assert [step["run"] for step in steps(ci) if "run" in step] == [".ci/run"]
    assert {"push", "pull_request"} <= set(ci["on"])
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.req("C3")
def test_what_the_browser_tests_saw_is_kept_also_after_a_failure() -> None:
    *_, gate, kept = steps(read(ROOT / ".github" / "workflows" / "ci.yml"))

    assert gate["run"] == ".ci/run"
    assert kept["uses"].startswith("actions/upload-artifact@")
    assert kept["if"] == "${{ !cancelled() }}"
    folder = Path(kept["with"]["path"])
    # The action leaves hidden folders out, and says no more than a warning.
    assert kept["with"]["include-hidden-files"] == "true"
    assert any(
        '"' + '" / "'.join(folder.parts) + '"' in file.read_text()
        for file in (ROOT / "tests" / "browser").glob("*.py")
    )


def test_the_gate_runs_every_check_and_the_tests_last() -> None:
    made = [line for line in GATE.splitlines() if line.startswith("make ")]

    assert [word for word in made[0].split() if not word.startswith("-")] == [
        "make",
        "lint",
        "scan",
        "check-build",
    ]
    assert made[1:] == ["make test"]


@pytest.mark.parametrize("target", ["lint", "template", "scan", "check-build", "test", "run"])
def test_a_target_sets_up_what_it_runs_with_on_a_new_machine(target: str) -> None:
    rule = re.search(rf"^{target}:(.*?)##", MAKEFILE, re.MULTILINE)
    assert rule
    stamps = [word.replace("$(VENV)", ".venv") for word in rule[1].split()]

    assert stamps
    made = {environment.stamp: environment for environment in ENVIRONMENTS.values()}
    for stamp in stamps:
        name = stamp.replace(".venv", "$(VENV)")
        assert f"\n{name}: {made[stamp].requirements}" in MAKEFILE


def test_every_folder_with_pins_is_kept_fresh() -> None:
    watched = read(ROOT / ".github" / "dependabot.yml")["updates"]
    kinds = {update["package-ecosystem"]: update for update in watched}

    assert set(kinds) == {"pip", "github-actions"}
    patterns = kinds["pip"]["directories"]
    for file in [ROOT / "requirements-dev.in", *(ROOT / "infra").rglob("requirements.in")]:
        folder = Path("/") / file.parent.relative_to(ROOT)
        assert any(folder == Path(p) or (p != "/" and folder.match(p)) for p in patterns), folder
    for pattern in patterns:
        assert pattern == "/" or list(ROOT.glob(pattern.lstrip("/"))), pattern
