"""``rules check``: mistakes without a call, misfits with one read a data source."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from infra.operate.__main__ import main
from infra.operate.clock import utc_now
from steward.learnt import keep_query_id, keep_shown
from steward.memory import Memory
from steward.rules import parse
from tests.unit.clients.vendor import Turn, Vendor, says
from tests.unit.operate.account import ARGUMENTS, REGION, ROOT, STACK
from tests.unit.rules_text import OTHERS, TASKS, rules, source

PEOPLE: dict[str, object] = {"id": "a", "name": "Assignee", "type": "people", "people": {}}
TITLE: dict[str, object] = {"id": "title", "name": "Name", "type": "title", "title": {}}
ONE = rules('{ kind = "assignment" }', roles='assignee = "Assignee"')
TWO = (
    ONE
    + source(name="Theirs", at=OTHERS, roles="", more='connection = "partner"')
    + '[[connection]]\nname = "partner"'
)


def live(*properties: dict[str, object], **more: object) -> Turn:
    body = {
        "object": "data_source",
        "id": TASKS,
        "properties": {str(p["name"]): p for p in properties},
        **more,
    }
    return says(200, json.dumps(body).encode())


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with Vendor() as running:
        monkeypatch.setenv("NOTION_API_URL", running.url)
        monkeypatch.setenv("NOTION_TOKEN", "ntn_main")
        yield running


def write(folder: Path, text: str) -> str:
    file = folder / "team.toml"
    file.write_text(text)
    return str(file)


@pytest.mark.req("O4")
def test_the_file_that_ships_is_checked_without_being_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check"]) == 0
    assert capsys.readouterr().out == "steward.toml: no mistakes; 1 data source, 1 automation\n"


@pytest.mark.req("O4")
def test_every_mistake_has_a_line_and_the_status_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    file = write(tmp_path, rules('{ kind = "asignment" }', top='time_zone = "Mars\\u001b"'))

    assert main(["rules", "check", file, "--live"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("team.toml: line 1: time_zone: unknown time zone")
    assert "\x1b" not in first
    assert second.endswith("unknown kind 'asignment'; did you mean 'assignment'?")
    assert vendor.requests == []


@pytest.mark.req("O4")
def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", "nowhere.toml"]) == 1
    assert "nowhere.toml: can't be read" in capsys.readouterr().out


@pytest.mark.req("A10", "O4")
def test_what_fits_the_live_schema_is_said_to_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [live(TITLE, PEOPLE)]

    assert main(["rules", "check", write(tmp_path, ONE), "--live"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 live data source checked; everything fits"
    assert [r.line for r in vendor.requests] == [f"GET /v1/data_sources/{TASKS} HTTP/1.1"]
    assert vendor.requests[0].headers["authorization"] == "Bearer ntn_main"


@pytest.mark.req("A10", "O4")
def test_what_would_break_is_told_with_its_line_its_rule_and_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [live(TITLE, PEOPLE | {"name": "Assigned"})]

    assert main(["rules", "check", write(tmp_path, ONE), "--live"]) == 1
    told, total = capsys.readouterr().out.splitlines()[1:]
    assert told.startswith(
        "team.toml: line 7: data_source[1].properties.assignee: no property is called 'Assignee'"
    )
    assert told.endswith("did you mean 'Assigned'?; breaks Tasks/assignment; write assignee = \"Assigned\"")
    assert total == "1 automation would break"


@pytest.mark.req("A10", "O4")
def test_a_data_source_that_can_not_be_read_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [
        says(404, b'{"object": "error", "status": 404, "code": "object_not_found", "message": "m"}')
    ]

    assert main(["rules", "check", write(tmp_path, ONE), "--live"]) == 1
    assert "Tasks: not checked: Notion knows no such data source; share it" in capsys.readouterr().out


@pytest.mark.req("A6", "A10", "O4")
def test_each_connection_uses_its_own_token_and_a_missing_one_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.turns = [live(TITLE, PEOPLE)]
    file = write(tmp_path, TWO)

    assert main(["rules", "check", file, "--live"]) == 1
    assert "Theirs: not checked: the connection 'partner' has no token" in capsys.readouterr().out
    monkeypatch.setenv("NOTION_TOKEN_PARTNER", "ntn_partner")
    assert main(["rules", "check", file, "--live"]) == 0
    assert [r.headers["authorization"] for r in vendor.requests[1:]] == [
        "Bearer ntn_main",
        "Bearer ntn_partner",
    ]


@contextmanager
def deployed(secret: str | None, api: str = "", rules_file: str = "steward.toml") -> Iterator[Memory]:
    """A stack with the template's own parameters and outputs, and its memory; moto's CloudFormation makes no secrets."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    assert template["Outputs"]["NotionSecretArn"]["Value"] == {"Ref": "NotionSecret"}
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        given = {} if secret is None else {"SecretString": secret}
        arn = session.client("secretsmanager").create_secret(Name="notion", **given)["ARN"]
        document = {
            "Parameters": {name: template["Parameters"][name] for name in ("NotionApiUrl", "RulesFile")},
            "Resources": {"StateTable": template["Resources"]["StateTable"]},
            "Outputs": {
                "NotionSecretArn": {"Value": arn},
                "StateTableName": template["Outputs"]["StateTableName"],
            },
        }
        session.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(document),
            Parameters=[
                {"ParameterKey": "NotionApiUrl", "ParameterValue": api},
                {"ParameterKey": "RulesFile", "ParameterValue": rules_file},
            ],
        )
        described = session.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        (table,) = (o["OutputValue"] for o in described["Outputs"] if o["OutputKey"] == "StateTableName")
        yield Memory(session.resource("dynamodb").Table(table), utc_now)


@pytest.mark.req("A10", "O4")
def test_a_stack_that_is_named_gives_address_and_tokens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [live(TITLE, PEOPLE)]
    secret = {"token": "ntn_of_the_stack", "connections": {"partner": "ntn_of_the_partner"}}
    with deployed(json.dumps(secret), vendor.url):
        assert main(["rules", "check", write(tmp_path, TWO), "--live", *ARGUMENTS]) == 0

    tokens = [r.headers["authorization"] for r in vendor.requests]
    assert tokens == ["Bearer ntn_of_the_stack", "Bearer ntn_of_the_partner"]
    assert "ntn_" not in capsys.readouterr().out


@pytest.mark.req("A7", "O4")
def test_a_mirror_for_which_the_stack_has_no_database_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [live(TITLE)]
    with deployed(json.dumps({"token": "ntn_of_the_stack"}), vendor.url):
        assert (
            main(["rules", "check", write(tmp_path, rules('{ kind = "mirror" }')), "--live", *ARGUMENTS]) == 1
        )

    assert "the stack has no database for it; deploy with MirrorByDsn=true" in capsys.readouterr().out


@pytest.mark.req("A10", "O4")
@pytest.mark.parametrize(
    ("secret", "status", "said"),
    [
        (None, 1, "the connection 'main' has no token; put it into the Notion secret"),
        ("{}", 1, "the connection 'main' has no token; put it into the Notion secret"),
        ("ntn_bare", 2, "the Notion secret is no JSON object with a token"),
        ("[]", 2, "the Notion secret is no JSON object with a token"),
    ],
)
def test_a_secret_without_a_token_is_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    vendor: Vendor,
    secret: str | None,
    status: int,
    said: str,
) -> None:
    with deployed(secret, vendor.url):
        assert main(["rules", "check", write(tmp_path, ONE), "--live", *ARGUMENTS]) == status
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert "ntn_" not in told.out + told.err
    assert vendor.requests == []


@pytest.mark.req("O4")
def test_a_stack_that_is_not_there_is_another_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with deployed("{}", "http://127.0.0.1:9"):
        arguments = ["--live", "--stack-name", "elsewhere", "--region", REGION]
        assert main(["rules", "check", write(tmp_path, ONE), *arguments]) == 2
    assert "elsewhere is not there" in capsys.readouterr().err


def test_mistakes_are_one_document_when_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[slak]\n")
    assert main(["rules", "check", str(wrong), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["file"] == "wrong.toml"
    assert any("slak" in mistake for mistake in found["mistakes"])
    assert main(["rules", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mistakes"] == []


SECRET = json.dumps({"token": "ntn_of_the_stack"})
STATUS = rules('{ kind = "status", to = ["Blocked"] }', roles='assignee = "Assignee", status = "Status"')


def status(name: str, *options: str) -> dict[str, object]:
    listed = [{"id": option.lower(), "name": option} for option in options]
    return {"id": "s", "name": name, "type": "select", "select": {"options": listed}}


@pytest.mark.req("A10", "O4")
def test_what_a_stack_has_learnt_is_known_a_renamed_property_breaks_nothing_and_its_options_are_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    file = write(tmp_path, STATUS)
    (tasks,) = parse(STATUS).data_source
    properties = (TITLE, PEOPLE | {"name": "Assigned"})
    vendor.turns = [live(*properties, status("State", "Open", "Stuck"))]
    with deployed(SECRET, vendor.url) as memory:
        keep_query_id(memory, tasks, "0db00000-0000-4000-8000-000000000001")
        keep_shown(memory, tasks, {"assignee": ("a", "people"), "status": ("s", "select")})
        assert main(["rules", "check", file, "--live", "--json", *ARGUMENTS]) == 1
        found = json.loads(capsys.readouterr().out)
        vendor.turns = [live(*properties, status("State", "Open", "Blocked"))]
        assert main(["rules", "check", file, "--live", *ARGUMENTS]) == 0

    assert [(one["why"], one["option"], one["rules"]) for one in found["breaks"]] == [
        ("option", "Blocked", ["Tasks/status"])
    ]
    assert (found["mistakes"], found["checked"], found["not_checked"]) == ([], ["Tasks"], [])
    assert (found["automations_that_break"], found["fits"]) == (1, False)
    assert found["breaks"][0]["line"] is not None
    assert capsys.readouterr().out.splitlines()[-1] == "1 live data source checked; everything fits"
    assert {r.line.split()[1] for r in vendor.requests} == {
        "/v1/data_sources/0db00000-0000-4000-8000-000000000001"
    }


@pytest.mark.req("O4")
def test_without_a_file_that_of_the_stack_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [live(TITLE, PEOPLE)]
    with deployed(SECRET, vendor.url, write(tmp_path, ONE)):
        assert main(["rules", "check", *ARGUMENTS]) == 0
        assert main(["rules", "check", "--live", *ARGUMENTS]) == 0
        assert main(["rules", "check", "docs/rules.example.toml", *ARGUMENTS]) == 0

    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "team.toml",
        "team.toml",
        "1 live data source checked; everything fits",
        "rules.example.toml",
    ]


@pytest.mark.req("A10", "O4")
def test_what_no_automation_uses_yet_is_told_and_breaks_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    file = write(tmp_path, rules('{ kind = "assignment" }', roles='assignee = "Assignee", due = "Due"'))
    vendor.turns = [live(TITLE, PEOPLE)]

    assert main(["rules", "check", file, "--live"]) == 0
    told, total = capsys.readouterr().out.splitlines()[1:]
    assert "no automation uses it yet" in told
    assert total == "1 live data source checked; no automation would break"


@pytest.mark.req("A10", "O4")
def test_a_data_source_in_the_trash_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], vendor: Vendor
) -> None:
    vendor.turns = [live(TITLE, PEOPLE, in_trash=True)]

    assert main(["rules", "check", write(tmp_path, ONE), "--live", "--json"]) == 1
    (left,) = json.loads(capsys.readouterr().out)["not_checked"]
    assert (left["data_source"], left["why"].partition(";")[0]) == ("Tasks", "it is in the trash")
