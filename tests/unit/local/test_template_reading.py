"""The template on its way to the local AWS: read, transformed, built."""

import json
import platform
from pathlib import Path
from typing import Any

import pytest

from infra.local import built
from infra.local.built import find_python, host_architecture, layers_of, with_absolute_paths
from infra.local.processes import StartError
from infra.local.setup import ROOT, Environment
from infra.local.transform import TemplateError, functions_of, read, to_cloudformation

TEMPLATE = ROOT / "template.yaml"


def transform(document: dict[str, Any]) -> dict[str, Any]:
    code = dict.fromkeys(functions_of(document), "s3://a/code.zip")
    return to_cloudformation(document, code, "s3://a/layer.zip", "eu-west-1")


def test_the_macro_leaves_nothing_that_is_sams_own() -> None:
    plain = transform(read(TEMPLATE))

    assert not [r for r in plain["Resources"].values() if r["Type"].startswith("AWS::Serverless::")]
    assert {"Ingest", "Processor", "LaneQueue"} <= set(plain["Resources"])


def test_what_one_reader_changes_the_next_does_not_see() -> None:
    mine = read(TEMPLATE)
    mine["Resources"]["Api"]["Properties"].clear()

    assert read(TEMPLATE)["Resources"]["Api"]["Properties"]


def test_a_template_that_is_no_yaml_is_refused_with_its_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("Resources: [")

    with pytest.raises(TemplateError, match=r"broken\.yaml"):
        read(broken)


def test_a_template_that_the_macro_refuses_is_refused_with_every_cause() -> None:
    document = read(TEMPLATE)
    document["Resources"]["Ingest"]["Properties"]["Events"]["Webhook"]["Properties"]["Pfad"] = "/x"
    document["Resources"]["Processor"]["Properties"]["Events"]["Lane"]["Type"] = "Pigeon"

    with pytest.raises(TemplateError) as caught:
        transform(document)
    assert "Ingest" in str(caught.value)
    assert "Processor" in str(caught.value)


def test_a_functions_layers_are_the_shared_ones_and_then_its_own() -> None:
    document = read(TEMPLATE)

    assert layers_of(document, "Ingest") == ["PowertoolsLayer"]
    assert layers_of(document, "Processor") == ["PowertoolsLayer", "HttpLayer", "PostgresLayer"]


def test_a_build_from_another_folder_changes_nothing_but_paths() -> None:
    document = json.loads(json.dumps(read(TEMPLATE)))
    before = json.dumps(document)

    ours = with_absolute_paths(document)

    assert json.dumps(document) == before
    pairs = [(ours["Globals"]["Function"], document["Globals"]["Function"], "CodeUri")]
    pairs += [
        (ours["Resources"][name]["Properties"], document["Resources"][name]["Properties"], "ContentUri")
        for name in ("PowertoolsLayer", "HttpLayer", "PostgresLayer", "ConsoleLayer")
    ]
    for name in ("Alarms", "Dashboard", "IngestRelease", "ConsoleRelease"):
        nested = (d["Resources"][name]["Properties"] for d in (ours, document))
        pairs.append((*nested, "TemplateURL"))
    for changed, original, key in pairs:
        assert Path(changed.pop(key)) == ROOT / original.pop(key)
    assert ours == document


def test_a_python_that_is_not_there_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    placeholder = tmp_path / "python3.13"
    placeholder.write_text("#!/bin/sh\nexit 127\n")
    placeholder.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    with pytest.raises(StartError, match=r"needs Python 3\.13.*leave --built away"):
        find_python("3.13")


def tools(folder: Path, monkeypatch: pytest.MonkeyPatch, **scripts: str) -> None:
    """Make these commands the only ones on the path."""
    for name, script in scripts.items():
        command = folder / name.replace("_", ".")
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(built, "FOLDER", folder / "built")
    nothing = Environment("the SAM CLI", str(folder / "none"), "requirements-dev.txt", str(folder / "none"))
    monkeypatch.setattr(built, "ENVIRONMENTS", {"sam": nothing})


def test_a_missing_sam_cli_is_said_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tools(tmp_path, monkeypatch, python3_13="exit 0")

    with pytest.raises(StartError, match=r"run: python -m infra\.local\.setup sam"):
        built.from_build()


def test_a_build_that_fails_is_told_by_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tools(tmp_path, monkeypatch, python3_13="exit 0", sam="echo 'Build Failed: no wheel' >&2; exit 1")

    with pytest.raises(StartError, match="no wheel"):
        built.from_build()


@pytest.mark.parametrize(
    ("machine", "name"), [("x86_64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")]
)
def test_this_machine_is_named_as_lambda_names_it(
    monkeypatch: pytest.MonkeyPatch, machine: str, name: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)

    assert host_architecture() == name
