"""What the figures are measured on: events, requests, rules files."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE
from infra.operate.samples import sample_event

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "secret_" + "t" * 40

_RULES = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "{source}"
properties = {{ title = "Name", assignee = "Assignee", status = "Status" }}
[[data_source.automation]]
kind = "assignment"
comment = {comment}
slack = false
"""
RULES_WITH_COMMENTS = _RULES.format(source=TASKS_DATA_SOURCE, comment="true")
RULES_WITHOUT_WRITES = _RULES.format(source=TASKS_DATA_SOURCE, comment="false")


def official_event(page_id: str) -> tuple[dict[str, Any], datetime]:
    """An event that says that a page's assignee has just changed, and when that was."""
    now = datetime.now(UTC)
    return sample_event("page.properties_updated", now=now, entity_id=page_id), now


def api_event(event: dict[str, Any]) -> dict[str, Any]:
    """The signed delivery of an event, as API Gateway hands it to ingest."""
    from steward.signature import sign  # noqa: PLC0415 - functions/ is on the path only when the bench runs

    body = json.dumps(event)
    return {
        "rawPath": "/webhooks/notion",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-notion-signature": sign(body.encode(), TOKEN)},
        "body": body,
    }
