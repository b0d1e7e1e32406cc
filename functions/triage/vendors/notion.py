"""Notion, as the probes need to know it.

Source: Notion's reference on status codes, request limits, capabilities and comments (as of 2026-10), and what operators
report of its status page: the documents moved from ``status.notion.so``, whose addresses now lead to HTML.

Nothing here writes. Whether comments may be inserted is asked by a comment to a page that nobody has: that is refused
with 403 when the capability is missing. Any other refusal proves nothing, because the order in which Notion checks is
not documented.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from steward.clients.notion_answers import classify
from steward.clients.transport import HttpAnswer
from steward.errors import CallFailed, Failure
from triage.findings import Probe, Verdict
from triage.vendors.vendor import Answer, Ask, Proof, Vendor

NOBODYS_PAGE = "00000000-0000-4000-8000-000000000000"
"""An id in the right form that Notion, which draws its ids at random, gives to no page."""


def _decode(answer: Answer, ask: Ask, call: str) -> CallFailed | None:
    body = answer.body if isinstance(answer.body, Mapping) else None
    wire = HttpAnswer(answer.status, answer.headers, b"")
    # No ask writes, whatever its method: nothing may have been done.
    failure = classify(call, "GET", wire, body, answer.at, ask.expects)
    if failure is None:
        return None
    more = (body or {}).get("additional_data")
    more = more if isinstance(more, Mapping) else {}
    if failure.status == 429 and isinstance(more.get("rate_limit_reason"), str):
        return replace(failure, code=more["rate_limit_reason"])
    if failure.failure is Failure.FORBIDDEN and "block_limit" in more:
        return replace(failure, code="block_limit")  # the Free plan is full: no capability is missing
    return failure


def _who(body: Any) -> str:
    bot = body.get("bot") if isinstance(body.get("bot"), Mapping) else {}
    workspace = bot.get("workspace_name")
    name = str(body.get("name") or "a connection without a name")
    return f"{name} in {workspace}" if isinstance(workspace, str) and workspace else name


def _first(body: Any, key: str, setting: str) -> Mapping[str, str]:
    rows = body.get(key)
    first = rows[0] if isinstance(rows, list) and rows else None
    found = first.get("id") if isinstance(first, Mapping) else None
    return {setting: found} if isinstance(found, str) and found else {}


def _may_read(answer: Answer | None, failure: CallFailed | None) -> Proof:
    del answer
    return Proof(Verdict.GOOD, "allowed") if failure is None else _by_failure(failure)


def _may_insert(answer: Answer | None, failure: CallFailed | None) -> Proof:
    del answer
    if failure is None:
        return Proof(Verdict.UNKNOWN, "answered in a way that Notion does not document")
    if failure.failure in (Failure.NOT_FOUND, Failure.INVALID):
        return Proof(Verdict.UNKNOWN, "not refused; only a comment would prove more")
    return _by_failure(failure)


def _sees_emails(answer: Answer | None, failure: CallFailed | None) -> Proof:
    if failure is not None:
        return _by_failure(failure)
    users = answer.body.get("results") if answer is not None else None
    people = [u.get("person") for u in users if isinstance(u, Mapping)] if isinstance(users, list) else []
    shown = [p for p in people if isinstance(p, Mapping)]
    if not shown:
        return Proof(Verdict.UNKNOWN, "not found out: no person was listed")
    if any(p.get("email") for p in shown):
        return Proof(Verdict.GOOD, "allowed")
    return Proof(Verdict.BAD, "names come without e-mail addresses: the capability is missing")


def _by_failure(failure: CallFailed) -> Proof:
    if failure.failure is Failure.FORBIDDEN and failure.code == "restricted_resource":
        return Proof(Verdict.BAD, "refused: the capability is missing")
    return Proof(Verdict.UNKNOWN, f"not found out ({failure.failure})")


RUNBOOK = """\
* **Outage** (5xx, 529, timeouts): wait. The lane rests and loses nothing for 14 days. Do not rotate, do not restart.
* **401, and again a minute later**: the token was revoked or replaced. `doctor` tells; put the new one into the secret.
* **403 `restricted_resource`**: a capability is not ticked in the connection's settings. An HTML 403 is not Notion's
  API but the edge before it: that is an outage, not a capability.
* **404 for a data source that was there**: somebody trashed it, or took the connection off it. Share it again.
* **429**: `rate_limit_reason` says whose limit. `public_api_request_blocked` is lifted by Notion's support only.
* **No webhooks**: look at the Webhooks tab of the connection; Notion pauses a subscription without telling.
"""

VENDOR = Vendor(
    name="notion",
    title="Notion",
    status_pages=(
        "https://www.notion-status.com/api/v2/summary.json",
        "https://status.notion.so/api/v2/summary.json",
    ),
    base_url="https://api.notion.com",
    token_variable="NOTION_TOKEN",  # noqa: S106 - a name
    headers={"Notion-Version": "2026-03-11"},
    auth=Ask(Probe.AUTH, "who we are", "GET", "/v1/users/me", expects=("id",)),
    finds=(
        Ask(
            Probe.SHARED,
            "the database",
            "GET",
            "/v1/databases/{database}",
            needs="database",
            expects=("id",),
            gives=lambda body: _first(body, "data_sources", "data_source"),
        ),
    ),
    latency=Ask(
        Probe.LATENCY,
        "one row of a data source",
        "POST",
        "/v1/data_sources/{data_source}/query",
        body={"page_size": 1},
        needs="data_source",
        expects=("results",),
        gives=lambda body: _first(body, "results", "page"),
    ),
    capabilities=(
        Ask(
            Probe.CAPABILITIES,
            "read comments",
            "GET",
            "/v1/comments",
            query={"block_id": "{page}", "page_size": "1"},
            needs="page",
            expects=("results",),
            proves=_may_read,
        ),
        Ask(
            Probe.CAPABILITIES,
            "insert comments",
            "POST",
            "/v1/comments",
            body={
                "parent": {"page_id": NOBODYS_PAGE},
                "rich_text": [{"type": "text", "text": {"content": "probe"}}],
            },
            proves=_may_insert,
        ),
        Ask(
            Probe.CAPABILITIES,
            "see e-mail addresses",
            "GET",
            "/v1/users",
            query={"page_size": "25"},
            expects=("results",),
            proves=_sees_emails,
            optional=True,
        ),
    ),
    decode=_decode,
    who=_who,
    slow=2.0,
    runbook=RUNBOOK,
    setting_variables={"NOTION_TEST_DATABASE_ID": "database"},
)
