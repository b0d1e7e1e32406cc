"""The access log: whatever the template's format names stands in the lines, and nothing else does."""

import json
from datetime import UTC, datetime
from pathlib import Path

from infra.local.access_log import AccessLog, context_of, line
from infra.local.http_api import access_log_of
from infra.local.payload import Request
from infra.local.setup import ROOT
from infra.local.transform import functions_of, read, to_cloudformation

NOW = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)

REQUEST = Request(
    "POST",
    "/hook?token=of-the-query",
    "HTTP/1.1",
    [("User-Agent", 'somebody "quoted"\n'), ("X-Token", "of-a-header")],
    b"of-the-body",
    "192.0.2.7",
    80,
)


def test_what_a_format_names_stands_in_the_line_so_that_one_that_names_too_much_is_seen() -> None:
    form = '{"who":"$context.identity.sourceIp","with":"$context.identity.userAgent","what":"$context.path"}'

    written = line(form, context_of(REQUEST, NOW))

    assert json.loads(written) == {"who": "192.0.2.7", "with": 'somebody "quoted"\n', "what": "/hook"}


def test_what_nothing_is_known_of_is_a_dash() -> None:
    assert line("$context.routeKey $context.authorizer.claims.email.", {"routeKey": "GET /"}) == "GET / -."


def test_each_request_has_a_line_and_without_a_format_none_has(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    log, silent = AccessLog("$context.status!", tmp_path), AccessLog(None, other)
    for status in ("200", "404"):
        log({"status": status})
        silent({"status": status})

    assert log.lines() == ["200!", "404!"]
    assert silent.lines() == []


def test_the_templates_own_format_is_found_and_holds_nothing_of_what_was_sent() -> None:
    document = read(ROOT / "template.yaml")
    code = dict.fromkeys(functions_of(document), "s3://artifacts/code.zip")
    plain = to_cloudformation(document, code, "s3://artifacts/layer.zip", "eu-west-1")
    form = access_log_of(plain)
    assert form is not None

    written = line(form, context_of(REQUEST, NOW) | {"routeKey": "ANY /hook", "status": "200"})

    assert json.loads(written)["route"] == "ANY /hook"
    assert [w for w in ("192.0.2.7", "somebody", "of-", "/hook?") if w in written] == []
