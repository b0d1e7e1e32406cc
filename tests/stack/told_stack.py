"""A local stack on which each command that a document shows finds what it is about."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from infra.local.demo import RULES
from infra.local.demo.seed import LINKED_TASK, TASK, seed, seed_partner
from infra.local.demo.stage import journal
from infra.local.demo.story import seen
from infra.local.simulators.notion import faults
from infra.local.stack import LocalStack
from infra.operate.__main__ import main
from infra.operate.dead_letters import DeadLetters
from steward.closings import Closings
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.incidents.store import Incidents
from steward.journal import Journal
from steward.post_mortems import PostMortems
from triage.post_mortem.write import write_post_mortem

DAYS = 90


@dataclass(frozen=True)
class Told:
    """What a document's capitals stand for on this stack."""

    stack: LocalStack
    page: str
    source: str
    event: str
    letter: str
    open_incident: str
    over_incident: str


def fill(stack: LocalStack) -> Told:
    """Let a task be assigned, another become a dead letter, rows be made, and incidents be written."""
    notion, slack = stack.notion, stack.slack
    assert notion is not None
    assert slack is not None
    for channel in ("tasks", "urgent", "team"):
        slack.add_channel(channel)
    demo = seed(notion)
    seed_partner(stack.further["partner"])
    stuck, page = demo.tasks[LINKED_TASK], demo.tasks[TASK]
    assert main(["baseline", "--rules", str(RULES)]) == 0
    assert main(["mirror", "repair", "--from", "notion", "--link", "--grace", "0"]) == 0

    refusal = faults.answer(400, code="validation_error")
    notion.add_fault(refusal, match={"method": "GET", "path": f"/v1/pages/{stuck}"})
    notion.edit(stuck, properties={"Assignee": [demo.chloe]}, by=demo.ben)
    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)
    seen("a comment", lambda: notion.comments(page))
    (event, *_) = [
        e["id"] for e in notion.events() if e["entity"]["id"] == page and "properties" in e["type"]
    ]
    seen("the event in the journal", lambda: journal(stack, event))
    dead = {"QueueUrl": stack.resource("DeadLetterQueue"), "AttributeNames": ["ApproximateNumberOfMessages"]}
    seen(
        "a dead letter",
        lambda: int(
            stack.client("sqs").get_queue_attributes(**dead)["Attributes"][dead["AttributeNames"][0]]
        ),
    )
    with DeadLetters(stack.client("sqs"), stack.resource("DeadLetterQueue")).looked_at() as letters:
        (letter,) = letters
    return Told(stack, page, demo.data_source_id, event, letter.id, *_incidents(stack))


def _incidents(stack: LocalStack) -> tuple[str, str]:
    """One that is open, and one that is over and has its post-mortem; of HubSpot, which nobody looks at here."""

    def now() -> datetime:
        return datetime.now(UTC)

    began = now() - timedelta(hours=1)
    table = stack.table("JournalTable")
    store = Incidents(table, DAYS, now)
    over, goes_on = (
        store.create(
            Incident(
                f"hubspot-{began:%Y%m%d}-{n}",
                "hubspot",
                cls,
                Severity.P3,
                Stage.MITIGATING,
                "slow",
                began,
                began,
            )
        )
        for n, cls in enumerate((Class.DEGRADED, Class.LIMITED), 1)
    )
    ended = store.save(over, replace(over, stage=Stage.RESOLVED, resolved_at=now()))
    write_post_mortem(
        ended,
        title="HubSpot",
        journal=Journal(table, DAYS, now),
        closings=Closings(table, DAYS, now),
        store=PostMortems(table, now),
        now=now,
    )
    return goes_on.id, over.id
