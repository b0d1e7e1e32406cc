"""What the largest parts of an idle month could be cut by, each computed as a bill without it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.operate import cost_inputs
from infra.operate.cost_model import Bill, Load, Stack, bill
from infra.operate.deployed import overrides

LOAD = Load(100_000)

FRUGAL = overrides(cost_inputs.SAMCONFIG, "frugal")
"""What ``sam deploy --config-env frugal`` leaves out."""

MORE = (
    {"EncryptAlerts": "true"},
    {"HubSpot": "true"},
    {"MirrorByDsn": "true"},
    {"IngestStart": "snapstart"},
    {"IngestStart": "provisioned"},
)
"""Options that cost more."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that could be left out: the stack without it, what it is, and what one would lose."""

    name: str
    loses: str
    stack: Stack


def cuts(now: Stack) -> Sequence[Cut]:
    """Every cut that is worth a thought, each on its own: first those that are a parameter."""
    loses = {
        "Tracing": "service maps and timings of single invocations",
        "Rollout": "a canary that goes back by itself, and the alarms that it asks",
        "CloudWatchDashboard": "the one page of what AWS measures; the console's stays",
    }
    return (
        *(Cut(f"`{n}={v}`", loses[n], cost_inputs.stack({n: v})) for n, v in FRUGAL.items()),
        Cut(
            "plain alarms in place of the composite one",
            "one page for a vendor's outage: it would be several",
            replace(now, composites=0),
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
        (
            "**with all three parameters**",
            *(f"**{usd:.2f}**" for usd in _figures(of(cost_inputs.stack(FRUGAL)))),
            "",
        ),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def parts(found: Bill) -> str:
    """What is left to pay where Steward is alone in its account, the dearest price first; from five cents on."""
    dear = sorted(found.alone().items(), key=lambda each: -each[1])
    return "\n".join(f"* {usd:.2f} {found.prices[name].what}" for name, usd in dear if usd >= 0.05)


def more() -> str:
    """What each option adds to a month, at list prices."""
    now = of(cost_inputs.stack()).idle
    added = {f"`{n}={v}`": of(cost_inputs.stack(each)).idle - now for each in MORE for n, v in each.items()}
    return ", ".join(f"{option} {usd:.2f}" for option, usd in added.items())


def _figures(found: Bill) -> tuple[float, float, float, float]:
    total = found.idle + found.by_events
    return found.after_free_tier(events=False), found.after_free_tier(), found.idle, total


def _less(whole: Bill, without: Bill) -> tuple[str, ...]:
    pairs = zip(_figures(whole), _figures(without), strict=True)
    return tuple("0" if abs(less - now) < 0.005 else f"{less - now:+.2f}" for now, less in pairs)
