"""Three incidents that really happen to a whole Steward in one process, as material for post-mortems.

The journal is what the processor writes; the incident's moments are taken from when the stand saw them.
``python -m tests.integration.incident_stories`` records them into ``tests/fixtures/incidents``, with the draft of one.
"""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest import mock

from infra.local.simulators.notion import faults
from processor import reconcile
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from steward.pages import decode_page
from tests.integration.stand import Stand, standing
from tests.unit.post_mortem.stories import FOLDER, Story, dump, load, text_of, timeline

Line = tuple[datetime, Step, str, str]


def minutes(stand: Stand, number: int) -> list[str]:
    """Let minutes pass with the scheduler's ticks and the triage's look in each; what the triage saw."""
    looks = []
    for _ in range(number):
        stand.clock.sleep(60)
        stand.settle()
        looks.append(stand.look())
        stand.work()
    return looks


def until_running(stand: Stand) -> datetime:
    """Let minutes pass until the lane goes on; when it did."""
    for _ in range(60):
        if "resumed" in minutes(stand, 1):
            return stand.clock.now()
    raise AssertionError("the lane does not go on")


def known_pages(stand: Stand, number: int) -> list[str]:
    """Pages that Steward has seen, so that what happens to them is news."""
    pages = stand.add_tasks(number)
    stand.clock.sleep(600)
    for page in pages:
        stand.send(page, type="page.created")
    stand.work()
    stand.clock.sleep(120)
    return pages


def outage(stand: Stand) -> Story:
    """Notion is away for an hour; 60 events wait and are worked off, and one webhook never comes."""
    *pages, quiet = known_pages(stand, 21)
    stand.notion.add_fault(faults.answer(503), times="forever")
    lines: list[Line] = []
    for number in range(60):
        page = pages[number % 20]
        if number >= 45:
            stand.assign(page, (stand.demo.ann, stand.demo.ben, stand.demo.chloe)[number % 3])
        stand.send(page)
        minutes(stand, 1)
        if number == 0:
            assert not stand.functions.enabled
            now = stand.clock.now()
            lines += [
                (
                    now,
                    Step.FIRST_FINDING,
                    "notion.page: unavailable, status 503, request 3f0c2d71-0001",
                    "steward",
                ),
                (now, Step.MITIGATION, "the lane is paused: events wait in the queue", "steward"),
            ]
        if number == 2:
            lines += [
                (stand.clock.now(), Step.OPENED, "Notion does not answer: 3 of 3 probes failed", "steward"),
                (stand.clock.now(), Step.ALARM, "LaneOldestAge above 120 s", "steward"),
            ]
        if number == 6:
            lines.append((stand.clock.now(), Step.ACKNOWLEDGED, "dana takes care of it", "dana"))
        if number == 9:
            lines.append((stand.clock.now(), Step.IDENTIFIED, "the status page says major_outage", "steward"))
    stand.assign(quiet, stand.demo.ann)  # its webhook is lost
    stand.notion.clear_faults()
    lines.append((until_running(stand), Step.RESTORED, "Notion answers; the lane goes on", "steward"))
    minutes(stand, 2)
    stand.sweep()
    minutes(stand, 3)
    lines.append((stand.clock.now(), Step.RESOLVED, "the backlog is drained", "steward"))
    return story(stand, "notion", Class.OUTAGE, Severity.P1, "Notion answers nothing but 503", lines)


def token(stand: Stand) -> Story:
    """Somebody revokes the token: the lane rests at once, until a new one is there."""
    pages = known_pages(stand, 3)
    stand.notion.revoke_token(stand.notion.token)
    lines: list[Line] = []
    for number, page in enumerate(pages):
        stand.assign(page, stand.demo.ann)
        stand.send(page)
        minutes(stand, 1)
        if number == 0:
            assert not stand.functions.enabled
            lines += [
                (stand.clock.now(), Step.FIRST_FINDING, "auth: 401 unauthorized", "steward"),
                (stand.clock.now(), Step.MITIGATION, "the lane is paused", "steward"),
            ]
    lines += [
        (stand.clock.now(), Step.OPENED, "Notion refuses the token, 3 of 3 times", "steward"),
        (stand.clock.now(), Step.IDENTIFIED, "token revoked", "steward"),
    ]
    minutes(stand, 20)
    stand.notion.add_token(stand.notion.token)
    lines.append((until_running(stand), Step.RESTORED, "Notion takes the token again", "steward"))
    minutes(stand, 4)
    lines.append((stand.clock.now(), Step.RESOLVED, "nothing waits", "steward"))
    return story(stand, "notion", Class.TOKEN, Severity.P1, "the token is revoked", lines)


def bug(stand: Stand) -> Story:
    """We can't read some pages any more: their events end among the dead letters; Notion refuses one comment."""
    pages = known_pages(stand, 6)
    lines: list[Line] = []
    with mock.patch.object(reconcile, "decode_page", _broken(decode_page, set(pages[:4]))):
        for page in pages:
            stand.assign(page, stand.demo.ben)
            if page == pages[5]:
                stand.notion.add_fault(
                    faults.answer(403, code="restricted_resource"), match={"path": "/v1/comments"}, times=2
                )
            stand.send(page)
            stand.work()
            if page == pages[0]:
                lines.append((stand.clock.now(), Step.ALARM, "dead letters: 1", "steward"))
    lines += [
        (stand.clock.now(), Step.OPENED, "KeyError, 4 times", "steward"),
        (stand.clock.now(), Step.NOTE, "dana: see the stack trace of processor.reconcile", "dana"),
        (stand.clock.now(), Step.IDENTIFIED, "a bug: KeyError", "dana"),
    ]
    minutes(stand, 15)
    lines += [
        (stand.clock.now(), Step.RESTORED, "deployed", "dana"),
        (stand.clock.now(), Step.RESOLVED, "no new dead letters", "steward"),
    ]
    return story(stand, "steward", Class.BUG, Severity.P2, "our own code fails", lines)


def _broken(works: Callable[[Any], Any], pages: set[str]) -> Callable[[Any], Any]:
    def decode(document: Any) -> Any:
        if document["id"] in pages:
            raise KeyError("assignee")
        return works(document)

    return decode


def story(stand: Stand, vendor: str, cls: Class, severity: Severity, says: str, lines: list[Line]) -> Story:
    """What is there now, as a story."""
    incident_id = f"{vendor}-{lines[0][0]:%Y%m%d}-1"
    moments = timeline(incident_id, *lines)
    incident = Incident(
        id=incident_id,
        vendor=vendor,
        cls=cls,
        severity=severity,
        stage=Stage.RESOLVED,
        says=says,
        opened_at=next(m.at for m in moments if m.step is Step.OPENED),
        updated_at=moments[-1].at,
        acknowledged_by=next((m.by for m in moments if m.step is Step.ACKNOWLEDGED), None),
        resolved_at=moments[-1].at,
        timeline=moments,
    )
    names = ["dana", *(u["real_name"] for u in stand.slack.users()), *stand.demo.tasks, "Task 1"]
    return Story(incident, stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"]).scan()["Items"], names)


STORIES: dict[str, Callable[[Stand], Story]] = {"outage": outage, "token": token, "bug": bug}


if __name__ == "__main__":
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_SERVICE_NAME": "tests",
    }
    for name, happens in STORIES.items():
        with standing(quick=True) as made:
            told = happens(made)
        dump(name, told)
    (FOLDER / "bug.md").write_text(text_of(load("bug")))
