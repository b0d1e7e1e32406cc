"""``mirror migrate`` and ``mirror status``: with a stack's secret, and with MIRROR_DSN and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.operate import __main__ as command_line
from infra.operate import mirror as command
from infra.operate import target
from infra.operate.target import TargetError
from steward.mirror.access import DsnAccess, DsqlAccess
from steward.mirror.migrate import migrate
from steward.mirror.schema import LATEST
from tests.mirror import database_at
from tests.unit.rules_text import rules

HOST = "abcd1234efgh.dsql.eu-west-1.on.aws"


class Stack:
    """A stack's outputs and parameters, and its AWS."""

    name = "the stack"

    def __init__(self, outputs: dict[str, str], parameters: dict[str, str]) -> None:
        self.outputs, self.parameters = outputs, parameters

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name="eu-west-1")

    def output(self, name: str) -> str:
        if name not in self.outputs:
            raise TargetError("no such output")
        return self.outputs[name]

    def parameter(self, name: str, default: str) -> str:
        return self.parameters.get(name) or default


@pytest.fixture
def at_hand(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(command, "environ", {"MIRROR_DSN": empty_dsn})
    return empty_dsn


def operate(*arguments: str) -> int:
    return command_line.main(["mirror", *arguments])


@pytest.mark.req("A7", "O4")
def test_a_laptop_needs_an_address_and_no_stack(at_hand: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert operate("status") == 1
    assert "version 0 of" in capsys.readouterr().out

    assert operate("migrate") == 0
    assert f"is at version {LATEST}" in capsys.readouterr().out
    assert operate("migrate") == 0
    assert "nothing was missing" in capsys.readouterr().out

    database = database_at(at_hand)
    database.run(
        "postgres.test", lambda t: t.run("INSERT INTO projects (id, data_source) VALUES ('a', 'Tasks')")
    )
    database.close()
    assert operate("status", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": LATEST,
        "latest": LATEST,
        "missing_columns": [],
        "rows": {"Tasks": {"rows": 1, "linked": 0, "trashed": 0}},
    }
    assert operate("status") == 0
    assert "Tasks        1     0       0" in capsys.readouterr().out


@pytest.mark.req("A7", "O4")
def test_columns_of_the_rules_are_made_and_their_absence_is_said(
    at_hand: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "columns_in", lambda _: {"budget": "number"})
    database = database_at(at_hand)
    migrate(database, {})
    database.close()

    assert operate("status") == 1
    assert "columns budget are missing" in capsys.readouterr().out
    assert operate("migrate") == 0
    assert 'ADD COLUMN IF NOT EXISTS "budget"' in capsys.readouterr().out
    assert operate("status") == 0

    monkeypatch.setattr(command, "columns_in", lambda _: {"budget": "text"})
    for action in ("migrate", "status"):
        assert operate(action) != 0
        assert "and the rules want text" in capsys.readouterr().err


@pytest.mark.req("O5")
@pytest.mark.parametrize("action", ["migrate", "status"])
def test_a_database_that_does_not_answer_is_said_without_its_password(
    action: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "environ", {"MIRROR_DSN": "postgresql://a:s3cret@127.0.0.1:9/b"})

    assert operate(action) == 1
    said = capsys.readouterr()
    assert "postgres.migrate: unreachable" in said.err
    assert "s3cret" not in said.err + said.out
    assert operate(action, "--json") == 1
    assert json.loads(capsys.readouterr().out)["do"].startswith("look whether the database is up")


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.mark.req("A7", "O4")
def test_a_stacks_mirror_is_reached_by_its_secret(aws: None, mirror_dsn: str) -> None:
    secrets = boto3.client("secretsmanager", region_name="eu-west-1")
    arn = secrets.create_secret(Name="mirror", SecretString=json.dumps({"dsn": mirror_dsn}))["ARN"]
    stack: Any = Stack({"MirrorSecretArn": arn}, {})

    database = database_at("", access=command.access_of(stack))
    assert database.run("postgres.test", lambda t: t.row("SELECT current_database() AS it")) == {
        "it": mirror_dsn.rsplit("/", 1)[1]
    }
    database.close()


@pytest.mark.req("A7", "O4")
def test_a_stack_on_dsql_is_reached_by_iam_and_one_without_a_mirror_says_what_to_deploy(aws: None) -> None:
    on_dsql: Any = Stack({}, {"MirrorHost": HOST, "MirrorUser": "steward"})
    without: Any = Stack({}, {})

    way = command.access_of(on_dsql)
    assert isinstance(way, DsqlAccess)
    assert way.reach().keywords["user"] == "steward"
    with pytest.raises(TargetError, match="MirrorByDsn=true or with MirrorHost"):
        command.access_of(without)


@pytest.mark.req("A7", "O4")
def test_the_columns_are_those_of_the_rules_file_that_the_stack_runs_by(
    empty_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "team.toml"
    theirs.write_text(
        rules(
            '{ kind = "mirror", columns = [{ name = "due_on", role = "due", type = "date" }] }',
            roles='due = "Due"',
        )
    )
    stack = Stack({}, {"RulesFile": str(theirs)})
    monkeypatch.setattr(target, "find", lambda *_: stack)
    monkeypatch.setattr(command, "access_of", lambda _: DsnAccess(lambda _: {"dsn": empty_dsn}))
    # The database that the environment names is another one, and --local is said.
    monkeypatch.setattr(command, "environ", {"MIRROR_DSN": "postgresql://a@127.0.0.1:9/b"})

    assert operate("status", "--local", "--json") == 1
    assert json.loads(capsys.readouterr().out)["missing_columns"] == ["due_on"]
