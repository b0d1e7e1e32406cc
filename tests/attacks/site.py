"""The place that is attacked: a whole stack, what its functions were seen to do, and what an operator can do meanwhile."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.local.simulators.notion import Demo, NotionAdmin
from infra.local.simulators.slack import SlackAdmin
from infra.local.stack import LocalStack
from infra.operate.samples import sample_event
from steward.signature import sign
from tests.attacks.wire import Reply, credentials, exchange, post

FORGER = "secret_" + "forgedbysomebodyelse" * 2
"""A token that was never active."""

CANDIDATE = "secret_" + "candidateofanattacker" * 2
"""A token that is offered by handshake."""

NOWHERE = ("127.0.0.1", 9)
"""Where nobody listens: the address of a service that is down."""

FRESH = 301.0
"""Seconds after which every cached secret is read anew."""

REFRESH = 31.0
"""Seconds after which a signature that does not fit makes ingest read the secret anew."""

HARMLESS = frozenset({"GetSecretValue"})
"""What ingest may ask of AWS about a delivery that it refuses."""


@dataclass
class Site:
    """One stack; the tests of a file share it."""

    stack: LocalStack
    notion: NotionAdmin
    slack: SlackAdmin
    demo: Demo
    record: Path
    ahead: Path
    secrets: dict[str, str] = field(default_factory=dict)
    """The texts of all secrets, as they were at first."""
    said: set[str] = field(default_factory=set)
    """Whatever was sent and must stand in no log."""

    @property
    def port(self) -> int:
        return urlsplit(self.stack.url).port or 0

    @property
    def token(self) -> str:
        return self.stack.signing_token

    # ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────

    def event(self, name: str, kind: str = "page.created", /, **changes: object) -> bytes:
        """The body of an event about a page that nobody knows; its id tells whose it was."""
        made = sample_event(
            kind, now=datetime.now(UTC), entity_id="0dd00000-0000-4000-8000-000000000000", event_id=name
        )
        return json.dumps({**made, **changes}, separators=(",", ":")).encode()

    def signed(self, body: bytes, token: str | None = None) -> str:
        """The signature of a body, the active token's without another one; it may stand in no log."""
        signature = sign(body, token or self.token)
        self.said.add(signature.removeprefix("sha256="))
        return signature

    def send(self, sent: bytes, *, end: bool = False) -> Reply:
        """Send bytes; what of them and of the answer opens a door, or tries to, may stand in no log."""
        self.said |= credentials(sent)
        reply = exchange(self.port, sent, end=end)
        self.said |= credentials(reply.head.encode("latin-1"))
        return reply

    def deliver(self, body: bytes, token: str | None = None) -> Reply:
        """Deliver a body as Notion does."""
        return self.send(post(body, self.signed(body, token)))

    # ── what was seen ─────────────────────────────────────────────────────────────────────────────────────────────────

    def mark(self) -> int:
        """How much was recorded so far."""
        return self.record.stat().st_size

    def seen(self, since: int = 0, function: str = "") -> list[dict[str, str]]:
        """What functions were seen to do, those whose name has the text in it."""
        with self.record.open("rb") as file:
            file.seek(since)
            lines = file.read().splitlines()
        found: list[dict[str, str]] = [json.loads(line) for line in lines]
        return [one for one in found if function in one["function"]]

    def operations(self, since: int = 0) -> list[str]:
        """The operations of AWS that ingest asked for."""
        return [one["operation"] for one in self.seen(since, "Ingest") if "operation" in one]

    def deeds(self, since: int) -> list[str]:
        """What ingest did besides reading secrets."""
        return [operation for operation in self.operations(since) if operation not in HARMLESS]

    def row(self, event_id: str) -> dict[str, Any] | None:
        """The journal's row of an event."""
        key = {"pk": f"EVENT#{event_id}", "sk": "RECORD"}
        item: dict[str, Any] | None = self.stack.table("JournalTable").get_item(Key=key).get("Item")
        return item

    def rows(self) -> list[dict[str, Any]]:
        """All rows of events."""
        found: list[dict[str, Any]] = self.stack.table("JournalTable").scan()["Items"]
        return [row for row in found if row["pk"].startswith("EVENT#") and row["sk"] == "RECORD"]

    def waiting(self, queue: str = "LaneQueue") -> int:
        """How many messages lie on a queue, hidden ones included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = {"QueueUrl": self.stack.resource(queue), "AttributeNames": names}
        return sum(map(int, self.stack.client("sqs").get_queue_attributes(**asked)["Attributes"].values()))

    def settle(self) -> None:
        """Return when the lane is empty."""
        eventually(lambda: not self.waiting())

    def tick(self) -> None:
        """What the scheduler sends every minute: effects whose time has come."""
        self.stack.client("sqs").send_message(
            QueueUrl=self.stack.resource("LaneQueue"),
            MessageBody=json.dumps({"v": 1, "kind": "settle", "at": None}),
            MessageGroupId="lane-0",
            MessageDeduplicationId=str(uuid.uuid4()),
        )

    # ── what an operator, or AWS, does ────────────────────────────────────────────────────────────────────────────────

    def turn(self, seconds: float) -> None:
        """Let the functions' monotonic clock jump."""
        text = self.ahead.read_text()
        unfinished = self.ahead.with_suffix(".tmp")
        unfinished.write_text(str(float(text) + seconds))
        unfinished.replace(self.ahead)

    def secret(self, name: str) -> str:
        """The text of a secret."""
        asked = {"SecretId": self.stack.resource(name), "VersionStage": "AWSCURRENT"}
        return str(self.stack.client("secretsmanager").get_secret_value(**asked)["SecretString"])

    def put(self, name: str, text: str) -> None:
        """Write a secret, which every environment reads anew after that."""
        secret = {"SecretId": self.stack.resource(name), "SecretString": text}
        self.stack.client("secretsmanager").put_secret_value(**secret)
        self.turn(FRESH)

    @contextmanager
    def holding(self, name: str, text: str) -> Iterator[None]:
        """Another text in a secret for a while."""
        before = self.secret(name)
        self.put(name, text)
        try:
            yield
        finally:
            self.put(name, before)

    @contextmanager
    def environ(self, **changes: str) -> Iterator[None]:
        """New environments of ingest, with other variables, for a while: a version of its own, which the alias names."""
        functions, name = self.stack.client("lambda"), self.stack.resource("Ingest")
        before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        released = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**before, **changes}}
        )
        other = functions.publish_version(FunctionName=name)["Version"]
        functions.update_alias(FunctionName=name, Name="live", FunctionVersion=other)
        try:
            yield
        finally:
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})
            functions.update_alias(FunctionName=name, Name="live", FunctionVersion=released)

    @contextmanager
    def bounded(self, environments: int) -> Iterator[None]:
        """So many environments of ingest at most for a while; the local AWS bounds those of no version but the latest."""
        functions, name = self.stack.client("lambda"), self.stack.resource("Ingest")
        released = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=environments)
        functions.update_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
        try:
            yield
        finally:
            functions.update_alias(FunctionName=name, Name="live", FunctionVersion=released)
            functions.delete_function_concurrency(FunctionName=name)

    def denied(self, action: str) -> AbstractContextManager[None]:
        """AWS refuses an action to ingest's role for a while."""
        return self._ruled("Deny", action)

    def allowed(self, action: str) -> AbstractContextManager[None]:
        """AWS allows an action to ingest's role, on whatever, for a while."""
        return self._ruled("Allow", action)

    @contextmanager
    def _ruled(self, effect: str, action: str) -> Iterator[None]:
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        policy = {"RoleName": self.stack.resource("IngestRole"), "PolicyName": "meanwhile"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.stack.client("iam").put_role_policy(**policy, PolicyDocument=document)
        try:
            yield
        finally:
            self.stack.client("iam").delete_role_policy(**policy)

    def armed(self, seconds: float) -> AbstractContextManager[None]:
        """The endpoint armed for a handshake until so many seconds from now, which may be over."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        return self.holding(
            "PendingSigningSecret", json.dumps({"armed_until": until.isoformat(), "candidates": []})
        )


def eventually(look: Callable[[], Any], seconds: float = 75.0) -> Any:
    """What a look gives as soon as it gives something; longer than SQS hides a message whose processor had no time left."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "not seen in time"
        time.sleep(0.05)
    return found


def handshake(token: str, **more: object) -> bytes:
    """A handshake's body, or what looks like one."""
    document: Mapping[str, object] = {"verification_token": token, **more}
    return json.dumps(document, separators=(",", ":")).encode()
