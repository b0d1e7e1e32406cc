"""What the largest parts of an idle month could be cut by, each computed as a bill without it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.operate import cost_inputs
from infra.operate.cost_model import Bill, Load, Stack, bill

LOAD = Load(100_000)

RELEASE_ALARMS = 4
"""Two for each of the functions that answer the internet, see infra/release.yaml."""


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
        Cut("no dashboard in CloudWatch", "the one page of what AWS measures", replace(now, dashboards=0)),
        Cut(
            "plain alarms in place of the composite one",
            "one page for a vendor's outage: it would be several",
            replace(now, composites=0),
        ),
        Cut(
            "releases without alarms of their own",
            "a canary that goes back by itself",
            replace(now, alarms=now.alarms - RELEASE_ALARMS),
        ),
        Cut(
            "one secret for the tokens of Notion and of Slack",
            "rotating and promoting one without touching the other",
            replace(now, secrets=now.secrets - 1),
        ),
        Cut(
            "handshakes and the console's token as parameters of Systems Manager",
            "versions with stages, on which their rotation without loss is built",
            replace(now, secrets=now.secrets - 2),
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
        (
            "",
            "alone: idle",
            f"alone: {LOAD.events:,} events",
            "list: idle",
            f"list: {LOAD.events:,} events",
            "what one would lose",
        ),
        ("---", "---:", "---:", "---:", "---:", "---"),
        ("**as it is**", *(f"**{usd:.2f}**" for usd in _figures(whole)), ""),
        *((cut.name, *_less(whole, of(cut.stack)), cut.loses) for cut in cuts(now)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def parts(found: Bill) -> str:
    """What is left to pay where Steward is alone in its account, the dearest price first; from five cents on."""
    dear = sorted(found.alone().items(), key=lambda each: -each[1])
    return "\n".join(f"* {usd:.2f} {found.prices[name].what}" for name, usd in dear if usd >= 0.05)


def _figures(found: Bill) -> tuple[float, float, float, float]:
    total = found.idle + found.by_events
    return found.after_free_tier(events=False), found.after_free_tier(), found.idle, total


def _less(whole: Bill, without: Bill) -> tuple[str, ...]:
    pairs = zip(_figures(whole), _figures(without), strict=True)
    return tuple("0" if abs(less - now) < 0.005 else f"{less - now:+.2f}" for now, less in pairs)
