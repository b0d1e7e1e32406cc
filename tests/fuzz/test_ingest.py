"""Nothing that arrives makes ingest answer 5xx, take what it can't make durable, or lose a line of its log."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.handler import App, make_app
from steward.envelope import decode
from steward.signature import sign
from tests.fuzz.strategies import BODIES, NOW, TEXT
from tests.fuzz.strict_sqs import StrictSqs

TOKEN = "secret_" + "t" * 40
OTHER = "secret_" + "o" * 40
ENVIRON = {"LANE_QUEUE_URL": "lane", "SIGNING_SECRET_ID": "signing", "PENDING_SECRET_ID": "pending"}

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "rawPath": st.sampled_from(["/webhooks/notion", "/api/webhooks/notion/", "//", ""]) | TEXT,
        "requestContext": st.none()
        | st.fixed_dictionaries(
            {}, optional={"http": st.fixed_dictionaries({}, optional={"method": st.just("GET") | TEXT})}
        ),
        "headers": st.none()
        | st.dictionaries(
            st.sampled_from(["X-Notion-Signature", "x-notion-signature"]) | TEXT, TEXT, max_size=4
        ),
        "body": st.none() | TEXT,
        "isBase64Encoded": st.booleans(),
    },
)
"""What else a request may hold; API Gateway decides the types, the sender every text."""


class Secrets:
    """Secrets Manager with one active token and an armed endpoint."""

    def __init__(self, signing: str = json.dumps({"active": [TOKEN]})) -> None:
        self.texts = {"signing": signing, "pending": json.dumps({"armed_until": "2099-01-01T00:00:00Z"})}

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, str]:  # noqa: N803 - boto3's names
        return {"SecretString": self.texts[SecretId]}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803 - boto3's names
        self.texts[SecretId] = SecretString


def request(body: bytes, signature: str | None, *, encoded: bool) -> dict[str, Any]:
    return {
        "rawPath": "/webhooks/notion",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {} if signature is None else {"x-notion-signature": signature},
        "body": base64.b64encode(body).decode() if encoded else body.decode("latin-1"),
        "isBase64Encoded": encoded,
    }


def new_app(sqs: StrictSqs, secrets: Secrets) -> App:
    return make_app(ENVIRON, sqs, secrets, time.monotonic, lambda: NOW)


pytestmark = pytest.mark.usefixtures("strict_log")


@pytest.mark.req("I7")
@given(BODIES, st.none() | TEXT, st.booleans(), CHANGES)
def test_no_request_is_answered_5xx_and_none_without_a_signature_has_an_effect(
    body: bytes, signature: str | None, encoded: bool, changes: dict[str, Any]
) -> None:
    sqs = StrictSqs()
    answer = new_app(sqs, Secrets()).handle({**request(body, signature, encoded=encoded), **changes})

    assert answer["statusCode"] < 500, answer["body"]
    assert sqs.sent == []
    assert isinstance(json.loads(answer["body"]), dict)


@pytest.mark.req("I5", "I6", "I7")
@given(BODIES)
@example(b'{"entity":{"id":"\\ud83d"}}')
@example(b'{"id":"\\ud83d"}')
@example(
    b'{"event_type":"page.updated","data":{"id":"p","properties":{"A":' + b"[" * 600 + b"]" * 600 + b"}}}"
)
@example(b'{"event_type":"page.updated","data":{"id":"p","properties":{"A":"' + b"\x7f" * 200_000 + b'"}}}')
def test_whatever_is_signed_is_refused_as_no_event_or_is_on_the_lane_before_it_is_acknowledged(
    body: bytes,
) -> None:
    sqs = StrictSqs()
    answer = new_app(sqs, Secrets()).handle(request(body, sign(body, TOKEN), encoded=True))

    assert answer["statusCode"] in (200, 400, 413), answer["body"]
    said = json.loads(answer["body"])
    if said.get("status") == "accepted":
        event = decode(sqs.sent[0]["MessageBody"]).event
        assert event is not None
        assert (len(sqs.sent), event.id) == (1, said["event_id"])
    else:
        assert sqs.sent == []


@pytest.mark.req("I3", "I4")
@given(token=TEXT | st.from_regex(r"secret_[A-Za-z0-9_-]{18,24}", fullmatch=True), signed=st.booleans())
def test_any_handshake_and_any_challenge_is_answered_and_opens_no_door(token: str, signed: bool) -> None:
    secrets, sqs = Secrets(), StrictSqs()
    app = new_app(sqs, secrets)
    for payload in ({"verification_token": token}, {"type": "webhook_challenge", "challenge": token}):
        body = json.dumps(payload).encode()
        answer = app.handle(request(body, sign(body, TOKEN) if signed else None, encoded=True))
        assert answer["statusCode"] < 500
    assert json.loads(secrets.texts["signing"]) == {"active": [TOKEN]}
    assert signed or sqs.sent == []


@pytest.mark.req("I2")
@given(
    TEXT
    | st.builds(json.dumps, st.fixed_dictionaries({"active": TEXT | st.lists(st.none() | TEXT, max_size=3)}))
)
@example('{"active":["\\ud83d"]}')
@example('{"active":["\\u0000"]}')
def test_no_content_of_the_signing_secret_opens_the_door_or_breaks_it(text: str) -> None:
    body = b'{"id":"e","type":"page.created","entity":{"id":"p","type":"page"}}'
    app = new_app(StrictSqs(), Secrets(text))

    for signature in (sign(body, OTHER), sign(body, ""), None):
        assert app.handle(request(body, signature, encoded=True))["statusCode"] == 401
