"""Incidents as rows: nobody's write undoes another's, and lists are one query."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from steward.errors import StateConflict
from steward.incidents.classes import Advice, Class
from steward.incidents.incident import Incident, Stage, Step
from steward.incidents.told import Pending, Telling
from tests.integration.incidents.rig import Rig
from tests.unit.triage.incident_words import START, incident
from triage.incidents.handling import note
from triage.incidents.moments import moment, with_moments


def full(**more: Any) -> Incident:
    plain = incident(
        acknowledged_by="Ann",
        silenced_until=START + timedelta(hours=1),
        posted="C1/1.2",
        impact=("37 of 40 calls failed",),
        do=(Advice.WAIT, Advice.ASK_VENDOR),
        eta=START + timedelta(hours=2),
        **more,
    )
    return with_moments(
        plain, moment(plain.id, START, Step.OPENED, "opened"), moment(plain.id, START, Step.NOTE, "há")
    )


@pytest.mark.req("T6")
def test_an_incident_is_read_as_it_was_written(rig: Rig) -> None:
    stored = rig.store.create(full())

    assert stored == replace(full(), version=1)
    assert rig.store.load(stored.id) == stored
    assert rig.store.live() == [stored]
    assert rig.store.latest() == [replace(stored, timeline=())]
    assert rig.store.ids_of_day("2026-11-21") == [stored.id]
    assert rig.store.ids_of_day("2026-11-22") == []
    assert rig.store.load("notion-20261121-9") is None


@pytest.mark.req("T6")
def test_a_cause_has_one_open_incident_and_an_id_is_given_once(rig: Rig) -> None:
    stored = rig.store.create(full())
    with pytest.raises(StateConflict):
        rig.store.create(full(id="notion-20261121-2", cls=Class.DEGRADED))  # of the same family
    with pytest.raises(StateConflict):
        rig.store.create(full(cls=Class.TOKEN))
    other = rig.store.create(full(id="notion-20261121-2", cls=Class.UNKNOWN))
    with pytest.raises(StateConflict):
        rig.store.save(other, replace(other, cls=Class.OUTAGE))  # the cause has one

    rig.store.save(stored, replace(stored, stage=Stage.RESOLVED, resolved_at=START))
    known = rig.store.save(other, replace(other, cls=Class.OUTAGE))
    assert rig.store.create(full(id="notion-20261121-3", cls=Class.UNKNOWN)).version == 1
    assert rig.store.load(known.id) == known


@pytest.mark.req("T6")
def test_of_two_writers_one_loses_and_reads_again(rig: Rig) -> None:
    stored = rig.store.create(full())
    rig.store.save(stored, replace(stored, stage=Stage.MITIGATING))

    with pytest.raises(StateConflict):
        rig.store.save(stored, note("Ben", START, "late")(stored))
    assert "late" not in [m.says for m in (rig.store.load(stored.id) or stored).timeline]

    after = rig.store.change(stored.id, note("Ben", START, "late"))
    assert after is not None
    assert (after.stage, after.version) == (Stage.MITIGATING, 3)
    assert rig.store.change("nobody", note("Ben", START, "x")) is None


@pytest.mark.req("T6")
def test_an_unchanged_incident_is_not_written(rig: Rig) -> None:
    stored = rig.store.create(full())

    assert rig.store.save(stored, stored).version == rig.store.load(stored.id).version == 1  # type: ignore[union-attr] # it is there


@pytest.mark.req("T6")
def test_what_was_told_is_written_whatever_an_operator_made_of_the_incident_meanwhile(rig: Rig) -> None:
    stored = rig.store.create(replace(full(), posted=None))
    begun = rig.store.note_telling(
        stored.id, Telling(pending=Pending("i-1", "#x", START, frozenset({"a"}), "s"), number=1)
    )
    rig.store.change(stored.id, note("Ben", START, "meanwhile"))

    told = replace(stored, posted="C1/1.2", updated_at=START + timedelta(minutes=1))
    _, noted = rig.store.note_told(told, replace(begun, pending=None, told=frozenset({"a"})))

    after = rig.store.load(stored.id)
    assert after is not None
    assert (after.posted, after.updated_at, after.version) == ("C1/1.2", told.updated_at, 3)
    assert "meanwhile" in [m.says for m in after.timeline]
    assert rig.store.telling(stored.id) == noted
    with pytest.raises(StateConflict):
        rig.store.note_telling(stored.id, begun)


def test_more_than_a_pages_worth_is_listed_newest_first(rig: Rig) -> None:
    for number in range(1, 106):
        opened = START + timedelta(minutes=number)
        made = incident(id=f"v{number}-20261121-1", vendor=f"v{number}", opened_at=opened, says="x" * 5000)
        rig.store.create(made)

    assert [i.id for i in rig.store.latest(2)] == ["v105-20261121-1", "v104-20261121-1"]
    assert len(rig.store.latest(200)) == len(rig.store.live()) == 105
    assert rig.store.ids_of_day("2026-11-21")[0] == "v1-20261121-1"
