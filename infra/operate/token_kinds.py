"""The kinds of tokens that ``rotate`` puts in one another's place: where each is kept, and how it proves itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from infra.operate.clock import utc_now
from infra.operate.target import Target
from steward.clients import whose_token
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.identity import Identity, Prove

LEAST = 32
"""Characters of the console's secret: nobody else checks how hard it is to guess."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of API token.

    Attributes:
        output: the stack's output that names the secret.
        path: keys that lead to the token in it.
        prove: makes the proof for a stack.
        title: for people.
        says: makes what reads from a token itself whose it is, where it says so; for when the one in use is dead.
    """

    output: str
    path: tuple[str, ...]
    prove: Callable[[Target], Prove]
    title: str
    says: Callable[[Target], Callable[[str], Identity | None]] | None = None


def _transport(vendor: str) -> Transport:
    return Transport(plain_session(), vendor, Deadline(), time.sleep, Random())  # noqa: S311 - jitter


def _of_notion(target: Target) -> Prove:
    url = target.parameter("NotionApiUrl", "https://api.notion.com")
    version = target.parameter("NotionVersion", "2026-03-11")
    return whose_token.of_notion(_transport("notion"), url, version, utc_now)


def _of_slack(target: Target) -> Prove:
    return whose_token.of_slack(
        _transport("slack"), target.parameter("SlackApiUrl", "https://slack.com/api/")
    )


def _of_slack_webhook(target: Target) -> Prove:
    return whose_token.of_slack_webhook(_transport("slack"), _scheme(target))


def _in_slack_webhook(target: Target) -> Callable[[str], Identity | None]:
    return lambda url: whose_token.in_webhook(url, _scheme(target))


def _scheme(target: Target) -> str:
    """Of Slack's addresses; a stand-in's may be plain."""
    return urlsplit(target.parameter("SlackApiUrl", "https://slack.com/api/")).scheme


def _of_hubspot(target: Target) -> Prove:
    return whose_token.of_hubspot(
        _transport("hubspot"), target.parameter("HubSpotApiUrl", whose_token.HUBSPOT)
    )


def _of_console(_: Target) -> Prove:
    def prove(token: str) -> Identity:
        if len(token) < LEAST or len(set(token)) < LEAST // 4:
            message = f"too easy to guess: at least {LEAST} characters, or let one be made"
            raise CallFailed(Failure.INVALID, "console", "console.secret", message=message)
        return Identity("console", "", "long enough")

    return prove


KINDS = {
    "notion": Kind("NotionSecretArn", ("token",), _of_notion, "the Notion connection's token"),
    "slack": Kind("SlackSecretArn", ("bot_token",), _of_slack, "the Slack app's bot token"),
    "slack-webhook": Kind(
        "SlackSecretArn",
        ("webhook_url",),
        _of_slack_webhook,
        "the address of Slack's incoming webhook",
        _in_slack_webhook,
    ),
    "hubspot": Kind("HubSpotSecretArn", ("token",), _of_hubspot, "the HubSpot private app's token"),
    "console": Kind("ConsoleSecretArn", ("token",), _of_console, "the secret that opens the console"),
}
