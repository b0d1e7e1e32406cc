"""What has to be known of a vendor to watch it. A description: what is done with it is the probes' business."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from steward.errors import CallFailed, Failure
from triage.findings import Probe, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a vendor.

    Attributes:
        status: the HTTP status.
        headers: the headers, names in lower case.
        body: the decoded JSON; None when it is none.
        at: when, by our clock.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What the end of an ask proves of what it asked for.

    Attributes:
        verdict: GOOD, BAD, or UNKNOWN where the vendor does not promise what it would take to be sure.
        says: half a sentence after the ask's name, e.g. ``refused``.
    """

    verdict: Verdict
    says: str


def by_refusal(answer: Answer | None, failure: CallFailed | None) -> Proof:
    """What an answer proves where a capability that is missing is refused with 403, and one that is there is not."""
    del answer
    if failure is None:
        return Proof(Verdict.GOOD, "allowed")
    if failure.failure is Failure.FORBIDDEN:
        return Proof(Verdict.BAD, "refused: the capability is missing")
    return Proof(Verdict.UNKNOWN, f"not found out ({failure.failure})")


def nothing(body: Any) -> Mapping[str, str]:
    """No settings."""
    del body
    return {}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that changes nothing and costs little.

    Attributes:
        probe: what it tells of.
        name: what it finds out, for people: ``read comments``.
        method: GET, or POST for a query.
        path: below the vendor's base address; a place in braces is taken from the settings, e.g. ``{data_source}``.
        query: the query string; places as in the path.
        body: of a POST; places as in the path, wherever they stand.
        needs: the setting without which it is left out, or "".
        expects: keys of the answer without which it is no answer to the question.
        gives: from a success to settings that other asks need.
        proves: for a capability, what its end proves; ``answer`` is None where none came.
        optional: a capability that only some need: lacking it is bad only where somebody wants it.
    """

    probe: Probe
    name: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    needs: str = ""
    expects: tuple[str, ...] = ()
    gives: Callable[[Any], Mapping[str, str]] = nothing
    proves: Callable[[Answer | None, CallFailed | None], Proof] = by_refusal
    optional: bool = False


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


def untold(headers: Mapping[str, str]) -> tuple[Headroom, ...]:
    """The headroom of a vendor whose headers tell nothing of it."""
    del headers
    return ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor.

    Attributes:
        name: in lower case, e.g. ``notion``; names it in findings, settings and commands.
        title: for people, e.g. ``Notion``.
        status_pages: addresses of Statuspage v2 documents, the first parseable one wins.
        base_url: of the API.
        token_variable: the environment variable of the terminal command, e.g. ``NOTION_TOKEN``.
        headers: sent with every request, beside the token.
        auth: tells who we are.
        decode: what an answer means; None for the success that was asked for. The third argument is the call's name.
        who: from the answer of ``auth`` to a name for people, e.g. ``Steward in Northwind``.
        slow: seconds from which an answer counts as slow.
        runbook: what an engineer should know about this vendor's trouble, in Markdown.
        capabilities: each finds out about one, without writing anything.
        finds: each finds a setting that another ask needs.
        latency: is timed; one cheap query. None where ``auth`` serves.
        headroom: what the headers of an answer tell of limits.
        setting_variables: environment variable of the terminal command → the setting that it gives.
    """

    name: str
    title: str
    status_pages: tuple[str, ...]
    base_url: str
    token_variable: str
    headers: Mapping[str, str]
    auth: Ask
    decode: Callable[[Answer, Ask, str], CallFailed | None]
    who: Callable[[Any], str]
    slow: float
    runbook: str
    capabilities: tuple[Ask, ...] = ()
    finds: tuple[Ask, ...] = ()
    latency: Ask | None = None
    headroom: Callable[[Mapping[str, str]], tuple[Headroom, ...]] = untold
    setting_variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All that it may be asked."""
        latency = () if self.latency is None else (self.latency,)
        return (self.auth, *self.finds, *latency, *self.capabilities)


def placed(vendor: Vendor, environ: Mapping[str, str]) -> Vendor:
    """A vendor at the addresses that an environment names, where it names any (simulators, a status page that moved).

    Args:
        vendor: as it is described.
        environ: ``<NAME>_API_URL``, and ``<NAME>_STATUS_URL`` with addresses that commas part.
    """
    base = environ.get(f"{vendor.name.upper()}_API_URL")
    pages = environ.get(f"{vendor.name.upper()}_STATUS_URL", "")
    found = tuple(page.strip() for page in pages.split(",") if page.strip())
    return replace(
        vendor,
        base_url=(base or vendor.base_url).rstrip("/"),
        status_pages=found or vendor.status_pages,
    )
