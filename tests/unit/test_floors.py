"""The floors of ARCHITECTURE: imports point down only, and ingest stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
MODULES = sorted(FUNCTIONS.rglob("*.py"))
LOGIC = ("ingest", "processor", "triage", "console")
ADAPTERS = {
    "state",
    "turns",
    "memory",
    "addresses",
    "people",
    "slack_channels",
    "slack_people",
    "slack_threads",
    "budget_memory",
    "aws_trouble",
    "journal",
    "by_day",
    "closings",
    "lane",
    "lane_switch",
    "learnt",
    "pending_token",
    "remembered_bot",
    "post_mortems",
    "fallback",
    "incidents",
    "explanation",
    "reads",
    "secret_store",
    "spent_budget",
    "siding",
    "mirror",
    "telemetry",
    "waiting",
}
HEAVY = ("requests", "pydantic", "slack_sdk", "aws_xray_sdk")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where they point"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_domain(name: str) -> bool:
    parts = name.split(".")
    return parts[0] == "steward" and len(parts) > 1 and parts[1] not in ADAPTERS and parts[1] != "clients"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_imports_from_a_floor_above(path: Path) -> None:
    name = name_of(path)
    for imported in imports(path):
        top = imported.split(".")[0]
        if name.startswith("steward"):
            assert top not in LOGIC, f"{name} imports {imported}"
        for package in LOGIC:
            if name.split(".")[0] in LOGIC and name.split(".")[0] != package:
                assert top != package, f"{name} imports {imported}"
        assert not imported.endswith((".handler", ".handler.handler")), f"{name} imports a handler"


@pytest.mark.parametrize("path", [p for p in MODULES if is_domain(name_of(p))], ids=name_of)
def test_the_domain_is_the_standard_library_and_itself(path: Path) -> None:
    allowed = set(sys.stdlib_module_names) | {"steward"}
    if name_of(path).startswith("steward.rules"):
        allowed |= {"pydantic", "pydantic_core"}
    for imported in imports(path):
        assert imported.split(".")[0] in allowed, f"{name_of(path)} imports {imported}"
        parts = imported.split(".")
        assert parts[0] != "steward" or len(parts) < 2 or parts[1] not in {*ADAPTERS, "clients"}, imported


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "handler.py"], ids=name_of)
def test_only_handlers_read_the_environment_and_build_clients(path: Path) -> None:
    text = path.read_text()

    assert "os.environ" not in text
    assert "getenv" not in text
    assert "boto3.Session" not in text
    assert "boto3.client" not in text


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_has_one_purpose_that_its_name_tells(path: Path) -> None:
    assert path.stem not in ("utils", "util", "helpers", "common", "manager", "misc")
    assert len(path.read_text().splitlines()) <= 300
    assert ast.get_docstring(ast.parse(path.read_text()))


def loaded_by(handler: str, modules: list[str]) -> str:
    """Which of these a fresh interpreter has loaded once it has imported the handler, as a list prints."""
    code = f"import sys, {handler}; print([m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=FUNCTIONS,
        env={"PYTHONPATH": str(FUNCTIONS)},
    )
    return done.stdout.strip()


def test_the_console_loads_no_client_of_a_vendor_because_its_layers_have_none() -> None:
    assert loaded_by("console.handler", [*HEAVY, "psycopg"]) == "[]"


def test_ingest_loads_nothing_that_only_the_others_need() -> None:
    heavy = [*HEAVY, "aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities.parameters"]

    assert loaded_by("ingest.handler", heavy) == "[]"
