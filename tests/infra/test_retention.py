"""What docs/security.md and docs/architecture.md say of how long data is kept is what template and code do."""

import re
from datetime import timedelta

import pytest

from console.passes import SESSION_SECONDS
from infra.local.transform import read
from steward import addresses, effect_puts, people, post_mortems, reads, slack_people, slack_threads
from tests.documents import ROOT

TEMPLATE = read(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
HEADINGS = {"security": "Data that is kept, and for how long", "architecture": "Data"}


def kept(document: str) -> dict[str, str]:
    """Where → for how long, of a document's table."""
    text = (ROOT / "docs" / f"{document}.md").read_text(encoding="utf-8")
    table = text.partition(f"\n## {HEADINGS[document]}\n")[2].partition("\n## ")[0]
    return {
        where: time for where, _, time in re.findall(r"^\| (.+?) \| (.+) \| (.+) \|$", table, re.MULTILINE)
    }


def days(time: timedelta) -> str:
    assert time % timedelta(days=1) == timedelta(0)
    return f"{time.days} days"


def default(parameter: str) -> str:
    return str(TEMPLATE["Parameters"][parameter]["Default"])


def retention(queue: str) -> str:
    return days(timedelta(seconds=RESOURCES[queue]["Properties"]["MessageRetentionPeriod"]))


SAID = (
    ("security", "lane", retention("LaneQueue")),
    ("security", "dead letters", retention("DeadLetterQueue")),
    ("security", "State: pages", days(effect_puts.KEEP)),
    ("security", "State: people", "a day"),
    ("security", "State: reads", days(reads.KEEP)),
    ("security", "State: threads", days(slack_threads.KEEP)),
    ("security", "Journal: events", f"`JournalDays`, {default('JournalDays')}"),
    ("security", "Journal: events", f"at least {TEMPLATE['Parameters']['JournalDays']['MinValue']}"),
    ("security", "Journal: incidents", "`JournalDays`"),
    ("security", "Journal: post-mortems", f"two years ({days(post_mortems.KEPT)})"),
    ("security", "logs of the functions and the API", f"`LogRetentionDays`, {default('LogRetentionDays')}"),
    ("security", "browser", {12 * 3600: "twelve hours"}[SESSION_SECONDS]),
    ("architecture", "lane, dead letters", retention("LaneQueue")),
    ("architecture", "State", days(effect_puts.KEEP)),
    ("architecture", "Journal", "`JournalDays`"),
    ("architecture", "Journal: post-mortems", "two years"),
    ("architecture", "logs", "`LogRetentionDays`"),
)


@pytest.mark.parametrize(("document", "where", "time"), SAID)
def test_a_document_says_how_long_something_is_kept(document: str, where: str, time: str) -> None:
    assert time in kept(document)[where]


def test_people_are_forgotten_after_a_day_wherever_they_are_remembered() -> None:
    assert {people.KEEP, addresses.KEEP, slack_people.KEEP} == {timedelta(days=1)}


def test_every_log_of_the_template_ends_when_its_parameter_says_so() -> None:
    groups = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::Logs::LogGroup"]
    assert len(groups) == 5
    assert {str(each["RetentionInDays"]) for each in groups} == {str({"Ref": "LogRetentionDays"})}


@pytest.mark.parametrize("table", ["StateTable", "JournalTable"])
def test_a_table_has_backups_of_as_many_days_as_aws_keeps_without_a_setting(table: str) -> None:
    properties = RESOURCES[table]["Properties"]
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "35 days" in kept("security")["backups of both tables"]
