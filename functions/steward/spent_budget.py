"""What was spent of the main connection's request budget: read by whoever shows it, and makes no call.

Apart from ``clients.connection``, whose client brings ``requests`` along.
"""

from collections import Counter
from collections.abc import Mapping

from steward.budget import BudgetRecord
from steward.budget_memory import PROBES, BudgetMemory
from steward.lane import groups_of
from steward.memory import Memory


def requests_per_minute(environ: Mapping[str, str]) -> int:
    """The main connection's request limit, lanes and probes together."""
    return int(environ.get("REQUESTS_PER_MINUTE") or "180")


def remembered_budget(environ: Mapping[str, str], memory: Memory) -> BudgetRecord | None:
    """What is remembered of the main connection's budget, all lanes and the probes together; None before the first call."""
    lanes = groups_of(int(environ.get("LANES", "1")))
    names = [*(lanes if len(lanes) > 1 else [None]), PROBES]
    found = [record for name in names if (record := BudgetMemory(memory, name).load()) is not None]
    if not found:
        return None
    spent = sum((Counter(record.spent) for record in found), Counter[int]())
    latest = max(found, key=lambda record: record.room_at)
    return BudgetRecord(
        spent,
        max(r.blocked_until for r in found),
        latest.room,
        latest.room_at,
        max(r.limited_until for r in found),
    )
