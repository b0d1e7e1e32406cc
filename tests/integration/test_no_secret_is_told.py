"""Every operator's command, plainly and with --json, on one stand whose secrets are known: none of them is printed (O4, O5)."""

import io
import json
import sys
import time
from typing import Any

import boto3
import pytest

from infra.operate import baseline, dead_letters, mirror, mirror_check, target
from infra.operate.__main__ import main
from infra.operate.command_line import leaves, make_parser
from tests.integration.aws import REGION, TOKEN
from tests.integration.here import Here
from tests.integration.stand import Stand, standing

PASSWORD = "hunter2hunter2hunter2"
HUBSPOT = "pat-eu1-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
CONSOLE = "console-secret-0123456789abcdefghijklmnop"
STAGED = "ntn_stagedstagedstaged0123456789"
CANDIDATE = "secret_candidatecandidate0123456789"
ADDRESS = "somebody@example.com"

EVENT, PAGE = "{event}", "{page}"

ARGUMENTS: dict[str, list[str] | None] = {
    "send": ["--url", "http://127.0.0.1:9/webhooks/notion", "--dry-run"],
    "events": [],
    "explain": [EVENT],
    "replay": [EVENT, "--dry-run"],
    "what-if": ["--rules", "docs/rules.example.toml"],
    "logs": ["--platform"],
    "dlq list": [],
    "dlq show": ["{letter}"],
    "dlq redrive": ["--id", "nobody"],
    "lane status": [],
    "lane pause": [],
    "lane resume": [],
    "pause": [],
    "resume": [],
    "mirror migrate": [],
    "mirror status": [],
    "mirror check": ["--last"],
    "mirror repair": None,  # waits for the lane; told and printed as by `mirror check`
    "search": ["menu"],
    "triage": [],
    "doctor": [],
    "incident list": [],
    "incident show": ["notion-20261121-1"],
    "incident ack": ["notion-20261121-1", "--by", "me"],
    "incident silence": ["notion-20261121-1", "--for", "1h", "--by", "me"],
    "incident note": ["notion-20261121-1", "seen", "--by", "me"],
    "status": [],
    "post-mortem": ["notion-20261121-1"],
    "read": ["page", PAGE],
    "rotate notion": [],
    "rotate slack": [],
    "rotate slack-webhook": [],
    "rotate hubspot": [],
    "rotate console": [],
    "rotate notion-signing": [],
    "rules check": ["functions/steward.toml", "--live"],
    "baseline": ["--no-wait"],
    "subscribe": None,  # shows the token once, on purpose, and has tests of its own
    "console": None,  # has tests of its own
    "cost": None,  # knows no stack and no secret
}
"""Command → what it is run with; None with the reason why it is not run here."""


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Any:
    with standing() as made:
        here = Here(made)
        made.environ["HUBSPOT_API_URL"] = "http://127.0.0.1:9"
        monkeypatch.setattr(dead_letters, "WAIT", 0)
        monkeypatch.setattr(target, "find", lambda *_: here)
        monkeypatch.setattr(
            mirror, "environ", {"MIRROR_DSN": f"postgresql://steward:{PASSWORD}@127.0.0.1:9/mirror"}
        )
        monkeypatch.setattr(baseline, "utc_now", made.clock.now)
        monkeypatch.setattr(mirror_check, "utc_now", made.clock.now)
        for name, value in {
            "NOTION_TOKEN": made.notion.token,
            "NOTION_API_URL": made.notion.url,
            "NOTION_STATUS_URL": "http://127.0.0.1:9/",
            "HUBSPOT_ACCESS_TOKEN": HUBSPOT,
            "HUBSPOT_API_URL": "http://127.0.0.1:9",
            "HUBSPOT_STATUS_URL": "http://127.0.0.1:9/",
            "NOTION_VERIFICATION_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, value)
        yield made


def secrets_of(stand: Stand) -> tuple[str, ...]:
    """What must not be seen, filled into the stand's secrets."""
    documents = {
        "HUBSPOT_SECRET_ID": {"token": HUBSPOT},
        "PENDING_SECRET_ID": {
            "candidates": [{"token": CANDIDATE, "received_at": "2026-11-21T12:00:00+00:00"}]
        },
    }
    for name, document in documents.items():
        if name in stand.environ:
            stand.secrets.put_secret_value(SecretId=stand.environ[name], SecretString=json.dumps(document))
    return (
        stand.notion.token,
        stand.slack.bot_token,
        TOKEN,
        HUBSPOT,
        CONSOLE,
        CANDIDATE,
        STAGED,
        PASSWORD,
        ADDRESS,
    )


def write_logs(stand: Stand, secrets: tuple[str, ...]) -> None:
    """Lines that hold all that should never have been logged and that looks like what it is."""
    group = stand.environ["INGEST_LOG_GROUP"] = "/aws/lambda/steward-ingest"
    logs = boto3.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    shaped = [s for s in secrets if s not in (CONSOLE, PASSWORD, stand.notion.token)]
    at = int(time.time() * 1000)
    events = [{"timestamp": at, "message": json.dumps({"message": f"said {s}", "also": [s]})} for s in shaped]
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


@pytest.mark.req("O4", "O5")
def test_no_command_prints_a_secret_and_each_prints_one_document_when_it_is_asked_for(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = secrets_of(stand)
    write_logs(stand, secrets)
    page = stand.known_tasks(1)[0]
    stand.assign(page, stand.demo.ann)
    event = stand.send(page)["id"]
    stand.work()
    stand.sqs.send_message(
        QueueUrl=stand.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody="{}",
        MessageGroupId="one",
        MessageDeduplicationId="one",
    )
    names = {EVENT: event, PAGE: page}

    commands = [name for name, _ in leaves(make_parser())]
    assert [c for c in commands if c not in ARGUMENTS] == [], "say in ARGUMENTS how to run it"
    said, ended = {}, {}
    for command in commands:
        arguments = ARGUMENTS[command]
        for flags in ([], ["--json"]) if arguments is not None else ():
            typed = CONSOLE if command == "rotate console" else STAGED
            monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
            capsys.readouterr()
            ended[command] = main(
                [*command.split(), *(names.get(word, word) for word in arguments or ()), *flags]
            )
            out, err = capsys.readouterr()
            said[command, bool(flags)] = out + err
            if flags:
                document = json.loads(out)
                assert err == ""
                assert ended[command] != 2 or set(document) == {"error", "do"}
            if command == "dlq list" and flags:
                names["{letter}"] = document["dead_letters"][0]["id"]

    told = [(command, secret) for command, text in said.items() for secret in secrets if secret in text]
    assert told == []
    assert all(text.strip() for text in said.values())
    well = ("events", "explain", "replay", "what-if", "logs", "dlq show", "read", "rules check", "baseline")
    assert {command: ended[command] for command in well} == dict.fromkeys(well, 0)
