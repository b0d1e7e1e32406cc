"""Whether our clock, AWS's and Notion's agree: signatures of AWS expire, and snapshots are compared by Notion's time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from infra.operate.doctor.line import Line, fault, ok, unchecked, warning
from infra.operate.doctor.stack import ANSWER, Stack
from infra.operate.doctor.vendors import notion
from steward.rules import MAIN

NAME = "clocks"

NOTICED, WRONG = 5.0, 60.0
"""Seconds apart: from the first somebody should look, from the second it is wrong. A ``Date`` has whole seconds."""

REMEDY = "let this machine's clock be set by NTP"


def look(stack: Stack) -> Sequence[Line]:
    """Ask AWS and Notion for something cheap, and read the time of their answers."""
    url = stack.target.output("LaneQueueUrl")
    answer = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    aws = judged("AWS", headers, stack.now())
    asker = notion(stack, MAIN)
    told = asker.ask(asker.vendor.auth, {}, ANSWER)
    return [aws, judged("Notion", told.answer.headers if told.answer else {}, stack.now())]


def judged(whose: str, headers: Mapping[str, str], now: datetime) -> Line:
    """How far a clock is from ours. Pure.

    Args:
        whose: for people.
        headers: of an answer that came just now, names in lower case.
        now: our clock.
    """
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return unchecked(NAME, f"{whose} told no time")
    offset = (now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))).total_seconds()
    says = f"ours is {abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} {whose}'s"
    if abs(offset) >= WRONG:
        return fault(NAME, says, REMEDY)
    if abs(offset) >= NOTICED:
        return warning(NAME, says, REMEDY)
    return ok(NAME, f"ours and {whose}'s agree")
