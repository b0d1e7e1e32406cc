"""Whatever runs see, in whatever order they come: what holds of every incident."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.incidents.causes import cause_of
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from tests.unit.triage.incident_words import CLASSES, RULES, START, diagnosis
from triage.diagnosis.diagnosis import Diagnosis
from triage.incidents.damping import standing
from triage.incidents.life import Past, advance, opened
from triage.incidents.runs import Measure, Run, run_of, with_run

SEEN = st.lists(
    st.builds(
        diagnosis,
        st.sampled_from(sorted(CLASSES.values())),
        vendor=st.sampled_from(["notion", "hubspot"]),
        severity=st.sampled_from(Severity),
        confidence=st.sampled_from([0.5, 0.9]),
    ),
    max_size=3,
)
STEPS = st.sampled_from([60, 60, 60, 61, 0, 3, -1, -90, 400, 1200, -7200])
FEW = st.lists(
    st.builds(
        diagnosis,
        st.sampled_from([Class.HEALTHY, Class.OUTAGE, Class.SCHEMA, Class.UNKNOWN]),
        severity=st.sampled_from([Severity.P1, Severity.P3]),
    ),
    min_size=1,
    max_size=2,
)
"""Of few causes of one vendor: what is confused most."""

HISTORIES = st.lists(st.tuples(STEPS, SEEN, st.booleans()), min_size=3, max_size=40) | st.lists(
    st.tuples(st.just(60), FEW, st.booleans()), min_size=5, max_size=30
)


@dataclass
class World:
    """The desk without its tables and its Slack."""

    at: datetime = START
    runs: tuple[Run, ...] = ()
    incidents: list[Incident] = field(default_factory=list)

    def take(self, seconds: int, seen: list[Diagnosis], *, did: bool) -> None:
        self.at += timedelta(seconds=seconds)
        measures = [Measure(f"m{self.at}", "notion", Class.UNKNOWN, self.at, "done")] if did else []
        self.runs, counted = with_run(self.runs, run_of(seen, measures, self.at), RULES.of)
        past, measured = Past(self.runs, RULES), seen if counted else []
        before, self.incidents = self.incidents, [advance(i, past, measured) for i in self.incidents]
        for was, is_now in zip(before, self.incidents, strict=True):
            holds_between(was, is_now)
        taken = [cause_of(i) for i in self.incidents if i.is_open]
        for cause in standing(self.runs, RULES, taken):
            self.incidents.append(advance(opened(f"i{len(self.incidents)}", cause, past), past, measured))
        again = [advance(i, past, measured) for i in self.incidents]
        # A step takes in so many measures, and the cause that is found by correction is not found again.
        assert [replace(i, timeline=()) for i in again] == [replace(i, timeline=()) for i in self.incidents]


def holds_between(was: Incident, after: Incident) -> None:
    assert after.severity <= was.severity
    assert was.is_open or after == was
    assert {m.key for m in was.timeline} <= {m.key for m in after.timeline}
    assert was.cls is Class.UNKNOWN or cause_of(after) == cause_of(was)


def holds(world: World) -> None:
    causes = [cause_of(i) for i in world.incidents if i.is_open]
    assert len(causes) == len(set(causes))
    for incident in world.incidents:
        keys = [m.key for m in incident.timeline]
        steps = [m.step for m in incident.timeline]
        assert len(keys) == len(set(keys))
        assert steps.count(Step.OPENED) == steps.count(Step.FIRST_FINDING) == 1
        assert steps.count(Step.RESOLVED) == (incident.stage is Stage.RESOLVED)
        assert (incident.resolved_at is not None) == (incident.stage is Stage.RESOLVED)
        assert list(incident.timeline) == sorted(incident.timeline, key=lambda m: m.at)
        assert incident.stage is not Stage.MONITORING or Step.RESTORED in steps


@pytest.mark.req("T6")
@given(HISTORIES)
def test_every_history_leaves_sound_incidents(history: list[tuple[int, list[Diagnosis], bool]]) -> None:
    world = World()
    for seconds, seen, did in history:
        world.take(seconds, seen, did=did)
        holds(world)


@pytest.mark.req("T6")
@given(HISTORIES)
def test_after_any_history_health_that_lasts_ends_everything(
    history: list[tuple[int, list[Diagnosis], bool]],
) -> None:
    world = World()
    for seconds, seen, did in history:
        world.take(seconds, seen, did=did)
    healthy = [diagnosis(Class.HEALTHY), diagnosis(Class.HEALTHY, vendor="hubspot")]
    world.at = max(world.at, *(r.at for r in world.runs), *(i.opened_at for i in world.incidents), START)
    for _ in range(16):
        world.take(60, healthy, did=False)

    assert [i.stage for i in world.incidents] == [Stage.RESOLVED] * len(world.incidents)
