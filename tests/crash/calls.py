"""Every external call of the processor, numbered as it is made, and struck where a run says so.

The seams are the lowest that every call has to pass: ``requests`` for Notion and incoming webhooks, the opener of
slack_sdk's client, botocore's one method for every operation of every client, the tables' one, and one try of a transaction with
PostgreSQL, of which all happens or nothing. SQS and Lambda are fakes of ours. So a new call, and a new client, is found
without a change here, and slack_sdk's reading is under test as well.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unittest.mock import patch

import requests
from botocore import xform_name
from botocore.client import BaseClient
from botocore.useragent import UserAgentString

from processor import stand_in
from processor.ways.row import PUT
from steward.clients import slack_web
from steward.mirror.database import Database as MirrorDatabase
from tests.integration.aws import Functions
from tests.integration.database import Database
from tests.integration.fifo import FifoQueues

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

AMPLE_MS, TINY_MS = 30_000, 2_500
"""Time that an invocation has left: enough for everything, and too little for any further vendor call."""


class Kind(StrEnum):
    """Whom a call goes to; each has faults of its own."""

    AWS = "aws"
    NOTION = "notion"
    SLACK = "slack"
    WEBHOOK = "webhook"
    POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Call:
    """One external call.

    Attributes:
        kind: whom it goes to.
        name: what is asked, the same for the same question.
        writes: whether it changes something there.
        asked: the request as the seam has it; for AWS the parameters.
        perform: makes it happen and gives the answer as its caller gets it.
    """

    kind: Kind
    name: str
    writes: bool
    asked: Any
    perform: Callable[[], Any]

    @property
    def question(self) -> str:
        """The name, whichever page it is about."""
        return _ID.sub("…", self.name)


@dataclass(frozen=True, slots=True)
class Fault:
    """What can happen to a call.

    Attributes:
        name: for the report.
        strike: answers in the call's place, or raises.
        fits: whether it can happen to this call.
        lasts: it also strikes the same call when it is repeated within the invocation.
        hurries: from this call on, the invocation has hardly any time left.
        alike: answered in the same way as another one of its kind, so one scenario's calls are enough for it.
    """

    name: str
    strike: Callable[[Call], Any]
    fits: Callable[[Call], bool] = lambda _: True
    lasts: bool = False
    hurries: bool = False
    alike: bool = False


class Wire:
    """Between the processor and everything outside. Silent but while an invocation is ``listened`` to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.struck = 0
        self._strikes: Mapping[int, Fault] = {}
        self._listens = False
        self._lasting: tuple[str, Fault] | None = None
        self._remaining_ms = AMPLE_MS

    def prepare(self, strikes: Mapping[int, Fault]) -> None:
        """Number from 1 again, and strike these numbers."""
        self.calls, self.struck, self._strikes = [], 0, strikes

    @contextmanager
    def listened(self) -> Iterator[None]:
        """One invocation."""
        self._listens, self._lasting, self._remaining_ms = True, None, AMPLE_MS
        try:
            yield
        finally:
            self._listens = False

    def remaining_ms(self) -> int:
        """The time that the invocation has left."""
        return self._remaining_ms

    def carry(self, call: Call) -> Any:
        """Number a call, and let it pass or strike it."""
        if not self._listens:
            return call.perform()
        self.calls.append(call)
        fault = self._strikes.get(len(self.calls))
        if fault is None and self._lasting is not None and self._lasting[0] == call.name:
            return self._lasting[1].strike(call)
        if fault is None:
            return call.perform()
        self.struck += 1
        if fault.lasts:
            self._lasting = (call.name, fault)
        if fault.hurries:
            self._remaining_ms = TINY_MS
        return fault.strike(call)


@contextmanager
def tapped(wire: Wire, slack_url: str) -> Iterator[None]:
    """Put a wire into all seams."""
    send, api_call, in_memory = requests.Session.send, BaseClient._make_api_call, Database.call
    once, open_slack = MirrorDatabase._once, slack_web._OPENER.open

    def sent(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
        kind = Kind.WEBHOOK if (request.url or "").startswith(slack_url) else Kind.NOTION
        name = f"{kind} {request.method} {request.path_url.partition('?')[0]}"
        writes = request.method != "GET" and not name.endswith("/query")
        return wire.carry(Call(kind, name, writes, request, lambda: send(session, request, **options)))

    def opened(request: Any, **options: Any) -> Any:
        method = request.full_url.partition("?")[0].rpartition("/")[2]
        writes = method.startswith("chat.")
        return wire.carry(
            Call(Kind.SLACK, f"slack {method}", writes, request, lambda: open_slack(request, **options))
        )

    def called(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        return to_aws(service, operation, parameters, lambda: api_call(client, operation, parameters))

    def in_a_table(database: Database, operation: str, parameters: Mapping[str, Any]) -> Any:
        return to_aws("dynamodb", operation, parameters, lambda: in_memory(database, operation, parameters))

    def to_aws(service: str, operation: str, parameters: Any, perform: Callable[[], Any]) -> Any:
        name = f"{service} {operation}{_about(parameters)}"
        writes = not operation.startswith(("Get", "Query", "Scan", "BatchGet", "List", "Describe"))
        return wire.carry(Call(Kind.AWS, name, writes, parameters, perform))

    def asked(fake: type, service: str, operation: str, *, writes: bool = True) -> Any:
        original, name = getattr(fake, xform_name(operation)), f"{service} {operation}"

        def passed(client: Any, **parameters: Any) -> Any:
            return wire.carry(
                Call(Kind.AWS, name, writes, parameters, lambda: original(client, **parameters))
            )

        return patch.object(fake, xform_name(operation), passed)

    def transacted(database: MirrorDatabase, call: str, work: Any, seconds: float) -> Any:
        return wire.carry(
            Call(
                Kind.POSTGRES,
                call,
                call in (PUT, stand_in.PUT),
                None,
                lambda: once(database, call, work, seconds),
            )
        )

    with (
        patch.object(MirrorDatabase, "_once", transacted),
        patch.object(requests.Session, "send", sent),
        patch.object(slack_web._OPENER, "open", opened),
        patch.object(BaseClient, "_make_api_call", called),
        patch.object(Database, "call", in_a_table),
        asked(Functions, "lambda", "ListEventSourceMappings", writes=False),
        asked(Functions, "lambda", "UpdateEventSourceMapping"),
        asked(Functions, "lambda", "Invoke"),
        asked(FifoQueues, "sqs", "SendMessage"),
        asked(FifoQueues, "sqs", "ChangeMessageVisibility"),
        asked(FifoQueues, "sqs", "GetQueueAttributes", writes=False),
        # Made anew for every call of a client: a tenth of a run's time.
        patch.object(UserAgentString, "to_string", lambda _: "steward"),
    ):
        yield


def _about(parameters: Mapping[str, Any]) -> str:
    """What an AWS call is about, so that a report can be read: the table's row and its status."""
    row = parameters.get("Item") or parameters.get("Key") or {}
    words = [parameters.get("TableName"), row.get("pk", "").partition("#")[0], row.get("status")]
    return "".join(f" {word}" for word in words if word)
