"""Ingest from API Gateway's event to the queue, on moto: what is taken is durable, what is refused has no effect."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from infra.operate.samples import sample_event
from ingest.handler import App, make_app
from steward.envelope import decode
from steward.signature import sign
from tests.integration.aws import TOKEN, make_resources, session_of_all
from tests.integration.clock import Clock

OTHER = "secret_" + "o" * 40


class Counting:
    """A client whose calls are counted, and can be made to fail."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[str] = []
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append(name)
            if self.error is not None:
                raise self.error
            return getattr(self._client, name)(**arguments)

        return call


class Door:
    """An ingest, its queue and its secrets."""

    def __init__(self, **environ: str) -> None:
        session = session_of_all()
        self.environ = {**make_resources(session), **environ}
        self.clock = Clock()
        self.sqs, self.secrets = Counting(session.client("sqs")), Counting(session.client("secretsmanager"))
        self.raw_sqs, self.raw_secrets = session.client("sqs"), session.client("secretsmanager")
        self.app: App = make_app(self.environ, self.sqs, self.secrets, self.clock.time, self.clock.now)

    def post(self, sent: bytes | str, signature: str | None = "right", /, **changes: Any) -> Any:
        raw = sent.encode() if isinstance(sent, str) else sent
        headers = {"content-type": "application/json"}
        if signature is not None:
            headers["x-notion-signature"] = sign(raw, TOKEN) if signature == "right" else signature
        event: dict[str, Any] = {
            "rawPath": "/webhooks/notion",
            "requestContext": {"http": {"method": "POST"}},
            "headers": headers,
            "body": base64.b64encode(raw).decode(),
            "isBase64Encoded": True,
        }
        answer = self.app.handle({**event, **changes})
        self.last = answer
        return answer["statusCode"], json.loads(answer["body"])

    def event(self, **changes: Any) -> str:
        return json.dumps({**sample_event("page.properties_updated", now=self.clock.now()), **changes})

    def queued(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while messages := self.raw_sqs.receive_message(
            QueueUrl=self.environ["LANE_QUEUE_URL"], AttributeNames=["All"]
        ).get("Messages"):
            for message in messages:
                found.append(message)
                self.raw_sqs.delete_message(
                    QueueUrl=self.environ["LANE_QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def secret(self, name: str) -> dict[str, Any]:
        text = self.raw_secrets.get_secret_value(SecretId=self.environ[name], VersionStage="AWSCURRENT")[
            "SecretString"
        ]
        document: dict[str, Any] = json.loads(text)
        return document

    def put(self, name: str, document: Mapping[str, Any]) -> None:
        self.raw_secrets.put_secret_value(SecretId=self.environ[name], SecretString=json.dumps(document))

    def arm(self, minutes: int = 15) -> None:
        until = self.clock.now() + timedelta(minutes=minutes)
        self.put("PENDING_SECRET_ID", {"armed_until": until.isoformat(), "candidates": []})


@pytest.fixture
def door() -> Iterator[Door]:
    with mock_aws():
        yield Door()


@pytest.mark.req("I1", "I2", "I6")
@pytest.mark.parametrize("path", ["/webhooks/notion", "/api/webhooks/notion"])
def test_a_signed_event_is_on_the_lane_before_it_is_acknowledged(door: Door, path: str) -> None:
    status, answer = door.post(door.event(id="e-1"), rawPath=path)

    messages = door.queued()
    assert (status, answer) == (200, {"status": "accepted", "event_id": "e-1"})
    assert len(messages) == 1
    assert messages[0]["Attributes"]["MessageGroupId"] == "lane-0"
    envelope = decode(messages[0]["Body"])
    assert envelope.event is not None
    assert (envelope.event.id, envelope.received_at) == ("e-1", door.clock.now())


@pytest.mark.req("I2")
def test_a_body_in_plain_text_and_one_in_base64_are_the_same_bytes(door: Door) -> None:
    body = door.event(workspace_name="Café ☕")

    assert door.post(body, body=body, isBase64Encoded=False)[0] == 200
    assert door.post(body)[0] == 200


@pytest.mark.req("I6")
@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
        ClientError({"Error": {"Code": "RequestThrottled", "Message": "slow down"}}, "SendMessage"),
    ],
    ids=["unreachable", "throttled"],
)
def test_when_the_queue_refuses_notion_is_told_to_come_back(door: Door, error: Exception) -> None:
    door.sqs.error = error

    assert door.post(door.event()) == (
        503,
        {"error": "lane_unavailable", "message": "deliver again later; nothing was taken"},
    )
    assert door.last["headers"]["retry-after"] == "10"


@pytest.mark.req("T8", "I6")
@pytest.mark.parametrize("broken", ["sqs", "secrets"])
@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="http://127.0.0.1"), KeyError("a bug")]
)
def test_a_delivery_that_is_not_taken_counts_for_the_alarm_whatever_the_reason(
    door: Door, counted: dict[str, list[float]], broken: str, error: Exception
) -> None:
    getattr(door, broken).error = error

    assert door.post(door.event())[0] == 503
    assert counted["DeliveryFailed"] == [1]


@pytest.mark.req("T8", "I7")
def test_what_is_taken_or_turned_away_for_its_senders_fault_does_not_count_as_failed(
    door: Door, counted: dict[str, list[float]]
) -> None:
    assert door.post(door.event())[0] == 200
    assert door.post(door.event(), "sha256=" + "0" * 64)[0] == 401
    assert door.post(door.event(), rawPath="/elsewhere")[0] == 404
    assert "DeliveryFailed" not in counted
    assert counted["Accepted"] == [1]


@pytest.mark.req("I1", "I7")
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"rawPath": "/elsewhere"}, 404, "unknown_route"),
        ({"requestContext": {"http": {"method": "GET"}}}, 405, "method_not_allowed"),
        ({"body": "no base64!", "isBase64Encoded": True}, 400, "invalid_encoding"),
        ({"body": None, "isBase64Encoded": False}, 401, "signature_mismatch"),
    ],
)
def test_a_request_of_the_wrong_form_is_refused_with_its_reason(
    door: Door, changes: dict[str, Any], status: int, code: str
) -> None:
    answered, answer = door.post(door.event(), **changes)

    assert (answered, answer["error"]) == (status, code)
    assert answer["message"]
    assert door.queued() == []
    if status == 405:
        assert door.last["headers"]["allow"] == "POST"


@pytest.mark.req("I2", "I7")
@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (None, "signature_missing"),
        ("sha256=" + "0" * 64, "signature_mismatch"),
        ("sha256=abc", "signature_malformed"),
        ("sha256=" + "é" * 64, "signature_malformed"),
        (f"sha256={'0' * 64},sha256={'0' * 64}", "signature_malformed"),
    ],
)
def test_no_signature_no_effect(door: Door, signature: str | None, code: str) -> None:
    status, answer = door.post(door.event(), signature)

    assert (status, answer["error"]) == (401, code)
    assert door.queued() == []


@pytest.mark.req("I7")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b'"text"', 400, "invalid_json"),
        (b"", 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b'{"id":"a","id":"b"}', 400, "invalid_json"),
        (b'{"id":NaN}', 400, "invalid_json"),
        (b"[" * 5000, 400, "invalid_json"),
        (b'{"a":' * 5000, 400, "invalid_json"),
        (b"x" * (160 * 1024 + 1), 413, "body_too_large"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_signed_body_that_is_no_event_is_refused_and_nothing_is_enqueued(
    door: Door, body: bytes, status: int, code: str
) -> None:
    answered, answer = door.post(body)

    assert (answered, answer["error"]) == (status, code)
    assert door.queued() == []


@pytest.mark.req("I5")
def test_a_genuine_event_of_an_unknown_type_is_recorded_and_acknowledged(door: Door) -> None:
    assert door.post('{"type":"moon.risen","entity":{"id":"m","type":"moon"}}')[0] == 200
    assert door.post('{"who":"knows"}')[0] == 200
    assert len(door.queued()) == 2


@pytest.mark.req("I7")
def test_only_the_allowed_workspace_and_subscription_may_deliver() -> None:
    with mock_aws():
        door = Door(
            WORKSPACE_IDS="13950b26c2034f3bb97d93ec06319565, other",
            SUBSCRIPTION_IDS="29d75c0d-5546-4414-8459-7b7a92f1fc4b",
        )

        assert door.post(door.event())[0] == 200
        assert door.post(door.event(workspace_id="stranger"))[1]["error"] == "unknown_workspace"
        assert door.post(door.event(workspace_id=None))[1]["error"] == "unknown_workspace"
        assert door.post(door.event(subscription_id="stranger"))[1]["error"] == "unknown_subscription"
        assert len(door.queued()) == 1


@pytest.mark.req("I2", "T9")
def test_with_two_active_tokens_a_rotation_refuses_no_delivery(door: Door) -> None:
    def deliver(token: str) -> int:
        body = door.event().encode()
        return int(door.post(body, sign(body, token))[0])

    assert (deliver(TOKEN), deliver(OTHER)) == (200, 401)
    door.put("SIGNING_SECRET_ID", {"active": [TOKEN, OTHER]})
    door.clock.sleep(31)

    assert (deliver(OTHER), deliver(TOKEN)) == (200, 200)
    door.put("SIGNING_SECRET_ID", {"active": [OTHER]})
    door.clock.sleep(301)
    assert (deliver(OTHER), deliver(TOKEN)) == (200, 401)


@pytest.mark.req("I2")
@pytest.mark.parametrize(
    "document", [{"active": []}, {}, {"active": "secret"}, {"active": [""]}, {"active": [None]}]
)
def test_without_a_configured_token_the_door_is_closed(door: Door, document: dict[str, Any]) -> None:
    door.put("SIGNING_SECRET_ID", document)
    body = door.event().encode()

    assert door.post(body, sign(body, ""))[0] == 401
    assert door.post(body)[0] == 401


@pytest.mark.req("I2", "I7")
def test_bad_signatures_cause_one_read_of_the_secret_per_interval_and_no_more(door: Door) -> None:
    for _ in range(100):
        assert door.post(door.event(), "sha256=" + "0" * 64)[0] == 401
        door.clock.sleep(0.5)

    assert door.secrets.calls.count("get_secret_value") == 2


@pytest.mark.req("I6")
def test_with_secrets_manager_down_a_cached_token_serves_and_without_one_notion_comes_back(
    door: Door,
) -> None:
    assert door.post(door.event())[0] == 200
    door.secrets.error = EndpointConnectionError(endpoint_url="http://127.0.0.1")
    door.clock.sleep(1000)
    assert door.post(door.event())[0] == 200

    cold = make_app(door.environ, door.sqs, door.secrets, door.clock.time, door.clock.now)
    door.app = cold
    status, answer = door.post(door.event())
    assert (status, answer["error"]) == (503, "signing_secret_unavailable")
    assert door.last["headers"]["retry-after"] == "10"


def handshake(token: str = OTHER) -> bytes:
    return json.dumps({"verification_token": token}, separators=(",", ":")).encode()


@pytest.mark.req("I3")
@pytest.mark.parametrize("signed", [True, False])
def test_an_armed_handshake_is_kept_as_a_candidate_and_known_by_its_fingerprint_only(
    door: Door, signed: bool
) -> None:
    door.arm()

    status, answer = door.post(handshake(), sign(handshake(), OTHER) if signed else None)

    kept = door.secret("PENDING_SECRET_ID")["candidates"]
    assert (status, answer["status"], len(answer["fingerprint"])) == (200, "pending", 12)
    assert OTHER not in json.dumps(answer)
    assert [(c["token"], c["signed"]) for c in kept] == [(OTHER, signed)]
    assert door.secret("SIGNING_SECRET_ID") == {"active": [TOKEN]}
    assert door.post(door.event(), "sha256=" + "0" * 64)[0] == 401
    assert door.queued() == []


@pytest.mark.req("I3")
def test_a_handshake_counts_only_while_an_operator_has_armed_the_endpoint(door: Door) -> None:
    assert door.post(handshake(), None)[1]["error"] == "handshake_not_armed"
    door.arm(minutes=15)
    door.clock.sleep(15 * 60)
    assert door.post(handshake(), None)[1]["error"] == "handshake_not_armed"
    assert door.secret("PENDING_SECRET_ID")["candidates"] == []


@pytest.mark.req("I3")
def test_the_same_token_again_writes_nothing_and_more_than_five_are_refused(door: Door) -> None:
    door.arm()
    for letter in "abcde":
        assert door.post(handshake("secret_" + letter * 40), None)[0] == 200
        assert door.post(handshake("secret_" + letter * 40), None)[0] == 200

    assert door.secrets.calls.count("put_secret_value") == 5
    assert door.post(handshake("secret_" + "f" * 40), None)[1]["error"] == "handshake_full"
    assert door.post(handshake(TOKEN), None)[0] == 200
    assert door.secrets.calls.count("put_secret_value") == 5


@pytest.mark.req("I3", "I7")
@pytest.mark.parametrize(
    ("body", "signature", "status"),
    [
        (handshake("short"), None, 400),
        (b'{"verification_token":7}', None, 400),
        (handshake("secret_" + "a" * 500), None, 400),
        (handshake(), "sha256=" + "0" * 64, 401),
        (handshake(), "nonsense", 401),
        (b'{"verification_token":"' + OTHER.encode() + b'","type":"page.created"}', None, 401),
        (handshake()[:-1] + b" " * 1100 + b"}", None, 401),
    ],
    ids=["short", "number", "long", "wrong signature", "no signature", "smuggled into an event", "padded"],
)
def test_what_is_no_proper_handshake_leaves_nothing_behind(
    door: Door, body: bytes, signature: str | None, status: int
) -> None:
    door.arm()

    assert door.post(body, signature)[0] == status
    assert door.secret("PENDING_SECRET_ID")["candidates"] == []
    assert door.queued() == []


@pytest.mark.req("I3", "I7")
def test_forged_handshakes_cause_one_read_of_the_pending_secret_per_interval(door: Door) -> None:
    for _ in range(50):
        assert door.post(handshake(), None)[0] == 403
        door.clock.sleep(0.1)

    assert door.secrets.calls.count("get_secret_value") <= 2


@pytest.mark.req("I4")
def test_the_older_challenge_is_echoed_and_nothing_else_is(door: Door) -> None:
    assert door.post('{"type":"webhook_challenge","challenge":"c-1"}', None) == (200, {"challenge": "c-1"})
    assert door.post(json.dumps({"type": "webhook_challenge", "challenge": "c" * 257}), None)[0] == 400
    assert door.post('{"type":"webhook_challenge","challenge":{"a":1}}', None)[0] == 400
    assert door.post('{"type":"webhook_challenge","challenge":"c","more":1}', None)[0] == 401
    assert door.queued() == []


@pytest.mark.req("O5")
def test_nothing_secret_is_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "a-logger-of-its-own")
    with mock_aws():
        say_secrets(Door())

    written = "".join(capsys.readouterr())
    assert "unexpected failure" in written
    for secret in (TOKEN, OTHER, "ann@example.com", sign(b"other", TOKEN), sign(b"x", TOKEN)):
        assert secret not in written


def say_secrets(door: Door) -> None:
    door.arm()
    door.post(door.event(workspace_name="ann@example.com"))
    door.post(handshake(), sign(handshake(), OTHER))
    door.post(door.event(), sign(b"other", TOKEN))
    door.sqs.error = RuntimeError(f"{TOKEN} ann@example.com {sign(b'x', TOKEN)}")
    assert door.post(door.event())[0] == 503


@pytest.mark.req("I7")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=120) | st.sampled_from([b"{}", b'{"type":"page.created"}', handshake()]),
    st.dictionaries(st.text(max_size=20) | st.just("X-Notion-Signature"), st.text(max_size=80), max_size=4),
    st.sampled_from(["GET", "POST", "PUT", ""]),
    st.sampled_from(["/webhooks/notion", "/webhooks/notion/", "/", ""]) | st.text(max_size=20),
    st.booleans(),
)
def test_no_request_makes_it_fail(
    door: Door, body: bytes, headers: dict[str, str], method: str, path: str, encoded: bool
) -> None:
    text = base64.b64encode(body).decode() if encoded else body.decode("utf-8", "surrogateescape")
    event = {
        "rawPath": path,
        "requestContext": {"http": {"method": method}},
        "headers": headers,
        "body": text,
        "isBase64Encoded": encoded,
    }

    assert door.app.handle(event)["statusCode"] < 500


@pytest.mark.parametrize("event", [{}, {"headers": None, "body": None}, {"requestContext": None}])
def test_an_event_that_is_hardly_one_is_refused_not_failed(door: Door, event: dict[str, Any]) -> None:
    assert door.app.handle(event)["statusCode"] == 404
