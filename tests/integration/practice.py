"""A stand as ``doctor`` examines it, deployed; what AWS tells of itself is said by a fake."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from infra.operate import target
from infra.operate.doctor import alarms, command, schedules
from infra.operate.doctor.stack import Stack
from infra.operate.rules_of import rules_of
from tests.integration.aws import TOKEN
from tests.integration.here import Here
from tests.integration.stand import Stand, standing
from triage.probes.alarms import NAMES

CONSOLE = "console-token-that-is-long-enough-0123456789"


class Told:
    """What an AWS service tells: each method's answer, or each paginator's one page."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **_: self._answers[name]

    def get_paginator(self, name: str) -> Any:
        return Told(paginate=[self._answers[name]])


@dataclass
class Aws:
    """What a deployed stack's AWS tells of it."""

    reserved: int | None = 1
    subscribed: str = "arn:aws:sns:eu-west-1:1:topic:1"
    schedule: str = "ENABLED"


class Deployed(Here):
    """The stand, deployed."""

    hidden: tuple[str, ...] = ("MirrorSecretArn",)
    """Outputs that it does not have."""

    def __init__(self, stand: Stand, aws: Aws) -> None:
        super().__init__(stand)
        self._aws = aws

    def output(self, name: str) -> str:
        if name in self.hidden:
            raise target.TargetError("made only for who keeps a mirror by DSN")
        return super().output(name)

    def client(self, service: str) -> Any:
        aws, name = self._aws, self.stack_name
        match service:
            case "sqs":
                return self._stand.sqs
            case "lambda":
                functions: Any = self._stand.functions
                functions.get_function_concurrency = lambda **_: {
                    "ReservedConcurrentExecutions": aws.reserved
                }
                functions.get_function_configuration = lambda **_: {
                    "Environment": {"Variables": self._stand.environ}
                }
                return functions
            case "cloudwatch":
                found = [f"{name}-{alarm}" for alarm in (*NAMES, *alarms.COMPOSITES)]
                return Told(describe_alarms={"MetricAlarms": [{"AlarmName": one} for one in found]})
            case "sns":
                page = {"Subscriptions": [{"SubscriptionArn": aws.subscribed}]}
                return Told(list_subscriptions_by_topic=page)
            case "scheduler":
                found = [f"{name}-{one}-X" for one in schedules.ALWAYS]
                rows = [{"Name": one, "State": aws.schedule} for one in found]
                return Told(list_schedules={"Schedules": rows})
        return super().client(service)


@contextmanager
def patient() -> Iterator[Stand]:
    """A stand whose secrets are as those of a deployed stack."""
    with standing(quick=True) as made:
        secrets = {
            "NOTION": {"token": "ntn_doctorstoken0123456789"},
            "SLACK": {"bot_token": made.slack.bot_token, "webhook_url": ""},
        }
        made.notion.add_token("ntn_doctorstoken0123456789")
        for name, document in secrets.items():
            put(made, name, document)
        console = made.secrets.create_secret(Name="console", SecretString=json.dumps({"token": CONSOLE}))
        made.environ |= {"CONSOLE_SECRET_ID": console["ARN"], "ALERT_TOPIC": "arn:aws:sns:eu-west-1:1:topic"}
        yield made


def put(stand: Stand, name: str, document: object) -> None:
    stand.secrets.put_secret_value(
        SecretId=stand.environ[f"{name}_SECRET_ID"], SecretString=json.dumps(document)
    )


@dataclass
class Practice:
    """The stand as a patient."""

    stand: Stand
    aws: Aws
    capsys: pytest.CaptureFixture[str]

    def examined(self) -> tuple[int, list[dict[str, str]]]:
        """The exit status and the lines; no secret is in what was printed."""
        where: Any = Deployed(self.stand, self.aws)
        stack = Stack(where, rules_of(where), now=self.stand.clock.now)
        self.capsys.readouterr()
        status = command.run(stack, as_json=True)
        printed = "".join(self.capsys.readouterr())
        for secret in ("ntn_doctorstoken", self.stand.slack.bot_token, CONSOLE, TOKEN):
            assert secret not in printed
        return status, json.loads(printed)["lines"]

    def wrong(self) -> list[tuple[str, str, str]]:
        """What is neither ok nor unknown."""
        _, lines = self.examined()
        told = [(line["check"], line["state"], line["says"]) for line in lines]
        return [one for one in told if one[1] in ("fault", "warning")]
