"""``what-if`` on the whole of Steward in one process: another rules file, asked about what really happened."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.operate import target, what_if
from infra.operate.__main__ import main
from tests.integration.aws import ROOT
from tests.integration.here import Here
from tests.integration.stand import Stand, standing

NOW = ROOT / "functions" / "steward.toml"
PRIORITY = """
[[data_source.automation]]
kind = "lifecycle"
name = "important"
on = ["updated"]
watch = ["status"]
where = { priority = ["High"] }
"""


SILENT = """
[[data_source.automation]]
kind = "lifecycle"
name = "never"
on = ["locked"]
"""
"""What makes another file of it, and tells nobody anything."""


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with standing(quick=True) as made:
        monkeypatch.setattr(target, "find", lambda *_: Here(made))
        monkeypatch.setattr(what_if, "utc_now", made.clock.now)
        yield made


@pytest.fixture
def told(stand: Stand) -> tuple[str, list[str]]:
    """A page that goes to Ann and then to Chloé, and the events of it."""
    page, sent = stand.known_tasks(1)[0], []
    for person in (stand.demo.ann, stand.demo.chloe):
        stand.assign(page, person)
        stand.clock.sleep(60)
        sent.append(stand.send(page)["id"])
        stand.work()
        stand.gather()
    assert stand.told(page) == [stand.demo.ann, stand.demo.chloe]
    return page, sent


def asked(folder: Path, capsys: pytest.CaptureFixture[str], text: str, *more: str) -> Any:
    file = folder / "new.toml"
    file.write_text(text)
    capsys.readouterr()
    assert main(["what-if", "--rules", str(file), "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.req("O4")
def test_a_file_that_differs_in_nothing_that_happened_tells_what_was_told_and_nothing_else(
    stand: Stand, told: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, _ = told
    found = asked(tmp_path, capsys, NOW.read_text() + SILENT)

    assert (found["added"], found["removed"], found["changed"]) == ([], [], [])
    people = len(stand.told(page)) + len(stand.notices())
    assert found["same"] == people
    assert found["judged"] == 2
    assert found["complete"] is True


@pytest.mark.req("O4")
def test_another_file_adds_removes_and_changes_and_is_counted(
    told: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = NOW.read_text()
    silent = asked(tmp_path, capsys, text.replace("comment = true", "comment = false", 1))
    assert [(t["event_id"], t["kind"], t["person"]) for t in silent["removed"]] == [
        (told[1][1], "notion.comment", "Chloé"),
        (told[1][0], "notion.comment", "Ann"),
    ]
    assert silent["by_automation"] == {"Tasks/assignment": {"removed": 2}}
    assert silent["by_person"] == {"Ann": {"removed": 1}, "Chloé": {"removed": 1}}

    elsewhere = asked(
        tmp_path, capsys, text.replace('slack_channel = "#tasks"', 'slack_channel = "#others"', 1)
    )
    assert [(c["now"]["channel"], c["new"]["channel"]) for c in elsewhere["changed"]] == [
        ("#tasks", "#others")
    ] * 2

    (tmp_path / "more.toml").write_text(text.replace("comment = true", "comment = true\nremoved = true", 1))
    assert main(["what-if", "--rules", str(tmp_path / "more.toml")]) == 0
    out = capsys.readouterr().out
    assert "added 1, removed 0, changed 0" in out
    assert "+ Tasks/assignment  slack.message #tasks for Ann: Ann is no longer assigned to Task 0" in out


@pytest.mark.req("O4")
def test_what_the_snapshots_do_not_hold_is_said_and_not_guessed(
    told: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = NOW.read_text().replace("properties = {", 'properties = { priority = "Priority",', 1) + PRIORITY
    found = asked(tmp_path, capsys, text)
    assert found["added"] == []
    assert found["not_judged"] == {"Tasks/lifecycle:important": 2}


@pytest.mark.req("O4")
def test_nothing_is_called_or_written_and_a_wrong_file_is_refused(
    stand: Stand, told: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = len(stand.notion.requests())
    rows = [stand.dynamodb.Table(stand.environ[t]).scan()["Items"] for t in ("STATE_TABLE", "JOURNAL_TABLE")]
    asked(tmp_path, capsys, NOW.read_text() + SILENT)
    assert len(stand.notion.requests()) == calls
    assert [
        stand.dynamodb.Table(stand.environ[t]).scan()["Items"] for t in ("STATE_TABLE", "JOURNAL_TABLE")
    ] == rows

    (tmp_path / "wrong.toml").write_text("[slak]")
    assert main(["what-if", "--rules", str(tmp_path / "wrong.toml"), "--json"]) == 2
    assert "wrong.toml" in json.loads(capsys.readouterr().out)["error"]
    stand.clock.sleep(3600)
    assert main(["what-if", "--rules", str(tmp_path / "new.toml"), "--since", "1s"]) == 1


@pytest.mark.req("O4")
def test_the_present_file_is_the_one_that_the_stack_runs_by(
    stand: Stand, told: tuple[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mute = tmp_path / "mute.toml"
    mute.write_text(NOW.read_text().replace("comment = true", "comment = false", 1))
    stand.environ["RULES_FILE"] = str(mute)

    assert len(asked(tmp_path, capsys, NOW.read_text())["added"]) == 2
    assert asked(tmp_path, capsys, NOW.read_text() + SILENT, "--now", str(NOW))["added"] == []


@pytest.mark.req("O4")
def test_a_file_is_not_compared_with_itself(
    stand: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(NOW.read_text() + "# another remark\n")

    assert main(["what-if", "--rules", str(copy), "--json"]) == 2
    refused = json.loads(capsys.readouterr().out)
    assert refused["error"].startswith("both files mean the same, so nothing can differ")
    assert refused["do"].startswith("change a copy of it and name the copy with --rules")
