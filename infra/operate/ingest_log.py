"""What ingest's log tells of a signing token: whether, and since when, deliveries that it signed were accepted."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any


def accepted_with(client: Any, log_group: str) -> Callable[[str, datetime], bool]:
    """Make a search of a log.

    Args:
        client: CloudWatch Logs.
        log_group: ingest's.

    Returns:
        a function of a token's fingerprint and a time: whether a delivery signed with it was accepted since.
    """
    search = first_accepted_with(client, log_group)
    return lambda mark, since: search(mark, since) is not None


def first_accepted_with(client: Any, log_group: str) -> Callable[[str, datetime], datetime | None]:
    """The same, but the function gives when the first of them was accepted, or None."""

    def search(mark: str, since: datetime) -> datetime | None:
        return next(_accepted(client, log_group, mark, since), None)

    return search


def _accepted(client: Any, log_group: str, mark: str, since: datetime) -> Iterator[datetime]:
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=log_group, startTime=int(since.timestamp() * 1000), filterPattern=f'"{mark}"'
    )
    for page in pages:
        for event in page["events"]:
            if _tells(event["message"], mark):
                yield datetime.fromtimestamp(event["timestamp"] / 1000, UTC)


def _tells(line: str, mark: str) -> bool:
    try:
        said = json.loads(line)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("signed_by") == mark and said.get("status") == 200
