"""The scenarios that `make run` plays: one run, and what it has to show of each automation."""

import subprocess
from pathlib import Path

import pytest

from infra.local.demo import SCENARIOS
from tests.stack.test_command import clean, up

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.stack

BESIDE = 3
"""Chapters that are played with any rules."""


@pytest.fixture(scope="module")
def played() -> str:
    """What one run printed."""
    done = subprocess.run(
        up("--port", "0", "--once"),
        cwd=ROOT,
        env=clean(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def chapter(played: str, title: str) -> dict[str, str]:
    """The steps of the chapter whose headline says so, each with what was shown last."""
    (text,) = (part for part in played.split("\n\n") if title in part.partition("\n")[0])
    steps: dict[str, str] = {}
    step = ""
    for line in text.splitlines()[1:]:
        if line[8:12] == " s  ":
            step, shown = line[12:26].strip(), line[27:]
            steps[step] = shown
        else:
            steps[step] += "\n" + line.strip()
    return steps


@pytest.mark.req("O1", "A1", "P2")
def test_an_assignment_is_told_once_and_a_forgery_is_refused(played: str) -> None:
    assert "ready http://127.0.0.1:" in played
    told = chapter(played, "Ben assigns “Review the contract” to Ann")
    assert told["comment"].startswith("@Ann, this task is now assigned to you")
    assert told["#tasks"] == "@Ann is now assigned to Review the contract"
    again = chapter(played, "delivers the same event again")
    assert again["nobody twice"] == "still 1 comment, 1 in #tasks; 0 further calls to Notion"
    assert chapter(played, "forges")["401"].startswith("signature_mismatch")


@pytest.mark.req("O1", "A2")
def test_a_blocked_task_is_escalated_in_every_way(played: str) -> None:
    told = chapter(played, "is blocked")
    moved = "Review the contract moved from Not started to Blocked"
    assert told["comment"].startswith("@Ann: this task moved from")
    assert told["#urgent"] == f"@Chloé: {moved}"
    assert told["direct: Chloé"] == told["e-mail: Chloé"] == moved


@pytest.mark.req("O1", "A4")
def test_a_new_page_gets_a_person_a_value_and_a_welcome(played: str) -> None:
    told = chapter(played, "writes a new task")
    assert told["property"].startswith("Assignee = Ann, whose turn it is; Priority = High")
    assert told["welcome"].startswith("Thank you for the report.")
    assert told["comment"].startswith("@Ann, this task is now assigned to you")
    assert told["own write"].endswith("ignored, only our own bot wrote")


@pytest.mark.req("O1", "A5")
def test_a_deadline_is_reminded_of(played: str) -> None:
    told = chapter(played, "is due tomorrow")
    assert told["comment"].startswith("@Ben, this task is due tomorrow")
    assert told["direct: Ben"].startswith("Write the launch plan is due tomorrow")


@pytest.mark.req("O1", "A3")
def test_a_page_that_is_locked_and_deleted_is_told_of(played: str) -> None:
    assert "Review the contract in Tasks was locked." in played
    assert chapter(played, "and deletes it")["#team"] == "Review the contract in Tasks was deleted."


@pytest.mark.req("O1", "A6")
def test_a_task_and_an_order_of_another_workspace_are_kept_in_step(played: str) -> None:
    told = chapter(played, "is linked to")
    assert told["order"].startswith("there: Open → Packing")
    assert told["task"] == "here: In progress → Done"
    assert told["no ping-pong"] == "2 changes, 2 writes"


@pytest.mark.req("O1", "A7", "A8")
def test_a_task_and_its_row_follow_one_another_and_a_mismatch_is_told_and_mended(played: str) -> None:
    told = chapter(played, "rows of PostgreSQL")
    assert told["row"] == "status: open → active"
    assert told["page"] == "Status: In progress → Done"
    assert told["mirror check"] == "degraded: Tasks: 1 mismatched: in Notion active, in the row closed"
    assert told["mirror repair"].startswith("--from notion: the row says active")
    assert told["health"] == "healthy: both sides are in step; 1 call to Notion"


@pytest.mark.req("O1", "A10")
def test_a_property_may_be_renamed_and_a_missing_option_is_told_with_the_line_to_write(played: str) -> None:
    told = chapter(played, "tidies the properties up")
    assert "everything fits" in told["rename"]
    first, break_ = told["#team"].split("\n")
    assert first == "1 automation of Tasks breaks:"
    assert break_.startswith("• Tasks/status: ")
    assert break_.endswith('In the rules file write priority = ["High"]')
    assert told["made anew"].startswith("Medium is back: everything fits")


@pytest.mark.req("O1", "A13")
def test_six_assignments_at_once_are_one_message(played: str) -> None:
    told = chapter(played, "assigns 6 tasks")
    headline, *lines = told["#tasks"].split("\n")
    assert headline == "6 changes"
    assert len(lines) == len(set(lines)) == 6
    assert all(line.startswith("• @Chloé is now assigned to ") for line in lines)


def test_every_scenario_is_a_chapter(played: str) -> None:
    chapters = [line for line in played.splitlines() if line[:1].isdigit() and " · " in line]
    assert len(chapters) == BESIDE + len(SCENARIOS)
