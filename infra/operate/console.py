"""``console``: where the dashboard is, and a link that logs in.

The link holds a ticket that is signed with the console's token and is good for 15 minutes; the token itself is never shown.
Whoever has the link is in, so it is for you alone.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from console.passes import TICKET_SECONDS, login_link
from infra.operate.target import Target, TargetError, add_arguments, on_target
from steward.documents import iso


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "console", help="where the dashboard is, and a link that logs in", description=__doc__
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=on_target("console", _console))
    add_arguments(parser)


def _console(wishes: argparse.Namespace, target: Target) -> int:
    dashboard, token = _address(target), _token(target)
    if not token:
        print(
            f"console: {target.name} has no console token, so nothing opens the dashboard {dashboard}; "
            "`python -m infra.operate rotate console` makes one",
            file=sys.stderr,
        )
        return 1
    now = time.time()
    found = {
        "dashboard": dashboard,
        "login": login_link(dashboard, token, lambda: now),
        "expires_at": iso(datetime.fromtimestamp(int(now) + TICKET_SECONDS, UTC)),
    }
    if wishes.json:
        print(json.dumps(found))
        return 0
    print(f"dashboard   {found['dashboard']}")
    print(f"log in      {found['login']}")
    print(f"            good for {TICKET_SECONDS // 60} minutes; whoever has it is in")
    return 0


def _address(target: Target) -> str:
    try:
        return target.output("ConsoleUrl")
    except TargetError:
        # The local stack's HTTP API is no resource of its AWS; it is told where it is by parameter.
        found = target.parameter("DashboardUrl", "")
        if not found:
            raise
        return found


def _token(target: Target) -> str:
    """The token in use; empty where none is set."""
    secrets, arn = target.client("secretsmanager"), target.output("ConsoleSecretArn")
    try:
        document = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
    except secrets.exceptions.ResourceNotFoundException:
        return ""
    except ValueError:
        return ""
    found = document.get("token") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""
