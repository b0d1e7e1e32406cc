"""What the largest parts of an idle month could be cut by, each computed as a bill without it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.operate import cost_inputs
from infra.operate.cost_model import Bill, Load, Stack, bill

LOAD = Load(100_000)


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that could be left out: the stack without it, what it is, and what one would lose."""

    name: str
    loses: str
    stack: Stack


def cuts(now: Stack) -> Sequence[Cut]:
    """Every cut that is worth a thought, each on its own."""
    return (
        Cut("no X-Ray traces", "service maps and timings of single invocations", replace(now, traced=False)),
        Cut("no key of our own for the topic", "alarms' texts encrypted with our key", replace(now, keys=0)),
        Cut(
            "secrets of HubSpot and of the console only where they are used",
            "nothing; two parameters more",
            replace(now, secrets=now.secrets - 2),
        ),
        Cut(
            "plain alarms in place of the composite ones",
            "one page for a vendor's outage: it would be several",
            replace(now, composites=0),
        ),
    )


def of(stack: Stack) -> Bill:
    """The bill of a stack, at the list prices."""
    prices, _, _ = cost_inputs.prices()
    return bill(stack, LOAD, cost_inputs.usage(), prices)


def table() -> str:
    """The Markdown table."""
    now = cost_inputs.stack()
    whole = of(now)
    rows = [
        ("", "idle", f"with {LOAD.events:,} events", "what one would lose"),
        ("---", "---:", "---:", "---"),
        ("as it is", *_pair(whole), ""),
        *((f"{cut.name}", *_less(whole, of(cut.stack)), cut.loses) for cut in cuts(now)),
        ("as it is, after the free tier that has no end", "", f"{whole.after_free_tier:.2f}", ""),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _pair(found: Bill) -> tuple[str, str]:
    return f"{found.idle:.2f}", f"{found.idle + found.by_events:.2f}"


def _less(whole: Bill, without: Bill) -> tuple[str, str]:
    idle = without.idle - whole.idle
    return f"{idle:+.2f}", f"{idle + without.by_events - whole.by_events:+.2f}"
