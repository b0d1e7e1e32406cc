"""E-mail through SES: what is sent, what every answer means, and that nothing is ever sent twice."""

import contextlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from moto.sesv2.models import sesv2_backends

from steward.clients import email, email_answers
from steward.clients.email import SesEmail, address
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from tests.unit.clients.vendor import Turn, Vendor, hangs, raw, resets, says

pytestmark = pytest.mark.req("A11")
SENDER, ANN = "steward@example.com", "ann@example.org"
OK = says(200, b'{"MessageId": "m-1"}')


@cache
def session() -> boto3.Session:
    return boto3.Session("AKIDTESTING", "hush", region_name="eu-west-1")


def client(url: str, **config: Any) -> Any:
    return session().client("sesv2", endpoint_url=url, config=email.CONFIG.merge(Config(**config)))


def mailer(url: str, sender: str = SENDER, deadline: Deadline | None = None) -> SesEmail:
    return SesEmail(client(url, read_timeout=0.3), sender, deadline or Deadline())


def send(mail: SesEmail, to: str = ANN, subject: str = "A task", text: str = "Hello") -> str:
    return mail.send(to, subject, text, "0123456789abcdef")


def failing(call: Callable[[], object]) -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        call()
    found = failed.value
    assert (found.vendor, found.call) == ("ses", "email.send")
    for secret in ("hush", ANN, SENDER, "127.0.0.1"):
        assert secret not in repr(found)
        assert secret not in str(found)
    return found


def errs(code: str, status: int = 400, message: str = "words") -> Turn:
    body = json.dumps({"message": message}).encode()
    return says(status, body, f"x-amzn-ErrorType: {code}", "x-amzn-RequestId: r-1")


def test_one_message_goes_to_one_address_and_carries_its_effect(vendor: Vendor) -> None:
    vendor.turns = [OK]

    assert (
        send(
            mailer(vendor.url),
            subject="Prüfe\r\nBcc: eve@example.com 👩‍💻",
            text="Grüße\r\n\tAnn\x00\x1c\u202e 👩‍💻",
        )
        == "m-1"
    )

    assert vendor.lines == ["POST /v2/email/outbound-emails"]
    assert json.loads(vendor.requests[0].body) == {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [ANN]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "Prüfe Bcc: eve@example.com 👩‍💻", "Charset": "UTF-8"},
                "Body": {"Text": {"Data": "Grüße\n\tAnn 👩‍💻", "Charset": "UTF-8"}},
                "Headers": [
                    {"Name": "X-Steward-Effect", "Value": "0123456789abcdef"},
                    {"Name": "Auto-Submitted", "Value": "auto-generated"},
                ],
            }
        },
    }


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    ("turn", "failure", "maybe"),
    [
        (errs("TooManyRequestsException", 429), Failure.RATE_LIMITED, False),
        (errs("ThrottlingException"), Failure.RATE_LIMITED, False),
        (errs("LimitExceededException"), Failure.RATE_LIMITED, False),
        (errs("AccountSuspendedException"), Failure.BLOCKED, False),
        (errs("SendingPausedException"), Failure.BLOCKED, False),
        (errs("MailFromDomainNotVerifiedException"), Failure.UNAUTHORIZED, False),
        (errs("ExpiredTokenException", 403), Failure.UNAUTHORIZED, False),
        (errs("AccessDeniedException", 403), Failure.FORBIDDEN, False),
        (errs("MessageRejected"), Failure.REJECTED, False),
        (errs("NotFoundException", 404), Failure.REJECTED, False),
        (errs("BadRequestException"), Failure.INVALID, False),
        (errs("SomethingNewException", 418), Failure.REJECTED, False),
        (errs("InternalFailure", 500), Failure.UNAVAILABLE, True),
        (errs("ServiceUnavailable", 503), Failure.UNAVAILABLE, True),
        (says(502, b"<html>"), Failure.UNAVAILABLE, True),
        (says(200, b"{}"), Failure.UNAVAILABLE, True),
        (says(200, b'{"MessageId": 5}'), Failure.UNAVAILABLE, True),
        (says(200, b'{"MessageId": "'), Failure.UNAVAILABLE, True),
        (says(200, b"<html>"), Failure.UNAVAILABLE, True),
        (says(200, b""), Failure.UNAVAILABLE, True),
        (says(302, b"", "Location: http://127.0.0.1:1/"), Failure.UNAVAILABLE, True),
        (resets, Failure.UNREACHABLE, True),
        (hangs, Failure.UNREACHABLE, True),
        (raw(b""), Failure.UNREACHABLE, True),
        (raw(b"nonsense\r\n\r\n"), Failure.UNREACHABLE, True),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), Failure.UNAVAILABLE, True),
    ],
)
def test_every_answer_has_its_meaning_and_nothing_is_sent_twice(
    vendor: Vendor, turn: Turn, failure: Failure, *, maybe: bool
) -> None:
    vendor.turns = [turn]
    found = failing(lambda: send(mailer(vendor.url)))
    assert (found.failure, found.maybe_done) == (failure, maybe)
    assert len(vendor.requests) == 1


def test_the_client_gives_up_soon_and_repeats_nothing(vendor: Vendor) -> None:
    meta = client(vendor.url).meta.config
    assert (meta.connect_timeout, meta.read_timeout) == (email.CONNECT, email.READ)
    assert meta.retries["total_max_attempts"] == 1


def test_a_refused_connection_did_certainly_nothing(closed_port: int) -> None:
    found = failing(lambda: send(mailer(f"http://127.0.0.1:{closed_port}")))
    assert (found.failure, found.maybe_done) == (Failure.UNREACHABLE, False)


@pytest.mark.parametrize(
    ("code", "message", "wait"),
    [
        ("TooManyRequestsException", "Maximum sending rate exceeded.", None),
        ("TooManyRequestsException", "Daily message quota exceeded.", 3600),
        ("LimitExceededException", "words", 3600),
    ],
)
def test_a_spent_day_waits_longer_than_a_spent_second(
    vendor: Vendor, code: str, message: str, wait: float | None
) -> None:
    vendor.turns = [errs(code, 429, message)]
    assert failing(lambda: send(mailer(vendor.url))).retry_after == wait


@pytest.mark.parametrize(
    ("failed", "failure"),
    [
        (ANN, Failure.REJECTED),
        ("nobody@example.com", Failure.REJECTED),
        (SENDER, Failure.UNAUTHORIZED),
        (f"Steward <{SENDER.upper()}>, {ANN}", Failure.UNAUTHORIZED),
        ("example.com", Failure.UNAUTHORIZED),
    ],
)
def test_a_sender_that_is_not_verified_is_a_setting_and_a_recipient_is_not(
    vendor: Vendor, failed: str, failure: Failure
) -> None:
    message = "Email address is not verified. The following identities failed the check in region EU-WEST-1: "
    vendor.turns = [errs("MessageRejected", 400, message + failed)]
    found = failing(lambda: send(mailer(vendor.url)))
    assert found.failure is failure
    assert found.code == "MessageRejected"
    assert found.request_id == "r-1"
    assert "not verified" in found.message


def test_the_errors_of_the_api_model_all_have_a_meaning() -> None:
    ses: Any = boto3.client("sesv2", region_name="eu-west-1")
    for shape in ses.meta.service_model.operation_model("SendEmail").error_shapes:
        with Stubber(ses) as stub:
            stub.add_client_error(
                "send_email", shape.name, "words", shape.metadata["error"]["httpStatusCode"]
            )
            found = failing(lambda: send(SesEmail(ses, SENDER, Deadline())))
        assert found.code == shape.name
        assert shape.name in email_answers._BY_CODE


def test_without_a_sender_nothing_is_sent_and_it_is_said_what_to_do(vendor: Vendor) -> None:
    mail = mailer(vendor.url, sender=" ")
    assert not mail.can_send
    found = failing(lambda: send(mail))
    assert (found.failure, found.maybe_done) == (Failure.UNAUTHORIZED, False)
    assert "[email] sender" in found.message
    assert vendor.requests == []


@pytest.mark.parametrize("left", [9.9, 0.0, -1.0])
def test_without_time_nothing_is_sent(vendor: Vendor, left: float) -> None:
    found = failing(lambda: send(mailer(vendor.url, deadline=Deadline(lambda: left))))
    assert (found.failure, found.maybe_done) == (Failure.OUT_OF_TIME, False)
    assert vendor.requests == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@localhost",
        "ann@example.org, eve@example.org",
        "ann@example.org;eve@example.org",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\nX: y",
        "ann\n@example.org",
        "Ann <ann@example.org>",
        "<ann@example.org>",
        '"ann b"@example.org',
        "ann@eve@example.org",
        "a..b@example.org",
        ".ann@example.org",
        "änn@example.org",
        "ann@exa mple.org",
        "ann@-example.org",
        "ann@example..org",
        "ann@[127.0.0.1]",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
        "ann@" + ".".join(["a" * 60] * 5),
        "ann@\ud800.org",
        "ann\u202e@example.org",
        "ann@exam\u200bple.org",
        "ann@straße.example",
        "ann@ｅxample.org",  # noqa: RUF001 - a look-alike is what it is about
        "ann@example。org",
    ],
)
def test_what_is_not_one_address_is_refused_before_it_is_sent(vendor: Vendor, typed: str) -> None:
    found = failing(lambda: send(mailer(vendor.url), to=typed))
    assert (found.failure, found.maybe_done) == (Failure.INVALID, False)
    assert typed.strip() == "" or typed not in repr(found)
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (" ann@example.org\n", "ann@example.org"),
        ("o'brien+tasks@sub.example.org", "o'brien+tasks@sub.example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BU\u0308CHER.example", "ann@xn--bcher-kva.example"),
        ("ann@例え.example", "ann@xn--r8jz45g.example"),
    ],
)
def test_an_address_is_sent_as_ses_takes_it(typed: str, sent: str) -> None:
    assert address(typed) == sent


@given(st.text(), st.text(), st.text())
def test_whatever_is_typed_makes_one_line_of_subject_and_a_text(to: str, subject: str, text: str) -> None:
    sent: list[dict[str, Any]] = []

    class Ses:
        def send_email(self, **request: Any) -> dict[str, str]:
            sent.append(request)
            return {"MessageId": "m"}

    mail = SesEmail(Ses(), SENDER, Deadline())
    mail.send(ANN, subject, text, "effect-1")
    simple = sent[0]["Content"]["Simple"]
    assert 0 < len(simple["Subject"]["Data"]) <= email.SUBJECT_LIMIT
    assert not set(simple["Subject"]["Data"]) & set("\r\n\0")
    assert simple["Body"]["Text"]["Data"]
    json.dumps(sent[0], ensure_ascii=False).encode()
    with contextlib.suppress(CallFailed):
        assert address(to).isascii()
        assert address(to).count("@") == 1


def test_an_effect_that_would_break_a_header_is_a_bug(vendor: Vendor) -> None:
    with pytest.raises(ValueError, match="effect"):
        mailer(vendor.url).send(ANN, "s", "t", "x\r\nBcc: eve@example.org")
    assert vendor.requests == []


@pytest.fixture
def moto_ses() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("sesv2", region_name="eu-west-1", config=email.CONFIG)


def test_a_real_client_sends_through_moto(moto_ses: Any) -> None:
    # moto keeps sender, recipient, subject and body. It drops the headers, never throttles, and takes a recipient that
    # is not verified as if the account were out of the sandbox; what is on the wire is asserted above.
    moto_ses.create_email_identity(EmailIdentity=SENDER)

    message_id = send(SesEmail(moto_ses, SENDER, Deadline()))

    kept = sesv2_backends["123456789012"]["eu-west-1"].core_backend.sent_messages
    assert message_id
    assert [(m.source, m.destinations["ToAddresses"], m.subject, m.body) for m in kept] == [
        (SENDER, [ANN], "A task", "Hello")
    ]


def test_a_sender_that_moto_does_not_know_is_rejected(moto_ses: Any) -> None:
    found = failing(lambda: send(SesEmail(moto_ses, SENDER, Deadline())))
    assert found.failure in (Failure.REJECTED, Failure.UNAUTHORIZED)
    assert not found.maybe_done
