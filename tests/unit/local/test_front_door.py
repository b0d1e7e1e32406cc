"""The front door over real sockets on loopback, in front of functions that are Python."""

import base64
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from infra.local.access_log import Context
from infra.local.bucket import Bucket
from infra.local.front_door import MAX_BODY, FrontDoor, Log
from infra.local.http_api import Route, Throttle

ROUTES = [
    Route("ANY", "/hook", "Echo", 7.0),
    Route("GET", "/health", "Broken"),
    Route("ANY", "/things/{id}", "Echo"),
    Route("ANY", "/things/own", "Echo"),
    Route("POST", "/things/own", "Echo", throttle=Throttle(1, 2)),
    Route("GET", "/things/{id}/parts/{part}", "Echo"),
]
NAMES = {"Echo": "echo-1", "Broken": "broken-1"}


class Functions:
    """Stand-ins by name; ``seen`` holds what each call got."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Any], float]] = []
        self.trouble: Exception | None = None

    def __call__(self, name: str, payload: bytes, seconds: float) -> bytes | None:
        event = json.loads(payload)
        self.seen.append((name, event, seconds))
        if self.trouble:
            raise self.trouble
        if name == "broken-1":
            return None
        return json.dumps({"statusCode": 200, "body": event.get("body", "")}).encode()

    def body(self) -> bytes:
        event = self.seen[-1][1]
        text: str = event.get("body", "")
        return base64.b64decode(text) if event["isBase64Encoded"] else text.encode()


@contextmanager
def door(functions: Functions, throttle: Throttle | None = None, **more: Log) -> Iterator[FrontDoor]:
    opened = FrontDoor(0, ROUTES, NAMES, functions, throttle, clock=lambda: 100.0, **more)
    opened.start()
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def opened(functions: Functions) -> Iterator[FrontDoor]:
    with door(functions) as front:
        yield front


@contextmanager
def connection(front: FrontDoor) -> Iterator[http.client.HTTPConnection]:
    connected = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    try:
        yield connected
    finally:
        connected.close()


def ask(
    front: FrontDoor, method: str, target: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    with connection(front) as connected:
        connected.request(method, target, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connected.getresponse()
        return answer.status, answer.read()


def raw(front: FrontDoor, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connected:
        connected.sendall(request)
        connected.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connected.recv(65536), b""))


def test_a_request_reaches_the_function_of_its_route(opened: FrontDoor, functions: Functions) -> None:
    assert ask(opened, "POST", "/hook", b"{}", content_type="application/json") == (200, b"{}")

    name, event, seconds = functions.seen[-1]
    assert (name, event["routeKey"], seconds) == ("echo-1", "ANY /hook", 7.0)


@pytest.mark.parametrize(("method", "target"), [("GET", "/"), ("POST", "/health"), ("POST", "/hook/")])
def test_what_no_route_takes_is_not_found(
    opened: FrontDoor, functions: Functions, method: str, target: str
) -> None:
    assert ask(opened, method, target) == (404, b'{"message":"Not Found"}')
    assert functions.seen == []


@pytest.mark.parametrize(
    ("method", "target", "key", "parameters"),
    [
        ("GET", "/things/7?x=1", "ANY /things/{id}", {"id": "7"}),
        ("GET", "/things/a%2Fb%20c%C3%A9", "ANY /things/{id}", {"id": "a/b cé"}),
        ("GET", "/things/own", "ANY /things/own", None),
        ("POST", "/things/own", "POST /things/own", None),
        ("POST", "/things/%6Fwn", "POST /things/own", None),
        ("GET", "/things/7/parts/%3Cb%3E", "GET /things/{id}/parts/{part}", {"id": "7", "part": "<b>"}),
    ],
)
def test_the_most_specific_route_takes_a_path_and_its_parameters_are_decoded(
    opened: FrontDoor,
    functions: Functions,
    method: str,
    target: str,
    key: str,
    parameters: dict[str, str] | None,
) -> None:
    assert ask(opened, method, target)[0] == 200

    event = functions.seen[-1][1]
    assert (event["routeKey"], event.get("pathParameters")) == (key, parameters)


@pytest.mark.parametrize(
    "target", ["/things/", "/things", "/things/7/", "/things/7/parts", "/things/7/parts/"]
)
def test_a_parameter_is_one_segment_and_never_empty(opened: FrontDoor, target: str) -> None:
    assert ask(opened, "GET", target)[0] == 404


def test_a_route_with_a_throttle_of_its_own_leaves_the_others_alone(opened: FrontDoor) -> None:
    assert [ask(opened, "POST", "/things/own")[0] for _ in range(3)] == [200, 200, 429]
    assert ask(opened, "GET", "/things/own")[0] == 200


def test_a_function_that_failed_is_a_500_without_its_trace(opened: FrontDoor) -> None:
    assert ask(opened, "GET", "/health") == (500, b'{"message":"Internal Server Error"}')


@pytest.mark.parametrize(
    "trouble",
    [
        ReadTimeoutError(endpoint_url="http://127.0.0.1"),
        ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke"),
    ],
)
def test_a_function_that_is_too_slow_or_throttled_is_a_503(
    opened: FrontDoor, functions: Functions, trouble: Exception
) -> None:
    functions.trouble = trouble

    assert ask(opened, "POST", "/hook") == (503, b'{"message":"Service Unavailable"}')


def test_every_whole_request_is_written_down_before_it_is_answered(functions: Functions) -> None:
    written: list[Context] = []
    with door(functions, log=written.append) as front:
        for method, target in (("POST", "/hook"), ("GET", "/nowhere"), ("GET", "/health")):
            ask(front, method, target)
        functions.trouble = ReadTimeoutError(endpoint_url="http://127.0.0.1")
        ask(front, "POST", "/hook")

    names = ("routeKey", "status", "responseLatency", "integrationLatency", "integrationErrorMessage")
    assert [tuple(one.get(name) for name in names) for one in written] == [
        ("ANY /hook", "200", "0", "0", None),
        (None, "404", "0", None, None),
        ("GET /health", "500", "0", "0", None),
        ("ANY /hook", "503", "0", "0", "ReadTimeoutError"),
    ]
    assert written[0]["requestId"] == functions.seen[0][1]["requestContext"]["requestId"]


def test_a_chunked_body_arrives_whole_and_the_connection_goes_on(
    opened: FrontDoor, functions: Functions
) -> None:
    with connection(opened) as connected:
        for body in (b"\xff\x00chunked", b"", b"again"):
            connected.request("POST", "/hook", iter([body[:3], body[3:]]), encode_chunked=True)
            assert connected.getresponse().read() is not None
            assert functions.body() == body


def test_a_body_above_the_limit_is_refused_unread(opened: FrontDoor, functions: Functions) -> None:
    sized = f"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
    chunked = f"POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{MAX_BODY + 1:x}\r\n"

    for request in (sized, chunked):
        assert raw(opened, request.encode()).startswith(b"HTTP/1.1 413 ")
    assert functions.seen == []


@pytest.mark.parametrize(
    ("framing", "status"),
    [
        (b"Content-Length: -1\r\n\r\n", b"400"),
        (b"Content-Length: \xb2\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n-5\r\n", b"400"),
        (b"Transfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"Content-Length: 4\r\nContent-Length: 3\r\n\r\nhalf", b"400"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", b"400"),
    ],
)
def test_broken_framing_is_said_and_ends_the_connection(
    opened: FrontDoor, functions: Functions, framing: bytes, status: bytes
) -> None:
    answer = raw(opened, b"POST /hook HTTP/1.1\r\nHost: x\r\n" + framing)

    assert answer.split()[1] == status
    assert b"connection: close" in answer
    assert functions.seen == []


def test_a_sender_who_hangs_up_in_the_middle_calls_nothing(opened: FrontDoor, functions: Functions) -> None:
    assert raw(opened, b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf") == b""
    assert ask(opened, "POST", "/hook", b"next")[0] == 200
    assert [event["requestContext"]["http"]["method"] for _, event, _ in functions.seen] == ["POST"]


def test_more_than_the_stage_allows_is_told_to_wait(functions: Functions) -> None:
    with door(functions, Throttle(rate=1, burst=2)) as front:
        statuses = [ask(front, "POST", "/hook")[0] for _ in range(3)]

    assert statuses == [200, 200, 429]


def test_the_throttle_refills_with_time_and_never_above_its_burst() -> None:
    now = [0.0]
    bucket = Bucket(Throttle(rate=2, burst=3), lambda: now[0])

    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now[0] = 1000.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
