"""What a stack that was just created still lacks: its secrets' contents, a sender of e-mail, functions that have started."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from infra.local.deployment import Deployed
from infra.local.processes import StartError

Client = Callable[[str], Any]
"""Makes a client of the local AWS for a service."""


def fill_secrets(client: Client, deployed: Deployed, documents: Mapping[str, object]) -> None:
    """Put JSON documents into the template's secrets, by their logical ids."""
    for logical_id, document in documents.items():
        client("secretsmanager").put_secret_value(
            SecretId=deployed.resources[logical_id], SecretString=json.dumps(document)
        )


def may_send(client: Client, senders: Iterable[str]) -> None:
    """Let SES send from these addresses."""
    for sender in senders:
        client("sesv2").create_email_identity(EmailIdentity=sender)


def warm_up(client: Client, deployed: Deployed) -> None:
    """Call each function once with nothing to do, so that the first request finds it ready.

    Raises:
        StartError: one does not start; the message holds what it said.
    """
    for logical_id, name in deployed.functions.items():
        called = client("lambda").invoke(FunctionName=name, Payload=b"{}")
        said = called["Payload"].read().decode()
        if "FunctionError" in called:
            raise StartError(f"the function {logical_id} does not start:\n  {said[:2000]}")
