"""docs/scale.md: what surrounds the figures, and the figures."""

from collections.abc import Iterable

from infra.operate import cost_inputs
from infra.operate.cost import IDLE_TARGET, TARGET
from tests.scale import cuts, load, quotas, sizes
from tests.scale.load import ALONE, DAILY
from tests.scale.service import Service

PAGE = """# Scale

How many workspaces and events Steward carries, what gives way first, and what then changes.
Written by `make scale ARGS=--write`; `make scale` prints the first table without writing it.
A test holds this page to its generator.

## In short

* **One workspace** is bound by the pace of its lane and then by Notion's budget, not by AWS: a lane works one event after the other, and an event that tells somebody takes most of a second, which is Notion and Slack answering.
  At 180 requests a minute one lane ends {ended:,.0f} events a minute and the budget pays {paid:,.0f}; more lanes help there, too, and each takes its part of the budget.
  None of AWS's quotas is near at 180 or at 600 requests a minute: the first to come, at {share:.0%} with 600, is {aws}.
* **Bulk edits** are what people wait for: pages are then read by query and messages become digests, so an event costs less the deeper the lane.
* **100 workspaces** need {slots} lanes at work at once, not 100: their full minutes rarely meet.
* **10,000 workspaces** do not fit one stack each in one account, which ends at the quota {counted}; a hundred in a stack do.
  A stack each would also cost its idle part ten thousand times: see the end.

## A day, simulated

Lag is from an event's arrival on the lane to its end: everybody is told, or the digest is planned.

{days}

* Events come on an office's curve (the fullest hour has a tenth of the day), seeded, and {told:.0%} of them tell somebody, {read:.0%} are read only, the rest asks for nothing.
  Each day has bulk edits besides, of {bulk} pages within a minute unless the row says otherwise.
* Real are the request budget with its window and its leases, the pacing and the digests of Slack's messages, the lane of a page, and the depth from which pages are read by query.
  Simulated are SQS, Notion and Slack, with these times: {ignored:.0f} ms of our own work for an event that asks for nothing, {own:.0f} ms for one that is read, {more:.0f} ms more for one that is told, {notion:.0f} ms a call of Notion, {slack:.0f} ms of Slack, {hop:.0f} ms between two messages.
  Our own come from `infra/operate/usage.toml`, where the assumed ones are named as such.
* Left out: cold starts (one a day in a lane that is never quiet for long), Notion's own delay before it sends, its aggregation, and outages.
  Notion's index shows a page at once here; in truth it lags a little, and pages that it does not show yet are read one by one.
* Ticks are left out: the settle tick takes {ignored:.0f} ms of every minute.
* *deepest lane* is the most messages that waited in one lane, *waits for budget* how often a message was given back until the budget had room.
* Stacks share nothing. Of the hundred that 10,000 workspaces need, ten are simulated, with a thousand days that differ; their line is of all events of all ten.

## Which quota binds first

### One workspace

It has as many single events as its budget pays: {calls:.1f} calls of Notion an event in the mix of above, and {pace:.0f} ms of a lane's time.

{alone}

Neither pace nor budget is a quota of AWS's, and nothing is lost: what waits is worked later, and the deeper a lane, the fewer calls and messages an event costs.
A bulk edit is delivered faster than it is worked, and only the stage's throttle is in its way: it would take {flood:,} pages in one minute, and what is then refused Notion delivers again.

### One account

One region, quotas as they are before anybody asks for more.
An ordinary workspace has {daily:,} single events a day and one bulk edit of {bulk} pages within a minute.
The fullest minute lies in the fullest hour, and as many bulk edits meet in it as meet on all but one day in a hundred: {meet_one} of one workspace, {meet} of a hundred, {meet_all} of 10,000.

{quotas}

{sources}
* CloudWatch: alarms: none; the CloudWatch User Guide says that there is no limit on their number in an account.

## What changes at each size

* **One workspace, 180 a minute:** nothing. `Lanes` 3 from about 50,000 events a day.
* **One workspace, 600 a minute:** `RequestsPerMinute` 600 and `Lanes` 4, which is also the processor's reserved concurrency; {lanes} where single events alone use the budget up.
  One lane can't spend 600 requests a minute: at 0.3 s a call that is 200.
  More than 10 lanes are not of use: each has then less than a request a second to spend, and pages that share a lane wait for one another.
* **100 workspaces in one stack** is more than today's template offers: it has one main connection, and further ones wait beside its lane ([ADR 10](adr/0010-further-connections-wait-beside-the-lane.md)).
  It needs a message group for each workspace (the group is what FIFO works one at a time), a budget and a pause for each, which are kept by connection already, signing tokens by workspace, and reserved concurrency of {slots} in place of one for each group.
  FIFO hands a message only to a group that nobody works, but pollers do not know of reserved concurrency: with more groups than slots, `MaximumConcurrency` of the event source has to be the number of slots, or messages are throttled and lose receives ([ADR 1](adr/0001-fifo-lane-batch-size-one.md)).
  Until then it is a stack each, up to {most:,} in an account.
* **10,000 workspaces:** a hundred such stacks, in several accounts, so that one account's trouble is not everybody's; in one account they take the shares above.
  A webhook goes to the stack of its workspace by the address that its subscription was given, so nothing routes; SNS or EventBridge in front would add a hop and nothing else.
  `FifoThroughputLimit: perMessageGroupId` is not needed before one queue takes 300 messages a second.
* **The hottest key** in DynamoDB is the journal's index of the day. From about {hot:,.0f} events a second that are worked in one stack it needs a suffix, and its readers one query for each.

## What it costs

`python -m infra.operate cost` has every line; prices of {region} as of {as_of}, in dollars a month.
*Alone* is an account in which Steward is alone: AWS's free tier that has no end is taken off, what is free for twelve months is not.
*List* is what Steward adds to an account that has used its free tier up.

{cuts}

The aim is {idle_target:.0f} idle and {target:.0f} with 100,000 events, alone.
As it is, Steward is above it by {idle_over:.2f} and {over:.2f}, because it comes with all that an on-call wants.
`sam deploy --config-env frugal` sets the three parameters and costs {frugal_idle:.2f} and {frugal:.2f}.
That is {with_events} the aim with the events, and {without} it when idle: secrets and alarms that stand there are {standing:.2f} of it.
The cuts without a parameter are not offered: each takes something that another part is built on.
What is left to pay with all of it:

{parts}

Options that cost more, all off by default: {options}. The mirror's database comes on top.
Each workspace of a hundred in one stack has a hundredth of the idle part.
Not proposed: less memory for the triage, which would lengthen its cold start and each look with it; a rarer look, which is how fast an outage is noticed.
"""


STANDING = ("secret_month", "alarm_month", "composite_alarm_month")
"""Prices of what has to be there before anything can happen."""


def document(rows: Iterable[str], service: Service) -> str:
    """The page, with such rows of the first table."""
    _, region, as_of = cost_inputs.prices()
    bill = cuts.of(cost_inputs.stack())
    less = cuts.of(cost_inputs.stack(cuts.FRUGAL))
    frugal, frugal_idle = less.after_free_tier(), less.after_free_tier(events=False)
    hot = next(quota for quota in quotas.quotas() if quota.name.startswith("DynamoDB"))
    one, hundred = load.ordinary("", 1, 1, 1), load.ordinary("", 100, 1, load.AT_ONCE)
    small, large = ALONE
    aws = quotas.first(large.fleet, quotas.Grows.BY_EVENTS)
    throttle = next(quota for quota in quotas.quotas() if quota.grows is quotas.Grows.OUR_OWN)
    return PAGE.format(
        days=sizes.table(rows),
        slots=load.AT_ONCE,
        ended=small.ended(service),
        paid=small.events,
        aws=f"*{aws.name}*",
        share=aws.share(large.fleet),
        counted=f"*{quotas.first(load.FLEETS[-1], quotas.Grows.BY_STACKS).name}*",
        calls=load.calls_an_event(),
        pace=load.seconds_an_event(service) * 1000,
        alone=quotas.alone_table(service),
        flood=throttle.most * 60,
        meet_one=load.coinciding(DAILY.bulk_edits),
        meet=load.coinciding(100 * DAILY.bulk_edits),
        meet_all=load.coinciding(10_000 * DAILY.bulk_edits),
        lanes=large.needed(service),
        told=DAILY.told,
        read=DAILY.read,
        bulk=DAILY.bulk_pages,
        daily=DAILY.events,
        ignored=service.ignored * 1000,
        own=service.read * 1000,
        more=service.told * 1000,
        notion=service.notion * 1000,
        slack=service.slack * 1000,
        hop=service.hop * 1000,
        quotas=quotas.table(),
        sources="\n".join(quotas.sources()),
        most=min(int(quota.most / quota.takes(one)) for quota in quotas.quotas()),
        hot=round(hot.most / (hot.takes(hundred) / hundred.of_a_stack), -1),
        cuts=cuts.table(),
        region=region,
        as_of=as_of,
        target=TARGET,
        idle_target=IDLE_TARGET,
        over=bill.after_free_tier() - TARGET,
        idle_over=bill.after_free_tier(events=False) - IDLE_TARGET,
        frugal=frugal,
        frugal_idle=frugal_idle,
        with_events="within" if frugal <= TARGET else "above",
        without="within" if frugal_idle <= 1.25 * IDLE_TARGET else "above",
        standing=sum(less.alone()[name] for name in STANDING),
        options=cuts.more(),
        parts=cuts.parts(bill),
    )
