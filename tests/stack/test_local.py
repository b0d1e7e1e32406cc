"""What the local stack promises beyond the application: exact bytes, AWS's own answers, ticks, and a clean death."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local import demo as story
from infra.local.front_door import invoker
from infra.local.processes import exists
from infra.local.setup import ROOT
from infra.local.simulators.notion import faults
from infra.local.stack import LocalStack
from infra.operate.samples import sample_event
from steward.signature import sign
from tests.stack.family import descendants

pytestmark = pytest.mark.stack


def eventually(look: Callable[[], Any], seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "not seen in time"
        time.sleep(0.05)
    return found


def signed(stack: LocalStack, **more: object) -> tuple[bytes, dict[str, str]]:
    payload = {**sample_event("page.content_updated", now=datetime.now(UTC)), **more}
    body = json.dumps(payload, ensure_ascii=False).encode()
    return body, {"X-Notion-Signature": sign(body, stack.signing_token)}


def post(stack: LocalStack, body: bytes | Iterable[bytes], headers: dict[str, str]) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(stack.url).port or 0, timeout=20)
    try:
        connection.request(
            "POST", "/api/webhooks/notion", body, headers, encode_chunked=not isinstance(body, bytes)
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.req("I2", "O1")
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "image/png", ""])
def test_a_signature_over_the_raw_bytes_holds_however_they_travel(stack: LocalStack, kind: str) -> None:
    body, headers = signed(stack, workspace_name="Café ☕ \u2028 北")

    assert post(stack, body, {**headers, "Content-Type": kind})[0] == 200
    assert post(stack, [body[:7], body[7:]], {**headers, "Content-Type": kind})[0] == 200


@pytest.mark.req("I2", "I7", "O1")
def test_one_changed_byte_is_refused(stack: LocalStack) -> None:
    body, headers = signed(stack)

    assert post(stack, body.replace(b" ", b"  ", 1), headers)[0] == 401


@pytest.mark.req("O1")
def test_a_function_that_fails_is_known_to_the_door(stack: LocalStack) -> None:
    invoke = invoker(lambda _: stack.client("lambda"))

    assert invoke(stack.resource("Processor"), b'"no event"', 30.0) is None
    assert invoke(stack.resource("Processor"), b'{"Records": []}', 30.0) is not None


@pytest.mark.req("O1", "P4")
def test_the_scheduler_puts_its_tick_on_the_fifo_lane_and_the_processor_works_it(stack: LocalStack) -> None:
    scheduler = stack.client("scheduler")
    one = next(s for s in scheduler.list_schedules()["Schedules"] if "Settle" in s["Name"])
    deployed = scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])
    before = worked(stack)

    scheduler.create_schedule(
        Name="now",
        ScheduleExpression=datetime.now(UTC).strftime("at(%Y-%m-%dT%H:%M:%S)"),
        FlexibleTimeWindow=deployed["FlexibleTimeWindow"],
        Target=deployed["Target"],
        ActionAfterCompletion="DELETE",
    )

    eventually(lambda: worked(stack) > before, seconds=30)
    dead = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.resource("DeadLetterQueue"), AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert dead["Attributes"]["ApproximateNumberOfMessages"] == "0"


def worked(stack: LocalStack) -> int:
    return sum(line.startswith("END ") for line in stack.logs("processor"))


@pytest.mark.req("O1")
def test_a_scenario_that_is_not_seen_whole_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.demo.story.PATIENCE", 5.0)
    with LocalStack(environ={}) as broken:
        assert broken.notion is not None
        broken.notion.add_fault(
            faults.answer(403, code="restricted_resource"), match={"method": "POST"}, times="forever"
        )
        with pytest.raises(story.DemoFailure, match="1 in comment"):
            story.play(broken)


@pytest.mark.req("O1")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT], ids=lambda n: n.name)
def test_however_the_command_ends_its_processes_end_with_it(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local", "up", "--port", "0", "--no-demo"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = next(line for line in process.stdout if line.startswith("ready "))
    folder = ROOT / ".local" / f"run-{ready.strip().rsplit(':', 1)[1]}"
    pids = descendants(json.loads((folder / "state.json").read_text())["pids"])
    assert len(pids) >= 4, "the local AWS, both simulators and a function's environment"

    process.send_signal(number)
    status = process.wait(20)
    process.stdout.close()

    assert status == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    eventually(lambda: not any(exists(pid) for pid in pids))
