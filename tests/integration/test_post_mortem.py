"""A post-mortem is written once for each resolution, from however many rows, and printed by a command."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.operate import target
from infra.operate.__main__ import main
from steward.closings import Closings
from steward.events import Event
from steward.incidents.incident import Incident
from steward.journal import Decision, Entry, Journal
from steward.post_mortems import PostMortems
from tests.integration.here import Here
from tests.integration.incident_stories import STORIES
from tests.integration.stand import Stand, standing
from tests.integration.watched import Watched
from tests.unit.post_mortem.recompute import Sceptic
from tests.unit.post_mortem.stories import Story, at, load
from triage.post_mortem.write import Reference, write_post_mortem

pytestmark = pytest.mark.req("T7")


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with standing() as made:
        monkeypatch.setattr(target, "find", lambda *_: Here(made))
        yield made


def table(stand: Stand) -> Any:
    return stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"])


def fill(stand: Stand, story: Story) -> Incident:
    """Put a recorded story into the table."""
    with table(stand).batch_writer() as batch:
        for item in [*story.rows, *story.moments]:
            batch.put_item(Item=item)
    return story.incident


def write(stand: Stand, incident: Incident, journal_table: Any = None) -> Reference:
    where = journal_table or table(stand)
    return write_post_mortem(
        incident,
        title="Notion",
        journal=Journal(where, 90, stand.clock.now),
        closings=Closings(where, 90, stand.clock.now),
        store=PostMortems(where, stand.clock.now),
        now=stand.clock.now,
    )


def drafts(stand: Stand) -> list[dict[str, Any]]:
    """The items that are post-mortems."""
    return [i for i in table(stand).scan()["Items"] if i["pk"].startswith("POST-MORTEM#")]


def finish(stand: Stand, event_id: str, when: datetime, why: str = "-") -> None:
    event = Event(event_id, "page.created", "official", when, "p", "page")
    Journal(table(stand), 90, stand.clock.now).record(
        Entry(event, Decision.OBSERVED, why, "A title", (), 1, when, when)
    )


def test_a_second_run_rewrites_nothing(stand: Stand) -> None:
    incident = fill(stand, load("outage"))
    assert write(stand, incident).written
    (before,) = drafts(stand)
    stand.clock.sleep(3600)
    finish(stand, "one-more", at("12:30:00"))

    again = write(stand, incident)

    assert not again.written
    assert drafts(stand) == [before]


def test_a_reopened_incident_makes_a_new_version_and_keeps_the_old_one(stand: Stand) -> None:
    incident = fill(stand, load("outage"))
    assert incident.resolved_at is not None
    write(stand, incident)
    reopened = replace(incident, resolved_at=incident.resolved_at + timedelta(hours=1))

    assert write(stand, reopened).written

    versions = PostMortems(table(stand), stand.clock.now).versions(incident.id)
    assert [v.resolved_at for v in versions] == [
        incident.resolved_at.replace(microsecond=707000),
        versions[1].resolved_at,
    ]
    assert versions[1].resolved_at - versions[0].resolved_at == timedelta(hours=1)


@pytest.mark.parametrize("calls", range(6))
def test_a_run_that_dies_at_any_call_is_finished_by_the_next(stand: Stand, calls: int) -> None:
    incident = fill(stand, load("token"))
    left = [calls]

    def dies(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "any")

    try:
        write(stand, incident, Watched(table(stand), dies))
    except ClientError:
        assert calls < 4
    else:
        assert calls >= 4, "to look, to read a day of events and one of ends, and to write"
    write(stand, incident)

    (version,) = PostMortems(table(stand), stand.clock.now).versions(incident.id)
    assert "# Post-mortem: Notion, token revoked" in version.text


def test_two_runs_at_once_leave_one_draft(stand: Stand) -> None:
    incident = fill(stand, load("token"))
    inner: list[Reference] = []

    def overtaken(call: str) -> None:
        if call == "put_item" and not inner:
            inner.append(write(stand, incident))

    outer = write(stand, incident, Watched(table(stand), overtaken))

    assert [inner[0].written, outer.written] == [True, False]


def test_what_is_not_resolved_has_no_post_mortem(stand: Stand) -> None:
    with pytest.raises(ValueError, match="not resolved"):
        write(stand, replace(load("token").incident, resolved_at=None))


def test_a_post_mortem_is_no_event_of_its_day_and_expires(stand: Stand) -> None:
    incident = fill(stand, load("token"))
    write(stand, incident)

    (item,) = drafts(stand)
    assert "day" not in item
    assert item["ttl"] == pytest.approx(stand.clock.time() + 730 * 86_400, abs=1)


def test_the_command_of_the_reference_prints_the_draft(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    story = load("outage")
    command = write(stand, fill(stand, story)).command
    assert command.startswith("python -m infra.operate ")

    assert main(command.split(" ")[3:]) == 0

    printed = capsys.readouterr().out
    assert Sceptic(printed, [*story.rows, *story.moments], ["dana"]).check() >= 50


def test_the_command_lists_all_rows_of_a_query(stand: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    incident = fill(stand, load("outage"))
    write(stand, incident)
    (version,) = PostMortems(table(stand), stand.clock.now).versions(incident.id)
    number = version.queries.index("delayed-events") + 1

    assert main(["post-mortem", incident.id, "--rows", f"q{number}"]) == 0

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(set(printed)) == 60
    assert all(line.startswith("EVENT#event-") and line.endswith(" RECORD") for line in printed)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["notion-20261120-9"], "has no post-mortem of notion-20261120-9"),
        (["notion-20261120-9"], "; see `incident list`"),
        (["notion-20261120-1", "--version", "2"], "has no version 2; it has 1 to 1"),
        (["notion-20261120-1", "--version", "0"], "has no version 0; it has 1 to 1"),
        (["notion-20261120-1", "--rows", "Q99"], "has no query Q99; it has Q1 to Q"),
        (["notion-20261120-1", "--rows", "J1"], "has no query J1"),
    ],
)
def test_what_is_not_there_is_said(
    stand: Stand, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    write(stand, fill(stand, load("token")))

    assert main(["post-mortem", *arguments]) == 1

    assert says in capsys.readouterr().err


def test_versions_are_listed(stand: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    incident = fill(stand, load("token"))
    write(stand, incident)

    assert main(["post-mortem", incident.id, "--list"]) == 0

    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["post-mortem", incident.id, "--list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["versions"]) == 1
    assert main(["postmortem", incident.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["markdown"].startswith("#")
    assert main(["post-mortem", incident.id, "--rows", "Q1", "--json"]) == 0
    assert "rows" in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", STORIES)
def test_an_incident_of_a_running_steward_has_a_right_draft(name: str) -> None:
    with standing(quick=True) as stand:
        story = STORIES[name](stand)
        write(stand, story.incident)
        (version,) = PostMortems(table(stand), stand.clock.now).versions(story.incident.id)

    assert Sceptic(version.text, [*story.rows, *story.moments], ["dana"]).check() >= 50
    recorded = load(name)
    assert len(story.rows) == len(recorded.rows), "record the stories again: see incident_stories"
    assert [m.at for m in story.incident.timeline] == [m.at for m in recorded.incident.timeline]
