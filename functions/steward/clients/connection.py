"""A Notion connection as a function's environment describes it: its client, and its request budget.

One reading for every function that calls Notion, so that no two of them differ in address, version or limit. The
environment is the one that a handler hands over, never the process's own.

The main connection's token is ``token`` in the Notion secret; a further one's stands under its name in ``connections``:
``{"token": "ntn_…", "connections": {"partner": "ntn_…"}}``. A further connection has its own limit, from the rules file,
and a budget record of its own: workspaces share no limit.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from steward.budget import Budget, Purse, part_of
from steward.budget_memory import PROBES, BudgetMemory
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport
from steward.clients.whose_token import of_notion
from steward.errors import CallFailed, Failure
from steward.identity import Prove
from steward.lane import FIRST, groups_of
from steward.memory import Memory
from steward.reserved_share import ReservedShare
from steward.rules import MAIN, Connection
from steward.secret_store import SecretStore, SecretUnavailable
from steward.spent_budget import requests_per_minute

URL = "NOTION_API_URL"


def variable_of(stem: str, connection: str) -> str:
    """The environment variable that says something of a connection: ``stem`` of the main one, ``STEM_NAME`` of a further one."""
    return stem if connection == MAIN else f"{stem}_{connection.upper().replace('-', '_')}"


def notion_client(
    environ: Mapping[str, str],
    *,
    transport: Transport,
    store: SecretStore,
    budget: Purse,
    now: Callable[[], datetime],
    watch: Callable[[CallFailed | None], None] = lambda _: None,
    connection: str = MAIN,
) -> NotionClient:
    """A connection's client.

    Args:
        environ: ``NOTION_SECRET_ID``; ``NOTION_API_URL`` and ``NOTION_VERSION`` where they differ from Notion's own, and
            ``NOTION_API_URL_<NAME>`` where that of a further connection differs from these (simulators do).
        transport: sends the requests.
        store: holds the connection's token.
        budget: the connection's request budget, or a lane's part of it.
        now: our clock.
        watch: is told the end of every call: its failure, or None for a success.
        connection: its name.
    """
    further = None if connection == MAIN else connection
    own = environ.get(variable_of(URL, connection)) if further else None
    base_url, version = _api(environ)
    return NotionClient(
        transport,
        own or base_url,
        version,
        _token(store, environ["NOTION_SECRET_ID"], further),
        budget,
        now,
        watch,
        further,
    )


def notion_proof(environ: Mapping[str, str], transport: Transport, now: Callable[[], datetime]) -> Prove:
    """Asks Notion, at the address of the main connection, whose a token is."""
    base_url, version = _api(environ)
    return of_notion(transport, base_url, version, now)


def _api(environ: Mapping[str, str]) -> tuple[str, str]:
    """Address and version."""
    base_url = environ.get("NOTION_API_URL") or "https://api.notion.com"
    return base_url, environ.get("NOTION_VERSION") or "2026-03-11"


def request_budgets(
    environ: Mapping[str, str],
    memory: Memory,
    now: Callable[[], datetime],
    connection: Connection | None = None,
) -> dict[str, Budget]:
    """Each lane's part of a connection's request limit, by message group, the first lane's first.

    Args:
        environ: ``REQUESTS_PER_MINUTE`` of the main connection, 180 by default, of which ``PROBES_PER_MINUTE``, 0 by
            default, are not the lanes', and ``LANES``, 1 by default.
        memory: what all environments remember the spending in.
        now: our clock.
        connection: a further one; None for the main one.
    """
    if connection is None:
        limit, name = max(1, requests_per_minute(environ) - _reserved(environ)), None
    else:
        limit, name = connection.requests_per_minute, connection.name
    lanes = groups_of(int(environ.get("LANES", "1")))
    return {
        lane: Budget(
            part_of(limit, len(lanes), number),
            lambda: now().timestamp(),
            BudgetMemory(memory, lane if len(lanes) > 1 else None, name),
        )
        for number, lane in enumerate(lanes)
    }


def probe_budget(environ: Mapping[str, str], memory: Memory, now: Callable[[], datetime]) -> Purse:
    """What the triage's probes are paid from: the share that the lanes leave, ``PROBES_PER_MINUTE``.

    Without a share the first lane's part serves, as it does while the lane rests.
    """
    lane = request_budgets(environ, memory, now)[FIRST]
    reserved = _reserved(environ)
    if not reserved:
        return lane
    own = Budget(reserved, lambda: now().timestamp(), BudgetMemory(memory, PROBES))
    lanes = groups_of(int(environ.get("LANES", "1")))
    of_lane = BudgetMemory(memory, FIRST if len(lanes) > 1 else None)
    return ReservedShare(own, lane, of_lane, lambda: now().timestamp())


def _reserved(environ: Mapping[str, str]) -> int:
    # Never more than half of a small limit: both together must not provoke a 429.
    return min(int(environ.get("PROBES_PER_MINUTE") or "0"), requests_per_minute(environ) // 2)


def _token(store: SecretStore, secret_id: str, further: str | None) -> Callable[[bool], str]:
    """Gives the connection's token; ``True`` asks for a fresh read.

    Returns:
        a function that returns an empty text when no token is configured, and raises ``CallFailed`` UNREACHABLE when
        Secrets Manager does not answer and nothing is cached.
    """

    def token(fresh: bool) -> str:
        try:
            document = store.refresh(secret_id) if fresh else store.get(secret_id)
        except SecretUnavailable as error:
            raise CallFailed(Failure.UNREACHABLE, "notion", "notion.token", message=str(error)) from error
        found = _of_further(document, further) if further else document.get("token")
        return found if isinstance(found, str) else ""

    return token


def _of_further(document: Mapping[str, Any], name: str) -> Any:
    connections = document.get("connections")
    return connections.get(name) if isinstance(connections, Mapping) else None
