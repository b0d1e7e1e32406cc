"""Whether Notion and HubSpot know us, whether the capabilities are there, and each data source shared and fit for the rules.

The probes are the triage's. Notion is asked five times for a connection, and once more for each data source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from infra.operate.doctor.by_finding import line_of
from infra.operate.doctor.line import Check, Line, fault, ok
from infra.operate.doctor.stack import ANSWER, Stack
from steward.clients.connection import URL, variable_of
from steward.learnt import query_id_of, shown_of
from steward.rules import MAIN, DataSource
from triage.probes import schema
from triage.probes.asking import Asker, OpenPurse
from triage.probes.vendor_asks import ask_vendor
from triage.sight import EMAILS
from triage.vendors import known
from triage.vendors.vendor import Vendor


def checks(stack: Stack) -> Iterator[Check]:
    """A check for each connection and each data source, and one for HubSpot."""
    for name in stack.rules.connections():
        yield Check(_title(name), lambda name=name: look(stack, name), vital=True)  # type: ignore[misc]  # mypy has no default of a lambda's
    for source in stack.rules.data_source:
        yield Check("data sources", lambda source=source: look_at(stack, source))  # type: ignore[misc]  # as above
    yield Check("hubspot", lambda: look_at_hubspot(stack), vital=True)


def look(stack: Stack, connection: str) -> Sequence[Line]:
    """Ask who a connection is, and what it may do."""
    asker = notion(stack, connection)
    sources = [source for source in stack.rules.data_source if source.connection == connection]
    settings = {"data_source": query_id_of(stack.memory(), sources[0])} if sources else {}
    wanted = (EMAILS,) if stack.rules.email is not None else ()
    # The timed query also finds a page to ask for comments with; a database to look for is no stack's.
    found = ask_vendor(asker, settings, seconds=2 * ANSWER - 1, each=ANSWER, wanted=wanted)
    return [line_of(_title(connection), finding) for finding in found]


def look_at(stack: Stack, source: DataSource) -> Sequence[Line]:
    """Ask for a data source's properties."""
    memory = stack.memory()
    ids = {role: property_id for role, (property_id, _) in shown_of(memory, source).items()}
    found = schema.look(
        notion(stack, source.connection),
        stack.rules,
        source,
        query_id_of(memory, source),
        ids,
        ANSWER,
        stack.now(),
    )
    return [line_of("data sources", finding) for finding in found]


def look_at_hubspot(stack: Stack) -> Sequence[Line]:
    """Ask which account it is, where HubSpot is used."""
    token = stack.secret("hubspot").text("token").strip()
    if not token:
        return [ok("hubspot", "not used")]
    vendor = replace(known()["hubspot"], finds=(), latency=None, capabilities=())
    url = stack.target.parameter("HubSpotApiUrl", "") or stack.variables.get("HUBSPOT_API_URL", "")
    vendor = replace(vendor, base_url=url.rstrip("/")) if url else vendor
    found = ask_vendor(_asker(stack, vendor, token), {}, seconds=2 * ANSWER - 1, each=ANSWER)
    return [line_of("hubspot", finding) for finding in found] or [
        fault("hubspot", "nothing was answered", "run `triage hubspot`")
    ]


def notion(stack: Stack, connection: str) -> Asker:
    """Asks Notion as a connection."""
    document = stack.secret("notion").document or {}
    further = document.get("connections")
    token = document.get("token") if connection == MAIN else (further or {}).get(connection)
    vendor = known()["notion"]
    url = stack.target.parameter("NotionApiUrl", vendor.base_url)
    if connection != MAIN:
        url = stack.variables.get(variable_of(URL, connection)) or url
    vendor = replace(
        vendor,
        finds=(),
        base_url=url.rstrip("/"),
        headers={"Notion-Version": stack.target.parameter("NotionVersion", "2026-03-11")},
    )
    return _asker(stack, vendor, token if isinstance(token, str) else "")


def _asker(stack: Stack, vendor: Vendor, token: str) -> Asker:
    return Asker(
        vendor,
        session=stack.session,
        token=lambda _: token,
        purse=OpenPurse(),  # a handful, and what the budget remembers is not for a look to write
        now=stack.now,
        clock=stack.clock,
        sleep=stack.sleep,
    )


def _title(connection: str) -> str:
    return "notion" if connection == MAIN else f"notion, {connection}"
