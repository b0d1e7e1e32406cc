"""What the operator's commands ask of AWS on a whole stack is what docs/deploy.md says that they need."""

from functools import partial
from typing import Any

import pytest
from botocore.client import BaseClient

from infra.local.demo import RULES
from infra.local.simulators.notion import Demo
from infra.local.stack import LocalStack
from infra.operate import target
from infra.operate.__main__ import main
from tests.unit.operate.operator_rights import EVERY, rights

pytestmark = pytest.mark.stack

NONE = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has: what is not found is looked for all the same."""

RUN = (
    ("events",),
    ("post-mortem", NONE),
    ("explain", NONE),
    ("status",),
    ("incident list",),
    ("incident show", NONE),
    ("incident note", NONE, "seen"),
    ("logs",),
    ("console",),
    ("doctor",),
    ("lane status",),
    ("dlq list",),
    ("dlq show", NONE),
    ("dlq redrive", "--all"),
    ("replay", NONE, "--dry-run"),
    ("what-if", "--rules", str(RULES)),
    ("rules check", "--live"),
    ("read", "page", NONE),
    ("rotate notion-signing", "--undo"),
)
"""Commands that leave the stack as it is, with their arguments."""

IAM = {"sesv2": "ses", "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility"}
"""How IAM names a service or an action where that differs from the API's."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, stack: LocalStack) -> set[str]:
    """The actions that are asked of AWS while a test runs."""
    monkeypatch.setattr(target, "find", partial(target.find, local=stack.folder))  # another stack may run too
    found: set[str] = set()
    call = BaseClient._make_api_call

    def recorded(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        action = f"{IAM.get(service, service)}:{operation}"
        found.add(IAM.get(action, action))
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    return found


@pytest.mark.req("O4")
@pytest.mark.parametrize("words", RUN, ids=lambda words: words[0])
def test_a_command_asks_nothing_of_aws_that_its_row_does_not_name(
    words: tuple[str, ...], demo: Demo, asked: set[str]
) -> None:
    command, *arguments = words

    assert main([*command.split(), *arguments, "--json"]) in (0, 1)

    assert EVERY in asked
    assert asked - {EVERY} <= rights()[command]
    assert len(asked) > 1
