"""One of the two secrets of the signing tokens, as a JSON object; what is in them says ``signing_documents``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class RefusedStep(Exception):
    """The step that was asked for is not possible; the message says what is."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """Reads and writes it.

    Attributes:
        client: Secrets Manager.
        id: the secret's.
    """

    client: Any
    id: str

    def read(self) -> dict[str, Any]:
        """What is in use; empty when it was never filled.

        Raises:
            RefusedStep: it is no JSON object.
        """
        try:
            answer = self.client.get_secret_value(SecretId=self.id, VersionStage="AWSCURRENT")
            found = json.loads(answer.get("SecretString") or "{}")
        except self.client.exceptions.ResourceNotFoundException:  # made, but never filled
            found = {}
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise RefusedStep(f"the secret {self.id} is no JSON object; mend it first")
        return found

    def write(self, document: Mapping[str, Any]) -> None:
        """Put another one in its place."""
        self.client.put_secret_value(SecretId=self.id, SecretString=json.dumps(document))
