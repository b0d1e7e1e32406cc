"""The local AWS: MiniStack as a child process, with IAM enforced, and clients of it as its root."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.local.processes import Child, free_port, wait_until
from infra.local.setup import ENVIRONMENTS, ROOT

REGION, ACCOUNT = "eu-west-1", "000000000000"
ROOT_KEY = "root"
"""Key and secret of the root of a server that listens on loopback and ends with us."""


class LocalAws:
    """Starts at once; ``wait`` until it answers, ``stop`` it in the end."""

    def __init__(self, folder: Path) -> None:
        """Start MiniStack.

        Args:
            folder: for its log, its state and its temporary files.
        """
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        settings = {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "STATE_DIR": str(folder / "aws"),
            "BIND_HOST": "127.0.0.1",  # its default is every address
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        python = str(ENVIRONMENTS["aws-plane"].python)
        log = folder / "the-local-AWS.log"
        self.process = Child("the local AWS", [python, "-m", "ministack"], log, settings, ROOT)
        self._clients: dict[tuple[str, float], Any] = {}
        self._dynamodb: Any = None

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            StartError: it ended, or does not answer in time.
        """
        wait_until(self._answers, self.process, 20)

    def stop(self) -> None:
        """End it, and with it the functions' environments."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self.process.stop()

    def client(self, service: str, seconds: float = 60.0) -> Any:
        """A client whose calls give up after ``seconds``; one for each service and time.

        It never tries again by itself: what it calls may have had its effect.
        """
        key = (service, seconds)
        if key not in self._clients:
            config = Config(
                max_pool_connections=64,
                retries={"total_max_attempts": 1},
                read_timeout=seconds,
                connect_timeout=5,
            )
            self._clients[key] = boto3.client(service, config=config, **self._access())
        return self._clients[key]

    def table(self, name: str) -> Any:
        """A DynamoDB table by its physical name."""
        if self._dynamodb is None:
            self._dynamodb = boto3.resource("dynamodb", **self._access())
        return self._dynamodb.Table(name)

    def mails(self) -> list[dict[str, Any]]:
        """What SES was given to send, oldest first."""
        with urllib.request.urlopen(f"{self.endpoint}/_ministack/ses/messages", timeout=5) as answer:  # noqa: S310 - loopback
            mails: dict[str, list[dict[str, Any]]] = json.loads(answer.read())["messages"]
        return mails.get(ACCOUNT, [])

    def _access(self) -> dict[str, str]:
        return {
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "aws_access_key_id": ROOT_KEY,
            "aws_secret_access_key": ROOT_KEY,
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except OSError:
            return False
