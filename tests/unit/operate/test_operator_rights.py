"""docs/deploy.md says of every command what it needs of AWS, in actions that there are; tests/stack sees what is asked."""

import botocore.session
import pytest

from tests.unit.operate.operator_rights import EVERY, rights
from tests.unit.operate.told_commands import PARSER, Parser, actions_of, leaves

RIGHTS = rights()
BY_POLICY_ONLY = ("dsql:DbConnect", "dsql:DbConnectAdmin")
"""Actions that no call of an API is named after: a connection to the database is signed with them."""

API = {"ses": "sesv2"}
"""How botocore names the API of an action's service, where that differs."""


def parser_of(command: str) -> Parser:
    parser: Parser = PARSER
    for word in command.split():
        parser = actions_of(parser)[word]
    return parser


@pytest.mark.req("O4")
def test_every_command_has_a_row_of_what_it_needs_and_every_row_is_a_command() -> None:
    assert RIGHTS.keys() <= set(leaves(PARSER))
    spoken: dict[Parser, set[str]] = {}
    for command in leaves(PARSER):  # another name of a command is no other command
        spoken.setdefault(parser_of(command), set()).add(command)
    assert [sorted(names) for names in spoken.values() if len(names & RIGHTS.keys()) != 1] == []


@pytest.mark.parametrize("action", sorted({EVERY, *(a for actions in RIGHTS.values() for a in actions)}))
def test_an_action_that_is_named_is_one_of_aws(action: str) -> None:
    service, _, name = action.partition(":")
    operations = botocore.session.get_session().get_service_model(API.get(service, service)).operation_names
    assert name in operations or action in BY_POLICY_ONLY
