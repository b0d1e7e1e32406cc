"""``subscribe`` from the empty secret to the first event: the simulated Notion, the real ingest, and a scripted operator."""

import argparse
import io
import json
import re
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.operate import subscribe
from infra.operate.ceremony.operator import AtTerminal
from infra.operate.command_line import make_parser
from infra.operate.target import TargetError
from ingest.handshake import fingerprint
from steward.signature import sign
from tests.integration.aws import TOKEN
from tests.integration.here import Here
from tests.integration.stand import Stand, standing

THEIRS = "secret_" + "x" * 40
HOUR = 3600.0


class Logs:
    """CloudWatch Logs with what ingest wrote; a line has the time at which it was first looked at."""

    def __init__(self, written: io.StringIO, now: Callable[[], float]) -> None:
        self._written, self._now = written, now
        self._events: list[dict[str, Any]] = []

    def get_paginator(self, name: str) -> "Logs":
        assert name == "filter_log_events"
        return self

    def paginate(self, *, logGroupName: str, startTime: int, filterPattern: str) -> list[dict[str, Any]]:  # noqa: N803 - boto3's names
        assert logGroupName == "g"
        new = self._written.getvalue().splitlines()[len(self._events) :]
        self._events += [{"timestamp": int(self._now() * 1000), "message": line} for line in new]
        mark = filterPattern.strip('"')
        found = [e for e in self._events if e["timestamp"] >= startTime and mark in e["message"]]
        return [{"events": found[:1]}, {"events": found[1:]}]


class At(Here):
    """The stand as a target, with ingest's log and its address."""

    def __init__(self, stand: Stand, logs: Logs) -> None:
        super().__init__(stand)
        self._logs = logs

    def client(self, service: str) -> Any:
        return self._logs if service == "logs" else super().client(service)


class Answers(io.StringIO):
    """Standard input: each answer is worked out when it is asked for."""

    def __init__(self, scene: "Scene", *, there: bool) -> None:
        super().__init__()
        self._scene, self._there = scene, there

    def isatty(self) -> bool:
        return self._there

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed has two readlines
        del size
        asked = self._scene.out.getvalue()[self._scene.read :].splitlines()[-1]
        self._scene.read = len(self._scene.out.getvalue())  # nobody's Enter ends the line here
        for words, answer in (*self._scene.instead.items(), *self._scene.script.items()):
            if words in asked:
                return f"{answer()}\n"
        raise AssertionError(f"no answer to {asked!r}")


class Screen(io.StringIO):
    """Standard output."""

    terminal = True

    def isatty(self) -> bool:
        return self.terminal


class Scene:
    """The operator, Notion's settings page, and the command."""

    def __init__(self, stand: Stand, logs: Logs, url: str) -> None:
        self.stand, self.logs, self.url = stand, logs, url
        self.out = Screen()
        self.script: dict[str, Callable[[], str]] = {
            "did Notion take it": lambda: "y" if self.verifies() else "n",
            "[y/N]": lambda: "y",
            "Press Enter": lambda: "",
        }
        self.instead: dict[str, Callable[[], str]] = {}
        """Other answers, which go before these."""
        self.in_wait: dict[str, Callable[[], object]] = {
            "waiting for the handshake": self.creates,
            "waiting for the first event": self.edits,
        }
        self.made: dict[str, Any] = {}
        self.people = deque(["chloe", "ann"])
        self.there = True
        self.read = 0
        """How much of ``out`` somebody has answered to."""

    def creates(self) -> None:
        """Somebody creates the subscription in Notion, with the types that the command named."""
        ticked = re.findall(r"^    ([a-z_]+\.[a-z_.]+) ", self.out.getvalue(), re.MULTILINE)
        self.made = self.stand.notion.create_subscription(self.url, event_types=ticked)
        assert self.made["handshake"]["status"] == 200

    def verifies(self) -> bool:
        """Somebody pastes what was shown into Notion's dialog."""
        shown = re.findall(r"secret_[A-Za-z0-9_-]+", self.out.getvalue())
        return self.stand.notion.verify_subscription(self.made["id"], shown[-1])

    def edits(self) -> None:
        """Somebody changes a page, and Notion tells."""
        demo = self.stand.demo
        self.people.rotate()
        who = getattr(demo, self.people[0])
        self.stand.notion.edit(demo.tasks["Review the contract"], properties={"Assignee": [who]}, by=demo.ben)
        assert self.stand.notion.drain(hurry=True)

    def run(self, *arguments: str, there: bool | None = None) -> int:
        """Run the command; what is scripted for a wait happens once it has begun."""
        pending = dict(self.in_wait)
        now = self.stand.clock

        def sleep(seconds: float) -> None:
            if self.waiting in pending:
                now.sleep(seconds)
                pending.pop(self.waiting)()
            else:
                now.sleep(10 * seconds)

        operator = Watched(
            self,
            source=Answers(self, there=self.there if there is None else there),
            out=self.out,
            clock=now.time,
            sleep=sleep,
        )
        wishes: argparse.Namespace = make_parser().parse_args(["subscribe", *arguments])
        target: Any = At(self.stand, self.logs)
        return subscribe.run(wishes, target, operator, now.now)

    waiting = ""

    def secret(self, name: str = "SIGNING_SECRET_ID") -> Any:
        answer = self.stand.secrets.get_secret_value(
            SecretId=self.stand.environ[name], VersionStage="AWSCURRENT"
        )
        return json.loads(answer["SecretString"])


class Watched(AtTerminal):
    """Tells the scene what is being waited for."""

    def __init__(self, scene: Scene, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._scene = scene

    def wait(self, what: str, seconds: float, look: Callable[[], Any], every: float) -> Any:
        self._scene.waiting = what
        return super().wait(what, seconds, look, every)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Scene]:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"a-logger-of-its-own-{request.node.name}")
    written = io.StringIO()
    with ExitStack() as ends:
        with redirect_stdout(written):  # a logger keeps what it was made with
            stand = ends.enter_context(standing(quick=True))
        lock = threading.Lock()

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with lock:
                    status = stand.deliver(body, self.headers["x-notion-signature"])
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                pass

        door = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=door.serve_forever, args=(0.02,), daemon=True).start()
        ends.callback(door.server_close)
        ends.callback(door.shutdown)
        url = f"http://127.0.0.1:{door.server_address[1]}/webhooks/notion"
        stand.environ |= {"INGEST_LOG_GROUP": "g", "WEBHOOK_URL": url}
        stand.secrets.put_secret_value(
            SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString='{"active":[]}'
        )
        yield Scene(stand, Logs(written, stand.clock.time), url)


@pytest.mark.req("I3", "O4")
@pytest.mark.parametrize("terminal", [True, False])
def test_the_whole_ceremony_from_nothing_to_the_first_event(
    scene: Scene, tmp_path: Path, *, terminal: bool
) -> None:
    scene.out.terminal = terminal
    where = ["--reveal-to", str(tmp_path / "token")] if not terminal else []
    if not terminal:
        scene.script["did Notion take it"] = lambda: (
            "y"
            if scene.stand.notion.verify_subscription(
                scene.made["id"], (tmp_path / "token").read_text().strip()
            )
            else "n"
        )

    assert scene.run(*where) == 0
    said, token = scene.out.getvalue(), scene.made["verification_token"]
    assert scene.url in said
    assert "page.properties_updated" in said
    assert f"a token came: {fingerprint(token)}, received 2026-" in said
    assert "signed with itself" in said
    assert "heard from at 2026-" in said
    assert said.count(token) == int(terminal)
    assert scene.secret()["active"] == [token]
    assert "rotation" not in scene.secret()
    assert scene.secret("PENDING_SECRET_ID") == {"armed_until": None, "candidates": []}
    assert scene.stand.work() == 1
    scene.stand.gather()
    assert len(scene.stand.comments(scene.stand.demo.tasks["Review the contract"])) == 1
    if not terminal:
        assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600

    assert scene.run() == 0
    assert f"a subscription is active: {fingerprint(token)}, heard from at" in scene.out.getvalue()


@pytest.mark.req("I3", "T9")
def test_a_second_subscription_takes_the_place_of_the_first_without_a_refusal(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.run()
    first = scene.made
    assert scene.run("--second") == 0
    assert "`subscribe --second --again`" in capsys.readouterr().out
    assert scene.run("--second", "--again") == 0
    second = scene.made
    tokens = [first["verification_token"], second["verification_token"]]
    assert scene.secret()["active"] == tokens
    assert "delete the old subscription in Notion now" in scene.out.getvalue()

    scene.stand.notion.set_subscription(first["id"], state="deleted")
    scene.stand.clock.sleep(26 * HOUR)
    assert scene.run("--second") == 0
    assert scene.secret()["active"] == tokens[1:]
    assert scene.run("--second") == 0  # once more does not begin the next change
    assert scene.secret("PENDING_SECRET_ID")["armed_until"] is None
    attempts = scene.stand.notion.deliveries()
    assert attempts
    assert {attempt["status"] for attempt in attempts} == {200}


@pytest.mark.req("I3")
def test_it_is_left_at_every_step_and_gone_on_with(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    def leaves() -> str:
        raise KeyboardInterrupt

    ordinary = dict(scene.in_wait)
    scene.in_wait["waiting for the handshake"] = leaves
    assert scene.run() == subscribe.STOPPED
    until = scene.secret("PENDING_SECRET_ID")["armed_until"]
    scene.in_wait = dict(ordinary)
    for question in ("did it come", "make", "did Notion take it"):
        scene.instead = {question: leaves}
        assert scene.run() == subscribe.STOPPED
    assert scene.secret()["active"] == [scene.made["verification_token"]]
    scene.instead = {}
    scene.in_wait = {"waiting for the first event": leaves}
    assert scene.run() == subscribe.STOPPED
    assert scene.verifies()
    scene.in_wait = dict(ordinary)

    assert scene.run("--json") == 0
    document = json.loads(capsys.readouterr().out.splitlines()[-1])  # before it, ingest's metrics
    assert document["stage"] == "heard from"
    assert document["mark"] == fingerprint(scene.made["verification_token"])
    assert document["url"] == scene.url
    assert "page.created" in document["event_types"]
    assert scene.made["verification_token"] not in json.dumps(document)
    assert until is not None
    assert "it goes on from here" in scene.out.getvalue()


@pytest.mark.req("I3", "O5")
def test_without_somebody_to_ask_nothing_is_confirmed_and_no_token_is_printed(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.there = scene.out.terminal = False
    assert scene.run() == 1
    token = scene.made["verification_token"]
    assert "subscribe --confirm FINGERPRINT" in capsys.readouterr().out
    assert scene.secret()["active"] == []

    file = tmp_path / "token"

    def pastes() -> None:
        assert scene.stand.notion.verify_subscription(scene.made["id"], file.read_text().strip())
        scene.edits()

    scene.in_wait["waiting for the first event"] = pastes
    assert scene.run("--confirm", fingerprint(token), "--reveal-to", str(file)) == 0
    assert token not in scene.out.getvalue() + "".join(capsys.readouterr())
    assert scene.secret()["active"] == [token]


@pytest.mark.req("I3", "O5")
def test_the_token_goes_neither_into_a_pipe_nor_into_a_file_that_is_there(
    scene: Scene, tmp_path: Path
) -> None:
    scene.out.terminal = False
    with pytest.raises(TargetError, match="on a terminal only"):
        scene.run("--reveal")
    file = tmp_path / "token"
    file.write_text("somebody's")
    with pytest.raises(TargetError, match="is there already"):
        scene.run("--reveal-to", str(file))
    assert file.read_text() == "somebody's"
    assert scene.made["verification_token"] not in scene.out.getvalue()
    assert scene.secret()["active"] == []


@pytest.mark.req("I3")
def test_a_strangers_token_is_told_apart_and_one_that_notion_refuses_is_taken_out(scene: Scene) -> None:
    def stranger() -> None:
        body = json.dumps({"verification_token": THEIRS}).encode()
        assert scene.stand.deliver(body, sign(body, THEIRS)) == 200
        scene.stand.clock.sleep(6)
        scene.creates()

    scene.in_wait["waiting for the handshake"] = stranger
    scene.instead = {"more than one came": lambda: fingerprint(THEIRS)}
    assert scene.run() == 1
    assert "is taken out again" in scene.out.getvalue()
    assert scene.secret() == {"active": []}
    assert scene.stand.deliver(b"{}", sign(b"{}", THEIRS)) == 401

    scene.in_wait["waiting for the handshake"] = scene.creates
    assert scene.run() == 0
    assert scene.secret()["active"] == [scene.made["verification_token"]]


@pytest.mark.req("I3")
def test_when_no_handshake_and_when_no_event_comes_it_says_what_to_do(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.in_wait = {}
    assert scene.run() == 1
    assert "press Resend token" in capsys.readouterr().out
    scene.in_wait = {"waiting for the handshake": scene.creates}
    assert scene.run("--listen", "10") == 1
    assert "is the page shared with the connection" in scene.out.getvalue()

    assert scene.run("--undo") == 0
    assert scene.secret() == {"active": []}
    assert scene.run("--undo") == 0
    assert "nothing was under way" in scene.out.getvalue()


@pytest.mark.req("I3")
def test_undo_before_anything_was_confirmed_closes_the_endpoint(scene: Scene) -> None:
    scene.there = False
    scene.run()
    assert scene.secret("PENDING_SECRET_ID")["candidates"]
    assert scene.run("--undo") == 0
    assert scene.secret("PENDING_SECRET_ID") == {"armed_until": None, "candidates": []}


@pytest.mark.req("I3", "T9")
def test_a_fingerprint_that_never_came_is_refused_and_what_is_active_stays(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.stand.secrets.put_secret_value(
        SecretId=scene.stand.environ["SIGNING_SECRET_ID"], SecretString=json.dumps({"active": [TOKEN]})
    )
    assert scene.run("--second", "--confirm", "0" * 12) == 1
    assert "no candidate has the fingerprint" in capsys.readouterr().out
    assert scene.secret() == {"active": [TOKEN]}
