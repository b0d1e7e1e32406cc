"""What has to be known of a vendor to watch it. A description: what it does with it is the probes' business."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from steward.errors import CallFailed, Failure
from triage.findings import Probe


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a vendor.

    Attributes:
        status: the HTTP status.
        headers: the headers, names in lower case.
        body: the decoded JSON; None when it is none.
    """

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Ask:
    """A read that costs little.

    Attributes:
        probe: what it tells of.
        method: GET, or POST for a query.
        path: below the vendor's base address; a place in braces is taken from the settings, e.g. ``{database}``.
        body: of a POST.
        needs: the setting without which it is left out, or "".
        means: what an answer of a status means beside the general meaning, e.g. a 404 that proves a capability.
    """

    probe: Probe
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    needs: str = ""
    means: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Headroom:
    """What is left of one limit.

    Attributes:
        name: e.g. ``daily``, ``10 seconds``.
        limit: how much there is in all; None when it is not told.
        remaining: how much is left.
    """

    name: str
    limit: int | None
    remaining: int


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor.

    Attributes:
        name: in lower case, e.g. ``notion``; names it in findings, settings and commands.
        title: for people, e.g. ``Notion``.
        status_pages: addresses of status documents, the first parseable one wins.
        base_url: of the API.
        token_variable: the environment variable of the terminal command, e.g. ``NOTION_TOKEN``.
        headers: sent with every request, beside the token.
        auth: tells who we are.
        capabilities: each finds out about one, without writing anything.
        latency: is timed; one cheap query.
        decode: what an error answer means: status, headers, decoded body.
        who: from the answer of ``auth`` to a name for people, e.g. ``Steward in Northwind``.
        headroom: what the headers of an answer tell of limits.
        slow: seconds from which an answer counts as slow.
        runbook: what an engineer should know about this vendor's trouble, in Markdown.
    """

    name: str
    title: str
    status_pages: tuple[str, ...]
    base_url: str
    token_variable: str
    headers: Mapping[str, str]
    auth: Ask
    capabilities: tuple[Ask, ...]
    latency: Ask | None
    decode: Callable[[Answer, str], CallFailed | None]
    who: Callable[[Any], str]
    headroom: Callable[[Mapping[str, str]], tuple[Headroom, ...]]
    slow: float
    runbook: str


UNDECODED = Failure.REJECTED
"""What an answer means that nobody described."""
