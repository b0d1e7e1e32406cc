"""``console``: where the dashboard is, and a link that logs in."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from console.passes import Passes
from infra.operate import target
from infra.operate.__main__ import main

TOKEN = "console-" + "t" * 40


class Here:
    """A stack with a console secret."""

    name = "the stack here"

    def __init__(self, secrets: Any, arn: str, outputs: dict[str, str], url: str = "") -> None:
        self._secrets, self._url = secrets, url
        self._outputs = {"ConsoleSecretArn": arn, **outputs}

    def client(self, service: str) -> Any:
        assert service == "secretsmanager"
        return self._secrets

    def output(self, name: str) -> str:
        if name not in self._outputs:
            raise target.TargetError(f"no output {name}")
        return self._outputs[name]

    def parameter(self, name: str, default: str) -> str:
        return self._url if name == "DashboardUrl" and self._url else default


def run(monkeypatch: pytest.MonkeyPatch, secret: str | None, *arguments: str, **more: Any) -> int:
    with mock_aws():
        secrets = boto3.client("secretsmanager")
        made = secrets.create_secret(
            Name="console", **({"SecretString": secret} if secret is not None else {})
        )
        outputs = more.pop("outputs", {"ConsoleUrl": "https://api.example/dashboard"})
        here = Here(secrets, made["ARN"], outputs, **more)
        monkeypatch.setattr(target, "find", lambda *_: here)
        return main(["console", *arguments])


@pytest.mark.req("C3", "O4")
def test_the_link_logs_in_and_the_token_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, json.dumps({"token": TOKEN})) == 0

    said = capsys.readouterr().out
    link = next(word for word in said.split() if "ticket=" in word)
    assert link.startswith("https://api.example/dashboard/login?ticket=")
    assert Passes([TOKEN], time.time).knows_ticket(parse_qs(urlsplit(link).query)["ticket"][0]) is True
    assert TOKEN not in said


@pytest.mark.req("C3", "O4")
def test_programs_get_json_and_a_stack_without_the_output_is_asked_for_its_parameter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://127.0.0.1:8080/dashboard"
    assert run(monkeypatch, json.dumps({"token": TOKEN}), "--json", outputs={}, url=url) == 0

    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"dashboard", "login", "expires_at"}
    assert told["login"].startswith(f"{url}/login?ticket=")


@pytest.mark.req("C3", "O4")
@pytest.mark.parametrize("secret", [None, "null", "{", "[]", '{"token":""}', '{"token":7}'])
def test_without_a_token_it_says_which_command_makes_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], secret: str | None
) -> None:
    assert run(monkeypatch, secret) == 1

    said = capsys.readouterr()
    assert (said.out, "rotate console" in said.err) == ("", True)


@pytest.mark.req("C3", "O4")
def test_a_stack_that_has_no_console_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, '{"token":""}', outputs={}) == 2
    assert "no output ConsoleUrl" in capsys.readouterr().err
