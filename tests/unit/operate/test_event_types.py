"""The event types that ``subscribe`` says to tick are those that the processor listens to, for each rules file."""

from itertools import product

import pytest

from infra.operate.ceremony.event_types import needed, useless
from processor.relevance import Irrelevant, judge, schema_of
from processor.text_watch import WROTE, text_rule
from steward.events import OFFICIAL_TYPES, Event
from steward.rules import Rules, parse

SOURCE = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
HEAD = f"""
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "{SOURCE}"
properties = {{ title = "Name", assignee = "Assignee", status = "Status", due = "Due" }}
"""
RULE = "[[data_source.automation]]\nkind = "

FILES = {
    "nothing": HEAD,
    "assignment": HEAD + RULE + '"assignment"\n',
    "locks": HEAD + RULE + '"lifecycle"\non = ["locked", "unlocked"]\n',
    "lifecycle": HEAD + RULE + '"lifecycle"\non = ["created", "locked"]\n',
    "mirror": HEAD + RULE + '"mirror"\n',
    "text": HEAD + RULE + '"mirror"\ntext = true\n',
}


def rules(name: str) -> Rules:
    return parse(FILES[name])


def listened_to(file: Rules, event_type: str) -> bool:
    """Whether the processor does anything about an event of a type, in a data source of the file."""
    entity = event_type.partition(".")[0]
    page = entity == "page"
    event = Event(
        id="e",
        type=event_type,
        dialect="official",
        entity_id="3" * 32 if page else SOURCE.replace("-", "") if entity == "data_source" else "4" * 32,
        entity_type=entity,
        data_source_id=file.data_source[0].id if page else None,
    )
    if entity == "data_source":
        event = Event(id="e", type=event_type, dialect="official", entity_id=file.data_source[0].id)
    if schema_of(event, file) is not None:
        return True
    if event_type == WROTE:
        return text_rule(file.data_source[0]) is not None
    return not isinstance(judge(event, file, {}, frozenset), Irrelevant)


@pytest.mark.req("I3", "I5")
@pytest.mark.parametrize(("name", "event_type"), list(product(FILES, sorted(OFFICIAL_TYPES))))
def test_what_is_to_be_ticked_is_listened_to_and_what_is_not_is_no_loss(name: str, event_type: str) -> None:
    file = rules(name)
    ticked = event_type in {tick.type for tick in needed(file)}
    assert ticked is (event_type not in useless(file))
    if ticked:
        assert listened_to(file, event_type)
    elif file.data_source[0].automation and not event_type.endswith("locked"):
        assert not listened_to(file, event_type)


@pytest.mark.req("I3")
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("nothing", set()),
        ("assignment", {"created", "properties_updated", "moved", "deleted", "undeleted"}),
        ("lifecycle", {"created", "properties_updated", "moved", "deleted", "undeleted", "locked"}),
        ("text", {"created", "properties_updated", "moved", "deleted", "undeleted", "content_updated"}),
    ],
)
def test_each_automation_has_the_types_of_pages_that_it_needs(name: str, wanted: set[str]) -> None:
    pages = {tick.type for tick in needed(rules(name)) if tick.type.startswith("page.")}
    assert pages == {f"page.{word}" for word in wanted}
