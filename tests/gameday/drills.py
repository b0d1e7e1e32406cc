"""What goes wrong on a game day, one drill each, and what has to be said of it."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.simulators.notion import faults
from steward.incidents.classes import Class
from tests.gameday.field import Field


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    Attributes:
        name: for the table.
        strike: what goes wrong.
        heal: makes it good; what of it Steward can't know is done by an operator here, too.
        classes: what it may be called in the end, the best first.
        vendor: whose trouble it is.
        lasts: rounds of trouble.
        within: rounds in which an incident has to be open.
        tries: seconds more of both, in which SQS hides what is tried again before it is given up.
        holds: the lane must not go on before the trouble is over.
        telling: how it is told: in Slack's channel, or by a page.
        refuses: comments are refused for good meanwhile, and people are told in Slack alone.
    """

    name: str
    strike: Callable[[Field], None]
    heal: Callable[[Field], None]
    classes: tuple[Class, ...]
    vendor: str = "notion"
    lasts: int = 12
    within: int = 6
    tries: float = 0
    holds: bool = True
    telling: str = "slack"
    refuses: bool = False


def _outage(field: Field) -> None:
    field.notion.add_fault(faults.answer(503), times="forever")


def _outage_on_the_page(field: Field) -> None:
    _outage(field)
    field.page.set_status("critical", "Major Service Outage")
    field.page.open_incident("API is down", "critical")


def _page_is_green(field: Field) -> None:
    field.page.set_status("none")
    field.page.resolve("incident-1")
    field.notion.clear_faults()


def _revoke(field: Field) -> None:
    field.notion.revoke_token(field.world.token)


def _give_back(field: Field) -> None:
    field.notion.add_token(field.world.token)


def _limit(reason: str) -> Callable[[Field], None]:
    def strike(field: Field) -> None:
        field.notion.add_fault(
            faults.answer(429, reason=reason, retry_after=field.round_seconds // 2), times="forever"
        )

    return strike


def _clear(field: Field) -> None:
    field.notion.clear_faults()


def _unblock(field: Field) -> None:
    """Notion's support lifts the block, and an operator lets the lane go on: nobody probes a blocked connection."""
    field.notion.clear_faults()
    field.resume()


def _take_capability(field: Field) -> None:
    field.notion.set_capabilities({"insert_comments": False})


def _give_capability(field: Field) -> None:
    field.notion.set_capabilities({"insert_comments": True})


def _drop_a_property(field: Field) -> None:
    field.idle = True
    field.notion.update_schema(field.source_id, retype={"Assignee": "rich_text"})


def _mend_the_property(field: Field) -> None:
    field.notion.update_schema(field.source_id, retype={"Assignee": "people"})
    field.idle = False


def _unshare(field: Field) -> None:
    field.notion.unshare(field.source_id)


def _share(field: Field) -> None:
    field.notion.share(field.source_id)


def _daily_quota(field: Field) -> None:
    field.hubspot.spend_daily(0)


def _new_day(field: Field) -> None:
    field.hubspot.spend_daily(200_000)


def _slack_is_down(field: Field) -> None:
    """While Notion is, too: on-call is paged in Slack's place."""
    field.slack.add_fault({"kind": "answer", "status": 503}, times="forever")
    _outage(field)


def _slack_is_back(field: Field) -> None:
    field.slack.clear_faults()
    field.notion.clear_faults()


def _mute(field: Field) -> None:
    field.mute()


def _unmute(field: Field) -> None:
    """An operator resumes the subscription in Notion."""
    field.unmute()


def _our_bug(field: Field) -> None:
    field.release()


def _fix_and_redrive(field: Field) -> None:
    field.roll_back()
    field.redrive()


DRILLS = (
    Drill("Notion is out, and its page says so", _outage_on_the_page, _page_is_green, (Class.OUTAGE,)),
    Drill("Notion is out, and its page is green", _outage, _clear, (Class.OUTAGE,)),
    Drill("the token is revoked", _revoke, _give_back, (Class.TOKEN,)),
    Drill(
        "a capability is taken away", _take_capability, _give_capability, (Class.CAPABILITY,), refuses=True
    ),
    Drill("429 of this connection", _limit("public_api_request_rate_limit"), _clear, (Class.LIMITED,)),
    Drill(
        "429 of the workspace",
        _limit("public_api_space_request_rate_limit"),
        _clear,
        (Class.WORKSPACE_LIMITED,),
    ),
    Drill("the connection is blocked", _limit("public_api_request_blocked"), _unblock, (Class.BLOCKED,)),
    Drill("a property is of another type", _drop_a_property, _mend_the_property, (Class.SCHEMA,), within=8),
    Drill("a data source is not shared any more", _unshare, _share, (Class.UNSHARED,), within=8),
    Drill("HubSpot's day is spent", _daily_quota, _new_day, (Class.QUOTA,), vendor="hubspot"),
    Drill("Slack is down as well", _slack_is_down, _slack_is_back, (Class.OUTAGE,), telling="page"),
    Drill(
        "the webhook subscription is paused",
        _mute,
        _unmute,
        (Class.SUBSCRIPTION,),
        lasts=20,
        within=18,
        holds=False,
    ),
    Drill("a bug of ours", _our_bug, _fix_and_redrive, (Class.BUG,), within=10, lasts=13, tries=62),
)
"""That the subscription is paused shows here by what the sweep finds: a rhythm takes three weeks to learn."""
