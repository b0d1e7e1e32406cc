"""What ``doctor`` makes of each secret, and that it shows none."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.operate.doctor import secrets
from infra.operate.doctor.line import Line
from infra.operate.doctor.stack import Secret

pytestmark = pytest.mark.req("O4", "O5")

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = (NOW + timedelta(minutes=9)).isoformat()

SIGNING, NOTION, BOT = "secret_" + "s" * 40, "ntn_" + "n" * 40, "xoxb-" + "b" * 30
HOOK = "https://hooks.slack.com/services/T1/B1/hhhhhhhhhhhh"
CONSOLE, PASSWORD = "c0ns0le-" * 5, "pa55word-of-the-mirror"
DSN = f"postgresql://steward:{PASSWORD}@db.example.com/steward"
CANDIDATE = {"token": SIGNING, "received_at": NOW.isoformat(), "signed": True}


def states(lines: Iterable[Line]) -> list[str]:
    return [str(line.state) for line in lines]


def of_secret(name: str, document: Mapping[str, Any] | None, *connections: str) -> list[Line]:
    return list(secrets.judged({name: Secret(document)}, connections or ("main",), NOW))


@pytest.mark.parametrize(
    ("name", "document", "expected", "says"),
    [
        ("signing", {"active": [SIGNING]}, "ok", "is active"),
        ("signing", {"active": []}, "fault", "no token is active"),
        ("signing", {}, "fault", "no token is active"),
        ("signing", None, "fault", "no JSON object"),
        ("signing", {"active": "secret_x"}, "fault", "no verification token"),
        ("signing", {"active": [f" {SIGNING}"]}, "fault", "no verification token"),
        ("signing", {"active": [SIGNING, SIGNING + "2"]}, "warning", "2 tokens"),
        (
            "signing",
            {"active": [SIGNING], "rotation": {"token": "abc", "since": NOW.isoformat()}},
            "warning",
            "rotated in since",
        ),
        ("pending", {"armed_until": None, "candidates": []}, "ok", "takes none"),
        ("pending", {"armed_until": LATER, "candidates": []}, "warning", "is armed until"),
        ("pending", {"armed_until": None, "candidates": [CANDIDATE]}, "warning", "1 wait"),
        ("notion", {"token": NOTION}, "ok", "main: well-formed"),
        ("notion", {"token": ""}, "fault", "no token"),
        ("notion", {"token": "Bearer " + NOTION}, "fault", "has not the form"),
        ("notion", {"token": 7}, "fault", "no token"),
        ("slack", {"bot_token": BOT, "webhook_url": ""}, "ok", "bot token: well-formed"),
        ("slack", {"bot_token": "", "webhook_url": HOOK}, "ok", "webhook: well-formed"),
        ("slack", {"bot_token": "", "webhook_url": "https://example.com"}, "fault", "no address of one"),
        ("slack", {"bot_token": "xoxp-a-persons-own", "webhook_url": ""}, "fault", "has not the form"),
        ("slack", {}, "fault", "neither"),
        ("console", {"token": CONSOLE}, "ok", "well-formed"),
        ("console", {"token": ""}, "warning", "nothing opens it"),
        ("console", {"token": "short"}, "fault", "too easy to guess"),
        ("hubspot", {"token": "pat-eu1-12345678"}, "ok", "well-formed"),
        ("hubspot", {"token": ""}, "ok", "not used"),
        ("hubspot", {"token": "with space and more"}, "fault", "has not the form"),
        ("mirror", {"dsn": DSN}, "ok", "well-formed"),
        ("mirror", {"dsn": ""}, "fault", "no database is configured"),
        ("mirror", {"dsn": DSN + "?sslmode=require"}, "fault", "does not prove who answers"),
    ],
)
def test_each_secret_is_well_formed_or_says_what_is_wrong_and_never_itself(
    name: str, document: Mapping[str, Any] | None, expected: str, says: str
) -> None:
    (line,) = of_secret(name, document)
    assert states([line]) == [expected]
    assert says in line.says
    assert bool(line.remedy) is (expected != "ok")
    shown = json.dumps([line.says, line.remedy])
    for secret in (SIGNING, NOTION, BOT, HOOK, CONSOLE, PASSWORD, "xoxp-a-persons-own"):
        assert secret not in shown


def test_the_token_of_each_connection_of_the_rules_is_wanted() -> None:
    document = {"token": NOTION, "connections": {"partner": NOTION}}
    assert states(of_secret("notion", document, "main", "partner")) == ["ok", "ok"]
    assert states(of_secret("notion", {"token": NOTION}, "main", "partner")) == ["ok", "fault"]
    assert states(of_secret("notion", {"token": NOTION, "connections": 3}, "main", "p")) == ["ok", "fault"]
