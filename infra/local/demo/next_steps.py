"""What to try next."""

import json
import time

from console.passes import login_link
from infra.local.demo.assignment import telling_of
from infra.local.demo.story import Story
from infra.local.simulators.notion.demo import BEN
from infra.local.stack import LocalStack

NEXT_TASK = "7a5c0000-0000-4000-8000-000000000003"


def what_next(stack: LocalStack, *, played: bool) -> None:
    """The dashboard with a link that logs in, and commands that work when they are pasted.

    Args:
        stack: that is up.
        played: whether the scenarios were, to their end: without them there may be no task to assign.
    """
    Story().head("Try next")
    dashboard = f"{stack.url}/dashboard"
    print(f"  # look at the dashboard: {dashboard}")
    print(
        "  # this link logs you in, for 15 minutes; after that `.venv/bin/python -m infra.operate console` makes another"
    )
    print(f"  {login_link(dashboard, stack.console_token, time.time)}")
    print("  # an unsigned delivery is refused")
    print(f"  curl -i -X POST {stack.url}/webhooks/notion -d '{{}}'", flush=True)
    telling = telling_of(stack)
    if not played or stack.notion is None or telling is None:
        return
    edit = json.dumps({"page_id": NEXT_TASK, "properties": {"Assignee": [BEN]}})
    look = f"curl -s {stack.notion.url}/_admin/comments -d '{json.dumps({'page_id': NEXT_TASK})}'"
    if stack.slack and telling.channels:
        where = json.dumps({"channel": telling.channels[0]})
        look = f"curl -s {stack.slack.url}/_admin/messages -d '{where}'"
    print("  # assign another task, to Ben, and look who was told")
    print(f"  curl -s {stack.notion.url}/_admin/edit -d '{edit}' && sleep 2 && {look}", flush=True)
