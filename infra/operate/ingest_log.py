"""What ingest's log tells of a signing token: whether a delivery that it signed was accepted."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any


def accepted_with(client: Any, log_group: str) -> Callable[[str, datetime], bool]:
    """Make a search of a log.

    Args:
        client: CloudWatch Logs.
        log_group: ingest's.

    Returns:
        a function of a token's fingerprint and a time: whether a delivery signed with it was accepted since.
    """

    def search(mark: str, since: datetime) -> bool:
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=log_group, startTime=int(since.timestamp() * 1000), filterPattern=f'"{mark}"'
        )
        return any(_tells(event["message"], mark) for page in pages for event in page["events"])

    return search


def _tells(line: str, mark: str) -> bool:
    try:
        said = json.loads(line)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("signed_by") == mark and said.get("status") == 200
