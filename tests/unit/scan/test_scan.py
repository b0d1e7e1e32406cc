"""The scanners: what they skip has a reason, what they accept was looked at, and what they are for is found."""

import json
import re
from pathlib import Path

import pytest
import yaml

from infra.scan import __main__ as scan
from infra.scan import leaks

ROOT = Path(__file__).parents[3]
BASELINE = json.loads((ROOT / leaks.BASELINE).read_text())
SHAPES = {
    "Token of Notion or HubSpot": [
        "ntn_" + "4a7Bq" * 9,
        "secret_" + "Zx9k2" * 9,
        "pat-eu1-" + "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    ],
    "Slack Token": ["xoxb-" + "1234567890-1234567890-" + "AbCdEfGhIjKl"],
    "AWS Access Key": ["AKIA" + "QWERTZUIOP234567"],
}


def test_every_skipped_check_has_its_reason_above_it() -> None:
    settings = (ROOT / ".checkov.yaml").read_text()
    told = re.findall(r"((?:^  # .*\n)+)  - (\w+)$", settings, re.MULTILINE)

    assert [check for _, check in told] == yaml.safe_load(settings)["skip-check"]
    assert [check for reason, check in told if len(reason) < 80] == []


@pytest.mark.parametrize("kind", SHAPES)
def test_tokens_of_the_services_that_steward_uses_are_found(kind: str, tmp_path: Path) -> None:
    for number, token in enumerate(SHAPES[kind]):
        (tmp_path / f"settings{number}.toml").write_text(f'token = "{token}"\n')

    found = leaks.found([file.name for file in tmp_path.iterdir()], tmp_path)

    assert {file for file, secret in found if secret.type == kind} == {f.name for f in tmp_path.iterdir()}


def test_a_made_up_password_is_found_outside_tests_only(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for place in ("tests/a.py", "b.py"):
        (tmp_path / place).write_text('password = "correct-horse"\n')

    assert {file for file, _ in leaks.found(["tests/a.py", "b.py"], tmp_path)} == {"b.py"}


def test_what_is_accepted_was_called_no_secret_and_is_a_file_of_ours() -> None:
    assert BASELINE["plugins_used"]
    for file, findings in BASELINE["results"].items():
        assert (ROOT / file).is_file(), file
        assert [entry["is_secret"] for entry in findings] == [False] * len(findings)


def test_what_is_new_is_told_by_place_and_kind_without_the_secret(tmp_path: Path) -> None:
    token = SHAPES["Slack Token"][0]
    (tmp_path / "notes.md").write_text(f"first\n`{token}`\n")
    (tmp_path / "other.md").write_text("nothing\n")

    told = leaks.unknown(leaks.found(["notes.md", "other.md"], tmp_path))

    assert told == ["notes.md:2: Slack Token"]


def test_every_template_and_workflow_is_scanned() -> None:
    assert {"template.yaml", "infra/alarms.yaml"} <= set(scan.templates())
    assert len(scan.workflows()) == len(list((ROOT / ".github" / "workflows").iterdir()))


def test_an_option_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan.main(["--skip"]) == 2
    assert "--accept" in capsys.readouterr().err
