"""Secrets as JSON documents, cached, of one stage: AWSCURRENT, unless a reader of the former version asks for that.

Promises: a forged delivery can't cause more than one read per secret and ``min_interval``; when Secrets Manager is out
of reach a cached value goes on serving, because stale beats down.

Powertools' parameters utility is not used: its cache ignores the version stage, and it costs ingest 180 ms of import.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from steward.errors import StewardError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

Document = Mapping[str, Any]


class SecretUnavailable(StewardError):
    """Secrets Manager does not answer and nothing is cached."""


class SecretStore:
    """Reads and writes secrets. One environment works one request at a time, so there is no lock."""

    def __init__(
        self,
        client: "SecretsManagerClient",
        clock: Callable[[], float],
        *,
        ttl: float = 300.0,
        min_interval: float = 30.0,
        stage: str = "AWSCURRENT",
        on_stale: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a store.

        Args:
            client: Secrets Manager.
            clock: monotonic seconds.
            ttl: seconds that a value is used without asking again.
            min_interval: seconds between two forced reads of the same secret.
            stage: of which version.
            on_stale: called when a cached value had to serve because the read failed.
        """
        self._client = client
        self._clock = clock
        self._ttl = ttl
        self._min_interval = min_interval
        self._stage = stage
        self._on_stale = on_stale
        self._cache: dict[str, Document] = {}
        self._read_at: dict[str, float] = {}

    def get(self, secret_id: str) -> Document:
        """A secret, from the cache while it is fresh.

        Raises:
            SecretUnavailable: it can't be read and nothing is cached.
        """
        if secret_id in self._cache and self._age(secret_id) < self._ttl:
            return self._cache[secret_id]
        return self._read(secret_id)

    def refresh(self, secret_id: str) -> Document:
        """A secret, read anew unless it was read within ``min_interval``.

        Raises:
            SecretUnavailable: as ``get``.
        """
        if secret_id in self._cache and self._age(secret_id) < self._min_interval:
            return self._cache[secret_id]
        return self._read(secret_id)

    def put(self, secret_id: str, document: Document) -> None:
        """Write a secret; its former version stays as AWSPREVIOUS.

        Raises:
            SecretUnavailable: it was not written.
        """
        try:
            self._client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(document))
        except (BotoCoreError, ClientError) as error:
            raise SecretUnavailable("the secret can't be written") from error
        self._cache[secret_id] = document
        self._read_at[secret_id] = self._clock()

    def _age(self, secret_id: str) -> float:
        return self._clock() - self._read_at[secret_id]

    def _read(self, secret_id: str) -> Document:
        try:
            answer = self._client.get_secret_value(SecretId=secret_id, VersionStage=self._stage)
            document = _document(answer.get("SecretString"))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                document = {}  # made and never filled, or without a version of this stage: the same as empty
            else:
                document = self._stale(secret_id, error)
        except BotoCoreError as error:
            document = self._stale(secret_id, error)
        self._cache[secret_id] = document
        self._read_at[secret_id] = self._clock()
        return document

    def _stale(self, secret_id: str, error: Exception) -> Document:
        if secret_id not in self._cache:
            raise SecretUnavailable("Secrets Manager is out of reach and nothing is cached") from error
        self._on_stale()
        return self._cache[secret_id]


def _document(text: str | None) -> Document:
    """A secret's JSON object; anything else is the same as an empty one, which opens no door."""
    try:
        parsed = json.loads(text or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
