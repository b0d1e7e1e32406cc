"""A scene of ``subscribe``: the simulated Notion, the real ingest behind a door of its own, and a scripted operator."""

import argparse
import io
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.operate import subscribe
from infra.operate.ceremony.operator import AtTerminal
from infra.operate.command_line import make_parser
from tests.integration.here import Here
from tests.integration.stand import Stand, standing


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


@contextmanager
def scene_of() -> Iterator[Scene]:
    """A scene without any subscription; ``POWERTOOLS_SERVICE_NAME`` has to be one that no logger has had."""
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
