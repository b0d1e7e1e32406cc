"""``rotate`` on the whole of Steward in one process, against the simulators."""

import getpass
import io
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.operate import progress, rotate, signing_rotation, target
from infra.operate.__main__ import main
from ingest.handshake import fingerprint
from steward.signature import sign
from tests.integration.aws import REGION, TOKEN
from tests.integration.here import OUTPUTS, Here
from tests.integration.stand import Stand, standing
from tests.unit.clients.vendor import Vendor, says

NEW = "ntn_" + "n" * 40
PARTNER = "ntn_" + "p" * 40


class Terminal(io.StringIO):
    """A standard error that people see."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def written() -> io.StringIO:
    """What ingest's logger writes."""
    return io.StringIO()


@pytest.fixture
def stand(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, written: io.StringIO
) -> Iterator[Stand]:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"a-logger-of-its-own-{request.node.name}")
    with ExitStack() as ends:
        with redirect_stdout(written):  # a logger keeps what it was made with
            made = ends.enter_context(standing())
        monkeypatch.setattr(target, "find", lambda *_: Here(made))
        monkeypatch.setattr(rotate, "utc_now", made.clock.now)
        monkeypatch.setattr(signing_rotation, "REACH", 0.0)
        yield made


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))


def secret(stand: Stand, name: str, stage: str = "AWSCURRENT") -> dict[str, Any] | None:
    try:
        answer = stand.secrets.get_secret_value(
            SecretId=stand.environ[f"{name}_SECRET_ID"], VersionStage=stage
        )
    except ClientError:
        return None
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


@pytest.mark.req("T9", "O4")
def test_a_notion_token_is_proved_and_promoted_and_the_old_one_retired_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.notion.add_token(NEW)
    types(monkeypatch, NEW)

    assert main(["rotate", "notion"]) == 0
    told = "".join(capsys.readouterr())
    assert "OK: " in told
    assert "in Northwind" in told
    assert NEW not in told
    assert secret(stand, "NOTION") == {"token": NEW}
    assert secret(stand, "NOTION", "AWSPREVIOUS") == {"token": stand.notion.token}

    assert main(["rotate", "notion", "--retire"]) == 0
    assert secret(stand, "NOTION", "AWSPREVIOUS") is None


@pytest.mark.req("T9", "T5")
def test_a_lane_that_rests_for_a_revoked_token_goes_on_with_the_new_one(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = stand.demo.tasks["Review the contract"]
    assert stand.look() == "running"  # Steward knows who it is
    stand.send(task)
    stand.work()
    stand.notion.revoke_token(stand.notion.token)
    stand.clock.sleep(600)
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    stand.clock.sleep(60)
    assert stand.look() == "still down"

    stand.notion.add_token(NEW)
    types(monkeypatch, NEW)
    assert main(["rotate", "notion"]) == 0
    stand.clock.sleep(600)
    assert stand.look() == "resumed"
    stand.work()
    stand.gather()

    assert stand.told(task) == [stand.demo.ann]


@pytest.mark.req("T9")
def test_a_token_that_does_not_prove_itself_waits_until_it_does_or_is_discarded(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types(monkeypatch, NEW)
    assert main(["rotate", "notion"]) == 1
    assert "notion.me: unauthorized" in capsys.readouterr().out
    assert secret(stand, "NOTION") == {"token": stand.notion.token}

    assert main(["rotate", "notion", "--discard"]) == 0
    assert secret(stand, "NOTION", "AWSPENDING") is None

    types(monkeypatch, NEW)
    assert main(["rotate", "notion"]) == 1
    stand.notion.add_token(NEW)
    types(monkeypatch, "never read")
    assert main(["rotate", "notion"]) == 0
    assert secret(stand, "NOTION") == {"token": NEW}


@pytest.mark.req("T9", "P7")
def test_a_token_of_another_bot_is_refused_unless_that_is_meant(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.notion.add_connection(NEW, "Somebody else")
    types(monkeypatch, NEW)
    assert main(["rotate", "notion"]) == 1
    told = capsys.readouterr().out
    assert "OK: Somebody else" in told
    assert "the one in use is that of: " in told
    assert secret(stand, "NOTION") == {"token": stand.notion.token}

    assert main(["rotate", "notion", "--other-workspace"]) == 0
    assert secret(stand, "NOTION") == {"token": NEW}


@pytest.mark.req("T9")
def test_after_a_revocation_a_token_is_taken_only_for_a_bot_that_is_remembered(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.notion.revoke_token(stand.notion.token)
    stand.notion.add_token(NEW)
    types(monkeypatch, NEW)

    assert main(["rotate", "notion"]) == 1
    assert "nobody remembers whose it was" in capsys.readouterr().out


@pytest.mark.req("T9", "A6")
def test_a_further_connections_token_is_rotated_by_its_name(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.notion.add_connection(PARTNER, "Partner")
    types(monkeypatch, PARTNER)

    assert main(["rotate", "notion", "--connection", "partner"]) == 0
    assert secret(stand, "NOTION") == {"token": stand.notion.token, "connections": {"partner": PARTNER}}


@pytest.mark.req("T9")
@pytest.mark.parametrize("text", ["", "two words", "tökén", "\x1b[2J"])
def test_what_is_no_token_is_not_even_staged(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    types(monkeypatch, text)

    assert main(["rotate", "notion"]) == 2
    assert secret(stand, "NOTION", "AWSPENDING") is None
    assert not text or text not in "".join(capsys.readouterr())


@pytest.mark.req("T9")
def test_the_token_in_use_is_not_rotated_into_itself(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, stand.notion.token)

    assert main(["rotate", "notion"]) == 1
    assert secret(stand, "NOTION", "AWSPENDING") is None


@pytest.mark.req("T9")
def test_at_a_terminal_the_token_is_asked_for_without_being_shown(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.notion.add_token(NEW)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(getpass, "getpass", lambda _: NEW)

    assert main(["rotate", "notion"]) == 0
    assert secret(stand, "NOTION") == {"token": NEW}


@pytest.mark.req("T9")
def test_a_slack_token_is_proved_by_slack_and_the_webhook_beside_it_stays(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {"bot_token": "xoxb-old", "webhook_url": "https://hooks.slack.example/services/x"}
    stand.secrets.put_secret_value(SecretId=stand.environ["SLACK_SECRET_ID"], SecretString=json.dumps(before))
    types(monkeypatch, "xoxb-wrong")
    assert main(["rotate", "slack", "--other-workspace"]) == 1
    main(["rotate", "slack", "--discard"])
    types(monkeypatch, stand.slack.bot_token)

    assert main(["rotate", "slack", "--other-workspace"]) == 0
    assert secret(stand, "SLACK") == {**before, "bot_token": stand.slack.bot_token}


@pytest.mark.req("T9", "T4")
def test_a_hubspot_token_is_proved_by_the_account(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    with Vendor([says(200, b'{"portalId": 42}')]) as hubspot:
        stand.environ["HUBSPOT_API_URL"] = hubspot.url
        types(monkeypatch, "pat-1")
        assert main(["rotate", "hubspot"]) == 0
        types(monkeypatch, "pat-2")
        hubspot.turns = [says(200, b'{"portalId": 43}'), says(200, b'{"portalId": 42}')]
        assert main(["rotate", "hubspot"]) == 1

    assert secret(stand, "HUBSPOT") == {"token": "pat-1"}


@pytest.mark.req("T9")
def test_the_consoles_secret_is_made_or_has_to_be_hard_to_guess(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rotate", "console"]) == 2
    assert "no output ConsoleSecretArn" in capsys.readouterr().err
    made = stand.secrets.create_secret(Name="console", SecretString='{"token":""}')["ARN"]
    stand.environ["CONSOLE_SECRET_ID"] = made
    monkeypatch.setitem(OUTPUTS, "ConsoleSecretArn", "CONSOLE_SECRET_ID")
    for easy in ("short", "a" * 64):
        types(monkeypatch, easy)
        assert main(["rotate", "console"]) == 1
        main(["rotate", "console", "--discard"])
    types(monkeypatch, "")

    assert main(["rotate", "console"]) == 0
    found = secret(stand, "CONSOLE")
    assert found is not None
    assert len(found["token"]) >= 32
    assert found["token"] not in "".join(capsys.readouterr())


@pytest.mark.req("T9", "O4")
def test_with_json_the_end_of_a_rotation_is_told_in_fields(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def rotates(*options: str) -> dict[str, Any]:
        types(monkeypatch, NEW)
        capsys.readouterr()
        ended = main(["rotate", "notion", *options, "--json"])
        out, err = capsys.readouterr()
        assert err == ""
        assert NEW not in out
        document: dict[str, Any] = json.loads(out)
        assert bool(ended) is ("error" in document)
        return document

    refused = rotates()
    assert (refused["outcome"], refused["step"]) == ("not proved", "promote")
    assert "unauthorized" in refused["failure"]
    assert refused["do"] == "it stays staged: run again, or --discard"

    stand.notion.add_connection(NEW, "Somebody else")
    other = rotates()
    assert other["outcome"] == "another workspace or bot"
    assert other["connected_as"].startswith("Somebody else")
    assert other["in_use_is_of"].startswith("Steward")
    assert "--other-workspace" in other["do"]

    promoted = rotates("--other-workspace")
    assert (promoted["outcome"], promoted["staged_before"]) == ("promoted", True)
    assert "--retire" in promoted["next"]
    assert rotates("--discard") == {
        "token": "notion",
        "connection": "main",
        "step": "discard",
        "outcome": "nothing pending",
    }
    assert rotates("--retire")["outcome"] == "retired"
    again = rotates("--retire")
    assert (again["outcome"], "--help" in again["next"]) == ("nothing pending", False)
    same = rotates()
    assert "is in use" in same["error"]
    assert "--help" not in same["do"]


@pytest.mark.req("T9", "I3", "O4")
def test_with_json_the_signing_tokens_are_told_by_their_fingerprints(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    new = "secret_" + "n" * 40
    handshake = json.dumps({"verification_token": new}).encode()
    mark = fingerprint(new)

    def told(*options: str) -> dict[str, Any]:
        capsys.readouterr()
        main(["rotate", "notion-signing", *options, "--json"])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert new not in str(document)
        return document

    stand.environ["INGEST_LOG_GROUP"] = "g"
    armed = told()
    assert armed["active"] == [fingerprint(TOKEN)]
    assert armed["armed_until"] is not None
    assert stand.deliver(handshake, sign(handshake, new)) == 200
    (candidate,) = told()["candidates"]
    assert (candidate["fingerprint"], candidate["signed"]) == (mark, True)
    unknown = told("--confirm", "000000000000")
    assert set(unknown) == {"error", "do"}
    assert unknown["do"] == "run without --confirm to see them"
    confirmed = told("--confirm", mark)
    assert (confirmed["step"], confirmed["active"]) == ("confirm", [fingerprint(TOKEN), mark])
    assert confirmed["rotation"] == {"fingerprint": mark, "since": stand.clock.now().isoformat()}
    assert "Verify dialog" in " ".join(confirmed["says"])
    wrong = told("--retire", "111111111111", "--undo")
    assert "--help" not in wrong["do"]


@pytest.mark.req("O4")
def test_the_wait_until_every_function_knows_the_new_token_is_seen(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, slept, screen = "secret_" + "n" * 40, list[float](), Terminal()
    stand.environ["INGEST_LOG_GROUP"] = "g"
    monkeypatch.setattr(signing_rotation, "REACH", 2.5)
    monkeypatch.setattr(progress, "sleep", slept.append)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    handshake = json.dumps({"verification_token": new}).encode()
    assert main(["rotate", "notion-signing"]) == 0
    assert stand.deliver(handshake, sign(handshake, new)) == 200

    assert main(["rotate", "notion-signing", "--confirm", fingerprint(new)]) == 0
    assert sum(slept) == 2.5
    assert "until every function knows" in screen.getvalue()
    assert new not in screen.getvalue()


@pytest.mark.req("T9", "I3", "O4")
def test_the_signing_token_is_rotated_by_running_the_command_until_it_is_done(
    stand: Stand, written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    new = "secret_" + "n" * 40
    handshake = json.dumps({"verification_token": new}).encode()
    logs: Any = boto3.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    stand.environ["INGEST_LOG_GROUP"] = "g"
    stand.clock.sleep(_until_today(stand.clock.now()))  # CloudWatch Logs takes nothing that is old

    assert main(["rotate", "notion-signing"]) == 0
    assert stand.deliver(handshake, sign(handshake, new)) == 200
    assert main(["rotate", "notion-signing", "--confirm", "000000000000"]) == 1
    assert main(["rotate", "notion-signing", "--confirm", fingerprint(new)]) == 0
    stand.clock.sleep(31)
    body = json.dumps(stand.payload(stand.demo.tasks["Review the contract"])).encode()
    assert stand.deliver(body, sign(body, new)) == stand.deliver(body) == 200
    at = int(stand.clock.time() * 1000)
    events = [{"timestamp": at, "message": line} for line in written.getvalue().splitlines()]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    assert main(["rotate", "notion-signing", "--now"]) == 0

    assert secret(stand, "SIGNING") == {
        "active": [new],
        "ended": {"token": fingerprint(new), "since": stand.clock.now().isoformat()},
    }
    said = "".join(capsys.readouterr())
    assert "is accepted from now on" in said
    assert new not in said
    assert TOKEN not in said


def _until_today(clock: datetime) -> float:
    return max((datetime.now(clock.tzinfo) - clock).total_seconds(), 0.0)
