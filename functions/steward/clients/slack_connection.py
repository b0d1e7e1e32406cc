"""Slack as a function has it: by its secret, which may hold a bot token or an incoming webhook."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import requests

from steward.clients.pacing import Pacer
from steward.clients.slack import ConfiguredSlack, Slack, SlackWebhook
from steward.clients.slack_bot import SlackBot, web_client
from steward.clients.transport import Transport
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.secret_store import SecretStore, SecretUnavailable


def slack_client(
    environ: Mapping[str, str],
    *,
    store: SecretStore,
    session: Callable[[], requests.Session],
    deadline: Deadline,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    rng: random.Random,
) -> Slack:
    """Make the client.

    Args:
        environ: ``SLACK_SECRET_ID``; ``SLACK_API_URL`` where it differs from Slack's own.
        store: reads the secret.
        session: makes an HTTP session.
        deadline: the time that is left.
        now: our clock.
        sleep: waits.
        rng: draws the jitter.
    """
    base_url = environ.get("SLACK_API_URL") or "https://slack.com/api/"
    pacer = Pacer(lambda: now().timestamp(), sleep)

    def secret() -> Mapping[str, Any]:
        try:
            return store.get(environ["SLACK_SECRET_ID"])
        except SecretUnavailable as error:
            # An empty document would mean "no bot token", and with that "nobody can look for what may have been sent".
            raise CallFailed(Failure.UNREACHABLE, "slack", "slack.secret", message=str(error)) from error

    return ConfiguredSlack(
        secret,
        bot=lambda token: SlackBot(web_client(token, base_url), pacer, deadline),
        webhook=lambda url: SlackWebhook(Transport(session(), "slack", deadline, sleep, rng), url, pacer),
    )
