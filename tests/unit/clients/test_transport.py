"""One HTTP call over real sockets: what is repeated, what never is, and what a failure may tell."""

import gzip
import socket
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from steward.clients import transport
from steward.clients.transport import HttpAnswer, Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from tests.unit.clients.vendor import Vendor, hangs, raw, resets, says

TOKEN = "ntn_a_made_up_token"


class Sender:
    """A transport whose pauses and payments are written down instead of made."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.paid = 0
        self.deadline = Deadline()
        self.transport = Transport(plain_session(), "notion", self.deadline, self.pauses.append, Random(1))

    def send(self, method: str, url: str, **more: Any) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self.transport.send("notion.x", method, url, headers=headers, before=self.pay, **more)

    def fails(self, method: str, url: str, **more: Any) -> CallFailed:
        with pytest.raises(CallFailed) as failed:
            self.send(method, url, **more)
        assert failed.value.vendor == "notion"
        assert failed.value.call == "notion.x"
        return failed.value

    def pay(self) -> None:
        self.paid += 1


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read is given up at once, so that a test needs not wait."""
    monkeypatch.setattr(transport, "READ", 0.05)


def test_an_answer_is_whole_and_its_header_names_have_no_case(sender: Sender, vendor: Vendor) -> None:
    vendor.turns = [says(200, b'{"a": 1}', "X-Request-ID: r1")]
    answer = sender.send("POST", vendor.url + "/v1/x", json={"b": "é"}, params={"q": "a b&c"})
    assert (answer.status, answer.content, answer.headers["x-request-id"]) == (200, b'{"a": 1}', "r1")
    request = vendor.requests[0]
    assert request.line == "POST /v1/x?q=a+b%26c HTTP/1.1"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.body == b'{"b": "\\u00e9"}'


def test_one_connection_serves_many_calls(sender: Sender, vendor: Vendor) -> None:
    ports = set[Any]()
    once = vendor.turns[0]

    def turn(connection: socket.socket) -> bool:
        ports.add(connection.getpeername())
        return once(connection)

    vendor.turns = [turn]
    for _ in range(3):
        sender.send("POST", vendor.url)
    assert len(ports) == 1


@pytest.mark.req("P4")
def test_a_post_on_a_connection_that_died_is_sent_exactly_once(sender: Sender, vendor: Vendor) -> None:
    vendor.turns = [says(), resets, says()]
    sender.send("GET", vendor.url)
    failure = sender.fails("POST", vendor.url, json={})
    assert failure.failure is Failure.UNREACHABLE
    assert failure.maybe_done
    assert len(vendor.requests) == 2
    assert sender.paid == 2
    assert sender.pauses == []


@pytest.mark.req("P4")
def test_a_post_is_not_repeated_on_a_connection_that_was_closed_without_an_answer(
    sender: Sender, vendor: Vendor
) -> None:
    vendor.turns = [says(), raw(b""), says()]
    sender.send("GET", vendor.url)
    assert sender.fails("POST", vendor.url).maybe_done
    assert len(vendor.requests) == 2


@pytest.mark.req("P4")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 529])
def test_a_post_is_not_repeated_whatever_the_answer(sender: Sender, vendor: Vendor, status: int) -> None:
    vendor.turns = [says(status), says()]
    assert sender.send("POST", vendor.url).status == status
    assert len(vendor.requests) == 1


def test_a_refused_connection_did_certainly_nothing(sender: Sender, closed_port: int) -> None:
    failure = sender.fails("POST", f"http://127.0.0.1:{closed_port}/")
    assert failure.failure is Failure.UNREACHABLE
    assert not failure.maybe_done
    assert sender.pauses == []


def test_a_name_that_does_not_resolve_did_certainly_nothing(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    failure = sender.fails("POST", "https://vendor.invalid/secret-path")
    assert failure.failure is Failure.UNREACHABLE
    assert not failure.maybe_done


@pytest.mark.usefixtures("impatient")
def test_a_post_without_an_answer_may_have_been_done(sender: Sender, vendor: Vendor) -> None:
    vendor.turns = [hangs]
    failure = sender.fails("POST", vendor.url)
    assert (failure.failure, failure.message) == (Failure.UNREACHABLE, "ReadTimeout")
    assert failure.maybe_done
    assert len(vendor.requests) == 1


@pytest.mark.usefixtures("impatient")
def test_a_get_never_may_have_been_done(sender: Sender, vendor: Vendor) -> None:
    vendor.turns = [hangs]
    assert not sender.fails("GET", vendor.url).maybe_done


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 " + b"9" * 70_000,
        b"",
    ],
    ids=["cut body", "cut chunk", "no chunk", "no gzip", "no HTTP", "endless line", "nothing"],
)
def test_a_broken_answer_to_a_post_leaves_open_whether_it_was_done(
    sender: Sender, vendor: Vendor, answer: bytes
) -> None:
    vendor.turns = [raw(answer)]
    failure = sender.fails("POST", vendor.url)
    assert failure.failure is Failure.UNREACHABLE
    assert failure.maybe_done
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    "head",
    ["Content-Encoding: gzip\r\nContent-Length: {n}", "Content-Encoding: gzip\r\nConnection: close"],
)
def test_a_compressed_answer_is_unpacked(sender: Sender, vendor: Vendor, head: str) -> None:
    packed = gzip.compress(b'{"id": "%s"}' % (b"x" * 300_000))
    vendor.turns = [raw(f"HTTP/1.1 200 OK\r\n{head.format(n=len(packed))}\r\n\r\n".encode() + packed)]
    assert len(sender.send("GET", vendor.url).content) == 300_010


def test_a_chunked_answer_is_put_together(sender: Sender, vendor: Vendor) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (n, b"y" * n) for n in (1, 70_000, 3))
    vendor.turns = [raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")]
    assert sender.send("GET", vendor.url).content == b"y" * 70_004


@pytest.mark.parametrize("pack", [False, True], ids=["plain", "compressed"])
def test_an_oversized_answer_is_cut(
    sender: Sender, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, *, pack: bool
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER", 100_000)
    body = b'"' + b"z" * 5_000_000 + b'"'
    body, kind = (gzip.compress(body), "gzip") if pack else (body, "identity")
    vendor.turns = [says(200, body, f"Content-Encoding: {kind}")]
    assert len(sender.send("GET", vendor.url).content) == 100_000
    vendor.turns = [says()]
    assert sender.send("GET", vendor.url).content == b'{"id": "1"}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(sender: Sender, vendor: Vendor, status: int) -> None:
    vendor.turns = [says(status, b"", f"Location: {vendor.url}/elsewhere"), says()]
    assert sender.send("GET", vendor.url).status == status
    assert len(vendor.requests) == 1


@pytest.mark.req("P4")
@pytest.mark.parametrize("trouble", [says(500), says(502), says(503), says(504), resets, raw(b"")])
def test_a_get_is_repeated_briefly_and_each_attempt_is_paid(
    sender: Sender, vendor: Vendor, trouble: Callable[[socket.socket], bool]
) -> None:
    vendor.turns = [trouble, trouble, says()]
    assert sender.send("GET", vendor.url).status == 200
    assert sender.paid == len(vendor.requests) == 3
    assert 0 <= sender.pauses[0] <= 0.5
    assert 0 <= sender.pauses[1] <= 1.0


@pytest.mark.req("P4")
def test_a_get_is_given_up_after_three_attempts(sender: Sender, vendor: Vendor) -> None:
    vendor.turns = [says(503)]
    assert sender.send("GET", vendor.url).status == 503
    assert len(vendor.requests) == 3
    vendor.turns = [resets]
    assert sender.fails("GET", vendor.url).failure is Failure.UNREACHABLE
    assert len(vendor.requests) == 6


@pytest.mark.req("P4")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 529])
def test_a_get_is_not_repeated_on_an_answer_that_will_not_change_soon(
    sender: Sender, vendor: Vendor, status: int
) -> None:
    vendor.turns = [says(status)]
    assert sender.send("GET", vendor.url).status == status
    assert len(vendor.requests) == 1


@pytest.mark.req("P2")
def test_a_get_is_not_repeated_before_the_time_that_the_vendor_asked_for(
    sender: Sender, vendor: Vendor
) -> None:
    vendor.turns = [says(503, b"{}", "Retry-After: 30")]
    assert sender.send("GET", vendor.url).status == 503
    assert len(vendor.requests) == 1


def test_a_get_is_not_repeated_when_time_is_short(sender: Sender, vendor: Vendor) -> None:
    vendor.turns = [says(503)]
    sender.deadline.starts(lambda: 15.0)
    assert sender.send("GET", vendor.url).status == 503
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("left", [2.9, 1.0, 0.0, -5.0])
def test_without_time_nothing_is_sent_or_paid(sender: Sender, vendor: Vendor, left: float) -> None:
    sender.deadline.starts(lambda: left)
    failure = sender.fails("POST", vendor.url)
    assert failure.failure is Failure.OUT_OF_TIME
    assert not failure.maybe_done
    assert vendor.requests == []
    assert sender.paid == 0


@pytest.mark.parametrize("left", [3.0, 5.0, 12.0, 14.0, 900.0])
def test_connecting_and_reading_together_end_before_the_reserve_begins(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, left: float
) -> None:
    seen: list[tuple[float, float]] = []
    once = sender.transport._once

    def spy(*arguments: Any, **more: Any) -> HttpAnswer:
        seen.append(arguments[3])
        return once(*arguments, **more)

    monkeypatch.setattr(sender.transport, "_once", spy)
    sender.deadline.starts(lambda: left)
    with Vendor() as vendor:
        sender.send("POST", vendor.url)
    connect, read = seen[0]
    assert 0 < connect <= transport.CONNECT
    assert 0 < read <= transport.READ
    assert connect + read <= left - transport.RESERVE


def test_an_answer_that_trickles_in_is_given_up_when_the_time_is_over(sender: Sender) -> None:
    looks = iter([10.0, 10.0, 2.0])
    sender.deadline.starts(lambda: next(looks, 1.0))

    def trickles(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10)
            time.sleep(0.001)

    with Vendor([trickles]) as vendor:
        failure = sender.fails("POST", vendor.url)
    assert (failure.failure, failure.message) == (Failure.UNREACHABLE, "TimeoutError")
    assert failure.maybe_done


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.usefixtures("impatient")
def test_a_failure_tells_neither_address_nor_token(
    sender: Sender, vendor: Vendor, closed_port: int, method: str
) -> None:
    vendor.turns = [resets, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), raw(b""), hangs]
    urls = [vendor.url] * 6 + [f"http://127.0.0.1:{closed_port}"]
    for url in [
        *(f"{u}/services/T0/B0/hush" for u in urls),
        "hush",
        "ftp://hush",
        "http://[hush",
        "http://hush:x/",
    ]:
        failure = sender.fails(method, url)
        assert failure.__cause__ is None
        assert failure.__suppress_context__
        for text in (str(failure), repr(failure)):
            assert "hush" not in text
            assert "127.0.0.1" not in text
            assert TOKEN not in text


@pytest.mark.parametrize("url", ["", "hush", "ftp://hush", "http://[hush", "http://", "http://hush:x/"])
def test_an_address_that_is_none_is_a_mistake_in_the_configuration(sender: Sender, url: str) -> None:
    failure = sender.fails("POST", url)
    assert failure.failure is Failure.UNAUTHORIZED
    assert not failure.maybe_done


@pytest.mark.parametrize("token", ["ntn_\nInjected: 1", "ntn_…", " ntn_x\r"])
def test_a_token_that_fits_in_no_header_is_a_mistake_in_the_configuration(
    sender: Sender, vendor: Vendor, token: str
) -> None:
    with pytest.raises(CallFailed) as failed:
        sender.transport.send("x", "POST", vendor.url, headers={"Authorization": token})
    assert failed.value.failure is Failure.UNAUTHORIZED
    assert not failed.value.maybe_done
    assert vendor.requests == []
    assert token not in repr(failed.value)


def test_proxies_and_passwords_of_the_surroundings_are_ignored(
    sender: Sender, vendor: Vendor, closed_port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert sender.send("GET", vendor.url).status == 200
    assert vendor.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_what_prevents_a_call_prevents_it(sender: Sender, vendor: Vendor) -> None:
    def broke() -> None:
        raise CallFailed(Failure.BUDGET_SPENT, "notion", "notion.budget", retry_after=3)

    with pytest.raises(CallFailed) as failed:
        sender.transport.send("x", "GET", vendor.url, headers={}, before=broke)
    assert failed.value.failure is Failure.BUDGET_SPENT
    assert vendor.requests == []


def test_a_bug_is_not_taken_for_the_vendors_trouble(sender: Sender, vendor: Vendor) -> None:
    with pytest.raises(TypeError):
        sender.send("POST", vendor.url, json={1, 2})
