"""How a command reads Notion as a stack does: with its tokens, from the probes' share of its request budget."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

from infra.operate.read import PARAMETERS
from infra.operate.target import Target
from steward.clients.connection import URL, notion_client, probe_budget
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.memory import Memory
from steward.rules import MAIN, Rules
from steward.secret_store import SecretStore


def clients_of(target: Target, rules: Rules, now: Callable[[], datetime]) -> Mapping[str, NotionClient]:
    """A client for each connection of the rules file."""
    environ = {name: target.parameter(*parameter) for name, parameter in PARAMETERS.items()}
    environ |= addresses_of(target, rules)
    environ["NOTION_SECRET_ID"] = target.output("NotionSecretArn")
    budget = probe_budget(environ, Memory(target.table(target.output("StateTableName")), now), now)
    store = SecretStore(target.client("secretsmanager"), time.monotonic)
    return {
        name: notion_client(
            environ,
            transport=Transport(plain_session(), "notion", Deadline(), time.sleep, Random()),  # noqa: S311 - jitter
            store=store,
            budget=budget,
            now=now,
            connection=name,
        )
        for name in rules.connections()
    }


def addresses_of(target: Target, rules: Rules) -> Mapping[str, str]:
    """``NOTION_API_URL_<NAME>`` of the further connections that a stand-in answers; only a local stack has any."""
    if not target.is_local or rules.connections() == (MAIN,):
        return {}
    configuration = target.client("lambda").get_function_configuration(
        FunctionName=target.output("ProcessorName")
    )
    variables = configuration.get("Environment", {}).get("Variables", {})
    return {name: url for name, url in variables.items() if name.startswith(f"{URL}_")}
