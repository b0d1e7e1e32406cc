"""``send`` builds what Notion sends, signs it, and says plainly what is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.operate import target
from infra.operate.__main__ import main
from infra.operate.samples import sample_event
from steward.dialects import normalise
from steward.events import OFFICIAL_TYPES
from steward.signature import Verdict, verify

TOKEN = "secret_" + "s" * 40
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SAMPLES = json.loads((Path(__file__).parents[2] / "fixtures" / "official_webhook_samples.json").read_text())[
    "samples"
]


class Endpoint:
    """Takes deliveries and answers with a status of one's choice."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[bytes, str]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                endpoint.received.append((body, self.headers["x-notion-signature"]))
                self.send_response(endpoint.status)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/notion"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("NOTION_VERIFICATION_TOKEN", TOKEN)
    made = Endpoint()
    thread = Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.req("I8", "I5")
@pytest.mark.parametrize("kind", sorted(OFFICIAL_TYPES))
def test_every_official_type_can_be_sent_signed(endpoint: Endpoint, kind: str) -> None:
    assert main(["send", "--url", endpoint.url, "--type", kind]) == 0

    body, signature = endpoint.received[0]
    assert verify(body, signature, [TOKEN]) is Verdict.VALID
    assert normalise(json.loads(body)).type == kind


@pytest.mark.parametrize("sample", SAMPLES, ids=[s["type"] for s in SAMPLES])
def test_a_sample_has_the_shape_of_notions_own(sample: dict[str, Any]) -> None:
    ours = sample_event(sample["type"], now=NOW)

    assert set(sample) - set(ours) <= {"accessible_by"}
    assert set(ours) - set(sample) == {"api_version"}
    assert set(ours["data"]) == set(sample["data"])
    assert set(ours["entity"]) == set(sample["entity"])


@pytest.mark.req("I5")
@pytest.mark.parametrize("dialect", ["event_type", "object"])
def test_the_older_dialects_can_be_sent(endpoint: Endpoint, dialect: str) -> None:
    assert main(["send", "--url", endpoint.url, "--dialect", dialect, "--event-id", "e1"]) == 0

    event = normalise(json.loads(endpoint.received[0][0]))
    assert (event.dialect, event.id, event.entity_type, event.type) == (dialect, "e1", "page", "page.updated")
    assert event.inline is not None


def test_a_repeat_is_the_same_event_with_another_attempt_number(endpoint: Endpoint) -> None:
    assert main(["send", "--url", endpoint.url, "--repeat", "3"]) == 0

    payloads = [json.loads(body) for body, _ in endpoint.received]
    assert len({p["id"] for p in payloads}) == 1
    assert [p["attempt_number"] for p in payloads] == [1, 2, 3]


def test_a_forged_event_does_not_verify_and_a_refusal_is_exit_status_1(endpoint: Endpoint) -> None:
    endpoint.status = 401

    assert main(["send", "--url", endpoint.url, "--forge"]) == 1
    assert verify(*endpoint.received[0], [TOKEN]) is Verdict.MISMATCH


def test_a_missing_token_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("NOTION_VERIFICATION_TOKEN", raising=False)

    assert main(["send", "--url", "http://127.0.0.1:1/"]) == 2
    assert main(["send", "--url", "http://127.0.0.1:1/", "--token-file", str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert "NOTION_VERIFICATION_TOKEN" in said
    assert "can't be read" in said


@pytest.fixture
def deployed(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A stack at the endpoint, with two active tokens; the environment's is another one."""
    monkeypatch.setenv("NOTION_VERIFICATION_TOKEN", "secret_of_another_stack")
    with mock_aws():
        secrets = boto3.client("secretsmanager", region_name="eu-west-1")
        document = {"active": ["secret_" + "o" * 40, TOKEN]}
        arn = secrets.create_secret(Name="signing", SecretString=json.dumps(document))["ARN"]
        outputs = {"WebhookUrl": endpoint.url, "SigningSecretArn": arn}
        stack = SimpleNamespace(name="the stack", client=lambda _: secrets, output=outputs.__getitem__)
        monkeypatch.setattr(target, "find", lambda *_: stack)
        yield secrets


@pytest.mark.req("I8", "O4", "O5")
@pytest.mark.parametrize("named", [[], ["--local"], ["--stack", "steward-prod"]], ids=" ".join)
def test_a_stack_is_sent_to_at_its_address_with_the_newest_of_its_tokens(
    endpoint: Endpoint, deployed: Any, named: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", *named]) == 0

    assert verify(*endpoint.received[0], [TOKEN]) is Verdict.VALID
    assert TOKEN not in "".join(capsys.readouterr())


@pytest.mark.req("I8", "O4")
def test_another_address_is_signed_for_the_named_stack_or_with_the_environments_token(
    endpoint: Endpoint, deployed: Any
) -> None:
    assert main(["send", "--url", endpoint.url, "--stack", "steward-prod"]) == 0
    assert main(["send", "--url", endpoint.url]) == 0

    first, second = endpoint.received
    assert verify(*first, [TOKEN]) is Verdict.VALID
    assert verify(*second, ["secret_of_another_stack"]) is Verdict.VALID


@pytest.mark.req("I8", "O4", "O5")
def test_without_a_token_the_local_stacks_own_address_is_signed_for_and_no_other(
    endpoint: Endpoint, deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTION_VERIFICATION_TOKEN")

    assert main(["send", "--url", endpoint.url]) == 0
    assert main(["send", "--url", f"{endpoint.url}/else"]) == 2

    assert [verify(*one, [TOKEN]) for one in endpoint.received] == [Verdict.VALID]


@pytest.mark.req("I8", "O4")
@pytest.mark.parametrize(
    ("text", "error", "do"),
    [
        ('{"active": []}', "no signing token is active in the stack", "`subscribe` gets one from Notion"),
        ("secret_bare", "is no JSON object", "mend it first"),
    ],
)
def test_a_stack_without_a_token_is_told_with_what_to_do(
    deployed: Any, text: str, error: str, do: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.put_secret_value(SecretId="signing", SecretString=text)

    assert main(["send", "--json"]) == 2
    refused = json.loads(capsys.readouterr().out)
    assert error in refused["error"]
    assert refused["do"] == do


def test_an_endpoint_that_is_not_there_is_one_clear_line(
    endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--url", "http://127.0.0.1:1/"]) == 1
    assert "can't be reached" in capsys.readouterr().err


@pytest.mark.req("O5")
def test_a_dry_run_sends_nothing_and_prints_no_token(
    endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--url", endpoint.url, "--dry-run"]) == 0

    assert endpoint.received == []
    assert TOKEN not in capsys.readouterr().out
