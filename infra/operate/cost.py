"""``cost``: what a month of Steward costs in your AWS account, by part, from list prices and measured usage.

It asks nobody: list prices stand in infra/operate/prices.toml with their sources, what one event, tick and look ask for in
infra/operate/usage.toml, and what a deployment makes in template.yaml: with its defaults, or the parameters that you give.
Two figures are fair, of two accounts. Where Steward is alone, the free tier that has no end is taken off. Where others have
used that up, Steward adds what the list says. What is free for twelve months only is never taken off.
Exit status 0; 2 when a figure or a parameter that it was given makes no sense.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from infra.operate import cost_inputs
from infra.operate.cost_model import Bill, Load, bill
from infra.operate.deployed import ParameterError, overrides, settings

TARGET, IDLE_TARGET = 5.0, 2.0
"""Dollars a month that we aim at in an account where Steward is alone: at 100,000 events, and idle."""


MOST_EVENTS = 10**12
"""A month; beyond it floats lose the cents."""


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("cost", help="what a month costs, idle and with events", description=__doc__)
    parser.add_argument(
        "--events",
        type=int,
        default=100_000,
        metavar="N",
        help="deliveries a month (30 days); 100000 without",
    )
    parser.add_argument(
        "--told",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="of them told to somebody, at most 1; 0.2 without",
    )
    parser.add_argument(
        "--read", type=float, default=0.3, metavar="SHARE", help="of them read only, at most 1; 0.3 without"
    )
    parser.add_argument(
        "--config-env", metavar="ENV", help="with the parameters of this environment of samconfig.toml"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with this parameter of template.yaml; more than once for more",
    )
    parser.add_argument(
        "--prices", action="store_true", help="also every price, its source and how it was checked"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_run)


def _run(wishes: argparse.Namespace) -> int:
    shares = (wishes.told, wishes.read)
    # Written so that NaN, which no comparison holds for, is refused too.
    likely = all(share >= 0 for share in shares) and sum(shares) <= 1
    if not (0 <= wishes.events <= MOST_EVENTS and likely):
        print(f"cost: events are 0 to {MOST_EVENTS:,}, and both shares together at most 1", file=sys.stderr)
        return 2
    try:
        environment = overrides(cost_inputs.SAMCONFIG, wishes.config_env) if wishes.config_env else {}
        stack = cost_inputs.stack({**environment, **settings(wishes.set)})
    except ParameterError as error:
        print(f"cost: {error}", file=sys.stderr)
        return 2
    prices, region, as_of = cost_inputs.prices()
    found = bill(stack, Load(wishes.events, wishes.told, wishes.read), cost_inputs.usage(), prices)
    if wishes.json:
        print(json.dumps(document(found, region, as_of)))
    else:
        print("\n".join(table(found, region, as_of)))
        if wishes.prices:
            print("\n".join(["", *price_list(found)]))
    return 0


def document(found: Bill, region: str, as_of: str) -> dict[str, Any]:
    """The bill for programs; dollars a month."""
    return {
        "region": region,
        "list_prices_as_of": as_of,
        "events": found.load.events,
        "lanes": found.stack.lanes,
        "idle_usd": round(found.idle, 4),
        "events_usd": round(found.by_events, 4),
        "total_usd": round(found.idle + found.by_events, 4),
        "million_more_events_usd": round(found.per_million, 4),
        "idle_after_free_tier_usd": round(found.after_free_tier(events=False), 4),
        "after_free_tier_usd": round(found.after_free_tier(), 4),
        "lines": [
            {
                "part": line.part,
                "price": line.price,
                "idle_units": round(line.idle, 6),
                "event_units": round(line.events, 6),
                "idle_usd": round(found.usd(line)[0], 6),
                "events_usd": round(found.usd(line)[1], 6),
            }
            for line in found.lines
        ],
    }


def table(found: Bill, region: str, as_of: str) -> Iterator[str]:
    """The bill for people: the dearest part first."""
    load, lanes = found.load, found.stack.lanes
    parts: dict[str, tuple[float, float]] = {}
    for line in found.lines:
        idle, events = found.usd(line)
        so_far = parts.get(line.part, (0.0, 0.0))
        parts[line.part] = (so_far[0] + idle, so_far[1] + events)
    yield f"A month in {region}, list prices as of {as_of}, in dollars; {load.events:,} events,"
    yield f"{load.told:.0%} of them told to somebody, {load.read:.0%} read only; {lanes} lane{'s' * (lanes > 1)}"
    yield ""
    yield _row("the account", "idle", "events", "total")
    alone, idle_alone = found.after_free_tier(), found.after_free_tier(events=False)
    yield _row("Steward alone in it", _usd(idle_alone), _usd(alone - idle_alone), _usd(alone))
    yield _row(
        "free tier used up", _usd(found.idle), _usd(found.by_events), _usd(found.idle + found.by_events)
    )
    yield ""
    yield _row("part, at list prices", "idle", "events", "total")
    for part, (idle, events) in sorted(parts.items(), key=lambda each: -sum(each[1])):
        yield _row(part, _usd(idle), _usd(events), _usd(idle + events))
    yield _row("together", _usd(found.idle), _usd(found.by_events), _usd(found.idle + found.by_events))
    yield ""
    yield f"A million events more: {_usd(found.per_million)}."
    if load.events <= 100_000 and alone > TARGET:
        yield f"Alone in its account it is above the {TARGET:.0f} dollars that we aim at: docs/scale.md says why, and what can be left out."


def price_list(found: Bill) -> Iterator[str]:
    """Every price that was used, where it is from, and how it was checked."""
    for name in dict.fromkeys(line.price for line in found.lines):
        price = found.prices[name]
        yield f"{price.what}: {price.usd:g} for {price.per:,g}; {price.source}; checked: {price.checked}"


def _row(part: str, *numbers: str) -> str:
    return f"{part:<24}" + "".join(f"{number:>10}" for number in numbers)


def _usd(amount: float) -> str:
    return f"{amount:,.2f}"
