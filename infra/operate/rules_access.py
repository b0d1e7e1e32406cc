"""How ``rules check --live`` reaches Notion: with the environment's tokens, or as a stack does, which has learnt something."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.notion_access import addresses_of
from infra.operate.target import Target, TargetError, plainly
from steward.clients.connection import URL, variable_of
from steward.learnt import query_id_of, shown_of
from steward.memory import Memory
from steward.rules import MAIN, Rules

API, VERSION = "https://api.notion.com", "2026-03-11"


@dataclass(frozen=True, slots=True)
class Access:
    """How Notion is reached, and what is known already.

    Attributes:
        name: whose tokens these are, for people.
        url: origin of the API, without ``/v1``.
        version: the ``Notion-Version``.
        tokens: connection → its token.
        where: where a token that is missing should be, for people.
        urls: connection → its own origin, where it has one.
        asked: data source id → the id to ask for, where it is another.
        ids: data source id → role → id of its property, as learnt: a property that was renamed breaks nothing.
        keeps_a_mirror: whether the stack has a database for one; None when no stack is looked at.
    """

    name: str
    url: str
    version: str
    tokens: Mapping[str, str] = field(repr=False)
    where: str
    urls: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keeps_a_mirror: bool | None = None


def of_environment(rules: Rules) -> Access:
    """With ``NOTION_TOKEN``, and ``NOTION_TOKEN_PARTNER`` for a connection called partner; nothing is learnt there."""
    tokens = {name: os.environ.get(variable_of("NOTION_TOKEN", name), "") for name in rules.connections()}
    url = os.environ.get("NOTION_API_URL") or API
    where = "put it into the environment, see `rules check --help`"
    return Access("the environment's token", url, VERSION, tokens, where)


def of_stack(target: Target, rules: Rules) -> Access:
    """As a stack's functions do.

    Raises:
        TargetError: it can't be asked, or its secret is none.
    """
    with plainly(target.name):
        addresses = addresses_of(target, rules)
        memory = Memory(target.table(target.output("StateTableName")), utc_now)
        own = {name: addresses.get(variable_of(URL, name)) for name in rules.connections()}
        shown = {source.id: shown_of(memory, source) for source in rules.data_source}
        return Access(
            target.name,
            target.parameter("NotionApiUrl", API),
            target.parameter("NotionVersion", VERSION),
            _tokens(target),
            "put it into the Notion secret, as `token` or by the connection's name under `connections`",
            {name: url for name, url in own.items() if url},
            {source.id: query_id_of(memory, source) for source in rules.data_source},
            {
                source: {role: property_id for role, (property_id, _) in of.items()}
                for source, of in shown.items()
            },
            target.parameter("MirrorByDsn", "false") == "true" or bool(target.parameter("MirrorHost", "")),
        )


def _tokens(target: Target) -> dict[str, str]:
    client = target.client("secretsmanager")
    try:
        text = client.get_secret_value(SecretId=target.output("NotionSecretArn")).get("SecretString")
    except client.exceptions.ResourceNotFoundException:  # made, but never filled
        text = None
    try:
        document: Any = json.loads(text or "{}")
        further = document.get("connections") or {}
        return {MAIN: str(document.get("token") or ""), **{str(k): str(v) for k, v in further.items()}}
    except (ValueError, AttributeError) as error:
        raise TargetError(
            "the Notion secret is no JSON object with a token; `doctor` says how it has to look"
        ) from error
