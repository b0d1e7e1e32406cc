"""The attacks on the endpoint, one a line: what is sent, and what has to be answered. No attacker here has an active token.

None of them may have an effect: ``test_attacks`` looks after each one at what ingest did, and in the end at everything.
``error`` is Steward's own reason; where there is none, API Gateway (here: the front door) answers before Steward sees it.
"""

# ruff: noqa: ARG005 - every attack is made of the same two, the site and an event, whether it needs both or not

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from steward.signature import sign
from tests.attacks.site import CANDIDATE, FORGER, NOWHERE, Site, handshake
from tests.attacks.wire import HOOK, post

Make = Callable[[Site, bytes], bytes]
"""Makes the request, given the body of an event that carries the attack's name as its id."""

Situation = Callable[[Site], AbstractContextManager[object]]


@dataclass(frozen=True)
class Attack:
    """One attack; ``given`` is what has happened to the stack meanwhile."""

    name: str
    make: Make
    status: int
    error: str | None = None
    given: Situation = nullcontext


def forged(signature: str) -> Make:
    """An event under a signature that somebody made up."""
    return lambda site, event: post(event, signature)


def unsigned(body: bytes) -> Make:
    return lambda site, event: post(body)


def signed_with(token: str) -> Make:
    """An event under the signature of a token that is not active."""
    return lambda site, event: post(event, site.signed(event, token))


def signed_over(change: Callable[[bytes], bytes], *headers: str) -> Make:
    """A body that was changed after Notion had signed it."""
    json_type = ("Content-Type: application/json",)
    return lambda site, event: post(change(event), site.signed(event), headers=(*json_type, *headers))


def at(target: str, *, genuine: bool = False, method: str = "POST", header: str = "X-Nothing: 1") -> Make:
    """Somewhere else, or by another method; genuinely signed, as a recorded delivery would be."""
    headers = ("Content-Type: application/json", header)

    def make(site: Site, event: bytes) -> bytes:
        signature = site.signed(event) if genuine else "sha256=" + "0" * 64
        return post(event, signature, target=target, method=method, headers=headers)

    return make


def reserialised(event: bytes) -> bytes:
    return json.dumps(json.loads(event)).encode()


def doubled(event: bytes) -> bytes:
    return event[:-1] + b',"type":"page.deleted"}'


def armed(site: Site) -> AbstractContextManager[object]:
    return site.armed(900)


def was_armed(site: Site) -> AbstractContextManager[object]:
    return site.armed(-1)


def without_a_token(site: Site) -> AbstractContextManager[object]:
    return site.holding("SigningSecret", '{"active":[]}')


def with_an_empty_token(site: Site) -> AbstractContextManager[object]:
    return site.holding("SigningSecret", '{"active":["","\\u0000"]}')


def with_a_broken_secret(site: Site) -> AbstractContextManager[object]:
    return site.holding("SigningSecret", "this is no JSON")


def secrets_away(site: Site) -> AbstractContextManager[object]:
    return site.environ(AWS_ENDPOINT_URL_SECRETS_MANAGER="http://{}:{}".format(*NOWHERE))


def secret_of_no_name(site: Site) -> AbstractContextManager[object]:
    """The variable names a secret that there is not, which ingest's role may not ask for."""
    return site.environ(SIGNING_SECRET_ID="steward-no-such-secret")


@contextmanager
def secret_that_is_gone(site: Site) -> Iterator[None]:
    """The same, where the role may ask for it: AWS says that there is none."""
    with site.allowed("secretsmanager:GetSecretValue"), secret_of_no_name(site):
        yield


NOBODY = "sha256=" + "0" * 64

SIGNATURES = (
    Attack("no signature", lambda s, e: post(e), 401, "signature_missing"),
    Attack("an empty signature", forged(""), 401, "signature_missing"),
    Attack("a short signature", forged("sha256=abc"), 401, "signature_malformed"),
    Attack("a signature that is not hexadecimal", forged("sha256=" + "g" * 64), 401, "signature_malformed"),
    Attack("one in upper case, made up", forged("sha256=" + "AB" * 32), 401, "signature_mismatch"),
    Attack("one in upper-case algorithm", forged("SHA256=" + "0" * 64), 401, "signature_malformed"),
    Attack("another algorithm", forged("sha1=" + "0" * 40), 401, "signature_malformed"),
    Attack("a signature outside ASCII", forged("sha256=" + "é" * 64), 401, "signature_malformed"),
    Attack("digits of another alphabet", forged("sha256=" + "٣" * 64), 401, "signature_malformed"),
    Attack("a very long signature", forged("sha256=" + "0" * 9000), 401, "signature_malformed"),
    Attack(
        "two signatures, one of them right",
        lambda s, e: post(e, NOBODY, s.signed(e)),
        401,
        "signature_malformed",
    ),
    Attack("the right one twice", lambda s, e: post(e, s.signed(e), s.signed(e)), 401, "signature_malformed"),
    Attack("the token itself", lambda s, e: post(e, s.token), 401, "signature_malformed"),
    Attack("somebody else's token", signed_with(FORGER), 401, "signature_mismatch"),
    Attack("the empty key", lambda s, e: post(e, sign(e, "")), 401, "signature_mismatch"),
    Attack("a key of zeros", lambda s, e: post(e, sign(e, "\0")), 401, "signature_mismatch"),
    Attack("the workspace's id as key", signed_with("13950b26-c203-4f3b-b97d-93ec06319565"), 401, "signature_mismatch"),
    Attack("the signature of another body", lambda s, e: post(e, s.signed(b"{}")), 401, "signature_mismatch"),
    Attack("serialised again", signed_over(reserialised), 401, "signature_mismatch"),
    Attack("a byte more", signed_over(lambda e: e + b"\n"), 401, "signature_mismatch"),
    Attack("a body cut short", signed_over(lambda e: e[:-20]), 401, "signature_mismatch"),
    Attack("a key set twice", signed_over(doubled), 401, "signature_mismatch"),
    Attack("base64, and said to be", signed_over(base64.b64encode, "Content-Transfer-Encoding: base64"), 401, "signature_mismatch"),
    Attack("compressed", signed_over(gzip.compress, "Content-Encoding: gzip"), 401, "signature_mismatch"),
    Attack("no body", lambda s, e: post(b"", s.signed(e)), 401, "signature_mismatch"),
    Attack("a signature in the query", lambda s, e: post(e, target=f"{HOOK}?X-Notion-Signature={s.signed(e)}"), 401, "signature_missing"),
)  # fmt: skip  # one attack a line

BODIES = (
    Attack("a form", lambda s, e: post(b"a=b", NOBODY, headers=("Content-Type: application/x-www-form-urlencoded",)), 401, "signature_mismatch"),
    Attack("XML with an entity", unsigned(b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'), 401, "signature_missing"),
    Attack("bytes that are no text", unsigned(b"\xff\xfe\x00\x01" * 50), 401, "signature_missing"),
    Attack("NUL bytes", unsigned(b'{"id":"\x00"}'), 401, "signature_missing"),
    Attack("a depth bomb", unsigned(b"[" * 100_000), 401, "signature_missing"),
    Attack("a small depth bomb", unsigned(b'{"a":' * 200), 401, "signature_missing"),
    Attack("a number of a thousand digits", unsigned(b'{"verification_token":' + b"9" * 900 + b"}"), 400, "invalid_token"),
    Attack("just above the limit", lambda s, e: post(b" " * (160 * 1024 + 1), NOBODY), 413, "body_too_large"),
    Attack("2 MB", lambda s, e: post(b"x" * (2 << 20), NOBODY), 413, "body_too_large"),
    Attack("2 MB, genuinely signed", lambda s, e: post(b" " * (2 << 20), s.signed(b" " * (2 << 20))), 413, "body_too_large"),
    Attack("more than 10 MB", lambda s, e: post(b"x" * ((10 << 20) + 1), NOBODY), 413),
)  # fmt: skip  # one attack a line

HANDSHAKES = (
    Attack("a handshake when not armed", unsigned(handshake(CANDIDATE)), 403, "handshake_not_armed"),
    Attack("one that came too late", unsigned(handshake(CANDIDATE)), 403, "handshake_not_armed", was_armed),
    Attack("one signed with itself", lambda s, e: post(handshake(CANDIDATE), s.signed(handshake(CANDIDATE), CANDIDATE)), 403, "handshake_not_armed"),
    Attack("one of a wrong signature", lambda s, e: post(handshake(CANDIDATE), NOBODY), 401, "signature_mismatch", armed),
    Attack("a token inside an event", unsigned(handshake(CANDIDATE, type="page.created")), 401, "signature_missing", armed),
    Attack("a token inside an event, signed with it", lambda s, e: post(handshake(CANDIDATE, id="x"), s.signed(handshake(CANDIDATE, id="x"), CANDIDATE)), 401, "signature_mismatch", armed),
    Attack("a token twice", unsigned(handshake(CANDIDATE)[:-1] + b',"verification_token":"x"}'), 401, "signature_missing", armed),
    Attack("a padded handshake", unsigned(handshake(CANDIDATE) + b" " * 1100), 401, "signature_missing", armed),
    Attack("a token that is none", unsigned(handshake("secret_x")), 400, "invalid_token", armed),
    Attack("a token of 500 characters", unsigned(handshake("secret_" + "a" * 500)), 400, "invalid_token", armed),
    Attack("a token with a line break", unsigned(handshake("secret_" + "a" * 30 + "\n")), 400, "invalid_token", armed),
    Attack("a challenge that is too long", unsigned(b'{"type":"webhook_challenge","challenge":"%s"}' % (b"c" * 257)), 400, "invalid_challenge"),
    Attack("a challenge that is no text", unsigned(b'{"type":"webhook_challenge","challenge":{"a":1}}'), 400, "invalid_challenge"),
)  # fmt: skip  # one attack a line

WITHOUT_SECRETS = (
    Attack("no token is configured", signed_with(FORGER), 401, "signature_mismatch", without_a_token),
    Attack("no token is configured, empty key", lambda s, e: post(e, sign(e, "")), 401, "signature_mismatch", without_a_token),
    Attack("an empty token is configured", lambda s, e: post(e, sign(e, "")), 401, "signature_mismatch", with_an_empty_token),
    Attack("the secret is broken", lambda s, e: post(e, s.signed(e)), 401, "signature_mismatch", with_a_broken_secret),
    Attack("the secret is of no name", lambda s, e: post(e, s.signed(e)), 503, "signing_secret_unavailable", secret_of_no_name),
    Attack("there is no secret", lambda s, e: post(e, s.signed(e)), 401, "signature_mismatch", secret_that_is_gone),
    Attack("there is no secret, empty key", lambda s, e: post(e, sign(e, "")), 401, "signature_mismatch", secret_that_is_gone),
    Attack("the secret service is down", lambda s, e: post(e, s.signed(e)), 503, "signing_secret_unavailable", secrets_away),
)  # fmt: skip  # one attack a line


def _nowhere() -> Iterator[Attack]:
    for path in (
        *("/", "/webhooks", "/webhooks/notion/", "/webhooks/notion/x", "/WEBHOOKS/NOTION", "/webhooks/notion;v=1"),
        *("/webhooks/../webhooks/notion", "/webhooks/./notion", "/webhooks/notion%00", "/webhooks/notion%0d%0a"),
        *("/webhooks/notion%2f", "/webhooks%2fnotion", "/webhooks\\notion", "/webhooks/notion/..%2f..%2f", "/webhooks/%2e%2e/notion", "*"),
        *("/2015-03-31/functions/Ingest/invocations", "/_ministack/health", "/_aws/sqs/messages", "/_admin/reset"),
    ):  # fmt: skip  # one kind of trick a line
        yield Attack(f"path {path}", at(path, genuine=True), 404)
    for path in (
        "//webhooks/notion",
        "/webhooks/noti%6fn",
        "http://evil.example/webhooks/notion",
    ):
        yield Attack(f"path {path}", at(path), 401, "signature_mismatch")
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        yield Attack(f"method {method}", at(HOOK, genuine=True, method=method), 405, "method_not_allowed")
    yield Attack("method HEAD", at(HOOK, genuine=True, method="HEAD"), 405)
    for method in ("TRACE", "CONNECT", "post", "PROPFIND", "POSTPOST"):
        yield Attack(f"method {method}", at(HOOK, genuine=True, method=method), 501)
    override = at(HOOK, genuine=True, method="GET", header="X-HTTP-Method-Override: POST")
    yield Attack("a method override", override, 405, "method_not_allowed")


ELSEWHERE = tuple(_nowhere())

PACK = (*SIGNATURES, *BODIES, *HANDSHAKES, *ELSEWHERE, *WITHOUT_SECRETS)
