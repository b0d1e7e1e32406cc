"""``logs`` renders our JSON lines for people, and scrubs them once more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.operate import logs, target
from infra.operate.__main__ import main
from infra.operate.logs import document, is_platform, read, rendered

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRETS = ("ntn_abcdefgh12345678", "xoxb-123456789-abcdef", "ann@example.com", "sha256=" + "ab" * 32)


def line(said: object, seconds: float = 0.0, id_: str = "1") -> dict[str, Any]:
    message = said if isinstance(said, str) else json.dumps(said)
    return {"timestamp": int((NOW.timestamp() + seconds) * 1000), "message": message, "eventId": id_}


class Groups:
    """CloudWatch Logs with what each group holds."""

    def __init__(self, held: dict[str, list[dict[str, Any]]]) -> None:
        self.held = held

    def get_paginator(self, operation: str) -> "Groups":
        assert operation == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        group = asked["logGroupName"].rpartition("-")[2]
        if group not in self.held:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "FilterLogEvents")
        yield {"events": [e for e in self.held[group] if e["timestamp"] >= asked["startTime"]]}


class Refusing(list[dict[str, Any]]):
    """A group that is refused once it is read."""

    def __init__(self, error: ClientError) -> None:
        super().__init__()
        self.error = error

    def __iter__(self) -> Iterator[dict[str, Any]]:
        raise self.error


class Stack:
    name = "the stack"

    def __init__(self, held: dict[str, list[dict[str, Any]]]) -> None:
        self._logs = Groups(held)

    def client(self, service: str) -> Groups:
        assert service == "logs"
        return self._logs

    def output(self, name: str) -> str:
        assert name == "IngestLogGroupName"
        return "/aws/lambda/steward-test-ingest"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, Any]]]:
    made: dict[str, list[dict[str, Any]]] = {"ingest": [], "processor": []}
    monkeypatch.setattr(target, "find", lambda *_: Stack(made))
    monkeypatch.setattr(logs, "utc_now", lambda: NOW)
    return made


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            {"level": "INFO", "message": "event", "service": "processor", "decision": "observed", "calls": 2},
            "12:00:00.000Z processor INFO  event  decision=observed calls=2",
        ),
        ("START RequestId: 1", "12:00:00.000Z processor -     START RequestId: 1"),
        ({"message": "one\x1b[2Jtwo"}, "12:00:00.000Z processor -     one�[2Jtwo"),
        (
            {"level": "ERROR", "message": "unexpected", "exception": "Traceback\n  KeyError"},
            "12:00:00.000Z processor ERROR unexpected\n    Traceback\n      KeyError",
        ),
    ],
)
def test_a_line_is_rendered_for_people(said: object, shown: str) -> None:
    assert rendered(read(line(said), "processor")) == shown


@pytest.mark.req("O5")
@pytest.mark.parametrize("secret", SECRETS)
def test_what_slipped_into_a_log_does_not_reach_the_terminal(secret: str) -> None:
    for said in (f"plain {secret}", {"message": f"told {secret}", "more": {"deep": [secret]}}):
        made = read(line(said), "ingest")
        assert secret not in rendered(made)
        assert secret not in json.dumps(document(made))


@pytest.mark.parametrize(
    ("said", "platform"),
    [
        ("REPORT RequestId: 1", True),
        ({"_aws": {}, "Events": [1.0]}, True),
        ({"type": "platform.report", "record": {}}, True),
        ({"message": "event"}, False),
        ("Traceback", False),
    ],
)
def test_lambdas_own_lines_and_metrics_are_known(said: object, platform: bool) -> None:
    assert is_platform(read(line(said), "ingest")) is platform


@pytest.mark.req("O4")
def test_lines_of_all_functions_come_in_order_and_filtered(
    held: dict[str, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    held["processor"] += [line({"message": "event", "event_id": "e1"}, -5), line("START RequestId", -4)]
    held["ingest"] += [line({"message": "request", "event_id": "e1"}, -6), line({"message": "old"}, -7200)]

    assert main(["logs"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [text.split()[1] for text in out] == ["ingest", "processor"]
    assert main(["logs", "--since", "3h", "--grep", "OLD", "--json"]) == 0
    assert [one["said"]["message"] for one in json.loads(capsys.readouterr().out)["lines"]] == ["old"]
    assert main(["logs", "--event", "e1", "--function", "processor", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["lines"]) == 1
    assert main(["logs", "--event", "nobody's"]) == 1
    assert main(["logs", "--limit", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] is False


@pytest.mark.req("O4")
def test_a_time_before_there_was_cloudwatch_is_its_beginning(
    held: dict[str, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    held["ingest"].append({**line({"message": "the first"}), "timestamp": 0})
    held["ingest"].append({**line({"message": "none has such a time"}), "timestamp": -1})
    assert main(["logs", "--since", "0001-01-01"]) == 0
    assert [text.split()[-1] for text in capsys.readouterr().out.splitlines()] == ["first"]


def test_following_prints_each_line_once_until_it_is_interrupted(
    held: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held["processor"].append(line({"message": "first"}, -5, "1"))
    looks = iter(["second", None])

    def sleep(_seconds: float) -> None:
        if (more := next(looks)) is None:
            raise KeyboardInterrupt
        held["processor"].append(line({"message": more}, -1, "2"))

    monkeypatch.setattr(logs, "sleep", sleep)
    assert main(["logs", "--follow"]) == 0
    assert [text.split()[3] for text in capsys.readouterr().out.splitlines()] == ["first", "second"]


@pytest.mark.req("O4", "O5")
def test_following_for_a_program_writes_a_document_for_each_line_at_once(
    held: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held["processor"].append(line({"message": f"first {SECRETS[0]}"}, -5, "1"))
    seen = list[list[dict[str, Any]]]()
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "FilterLogEvents")

    def sleep(_seconds: float) -> None:
        out, err = capsys.readouterr()
        assert err == ""
        assert SECRETS[0] not in out
        seen.append([json.loads(text) for text in out.splitlines()])
        held["ingest"].append(line("second", -1, "2"))
        if len(seen) == 2:
            held["processor"] = Refusing(refused)

    monkeypatch.setattr(logs, "sleep", sleep)
    assert main(["logs", "--follow", "--json"]) == 2
    assert [[(one["function"], "said" in one) for one in look] for look in seen] == [
        [("processor", True)],
        [("ingest", False)],
    ]
    out, err = capsys.readouterr()
    (last,) = (json.loads(text) for text in out.splitlines())
    assert last == {
        "error": "these credentials may not call FilterLogEvents",
        "do": "use ones that may operate the stack",
    }
    assert err == ""
