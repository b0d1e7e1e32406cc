"""What can be wrong with a stack that ``doctor`` examines; each breaks one thing."""

from infra.local.simulators.notion import faults
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from tests.integration.practice import Practice, put


def revoke(practice: Practice) -> None:
    practice.stand.notion.revoke_token("ntn_doctorstoken0123456789")


def no_comments(practice: Practice) -> None:
    practice.stand.notion.set_capabilities({"read_comments": False})


def outage(practice: Practice) -> None:
    practice.stand.notion.add_fault(faults.answer(503), times="forever")


def slack_revoked(practice: Practice) -> None:
    put(practice.stand, "SLACK", {"bot_token": "xoxb-another-token-0123", "webhook_url": ""})


def no_scope(practice: Practice) -> None:
    practice.stand.slack.set_scopes(["channels:read", "channels:history", "users:read", "users:read.email"])


def archived(practice: Practice) -> None:
    practice.stand.slack.archive("#tasks")


def left(practice: Practice) -> None:
    practice.stand.slack.leave("#tasks")
    practice.stand.slack.set_scopes(
        ["chat:write", "channels:read", "channels:history", "users:read", "users:read.email"]
    )


def no_signing(practice: Practice) -> None:
    put(practice.stand, "SIGNING", {"active": []})


def paused(practice: Practice) -> None:
    stand = practice.stand
    memory = Memory(stand.dynamodb.Table(stand.environ["STATE_TABLE"]), stand.clock.now)
    source = EventSource(stand.functions, stand.environ["LANE_QUEUE_ARN"], "processor")
    LaneSwitch(memory, source, stand.clock.now).pause(Cause.OPERATOR, "a drill")


def silent(practice: Practice) -> None:
    practice.stand.clock.sleep(30 * 24 * 3600)


def throttled(practice: Practice) -> None:
    practice.aws.reserved = 0


def unconfirmed(practice: Practice) -> None:
    practice.aws.subscribed = "PendingConfirmation"


def unscheduled(practice: Practice) -> None:
    practice.aws.schedule = "DISABLED"


def dead(practice: Practice) -> None:
    practice.stand.sqs.send_message(
        QueueUrl=practice.stand.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody="?",
        MessageGroupId="g",
        MessageDeduplicationId="d",
    )


def no_property(practice: Practice) -> None:
    practice.stand.notion.update_schema(practice.stand.demo.data_source_id, remove=["Assignee"])


def unshared(practice: Practice) -> None:
    practice.stand.notion.unshare(practice.stand.demo.database_id)
