"""The desk dies before and after each of its calls, and the next run makes up for it.

A story of a whole incident is run once without a death; then once for each call and each side of it. However it died: one
first message, each step told once, one page for each thing that is worth one, and the same incident at the end.
"""

from collections import Counter

import pytest

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage, Step
from tests.integration.incidents.rig import Death, Rig, rigged
from triage.incidents.runs import Measure

STORY = "ooo" + "OOO" + "hhhhhhhh" + "hh"
"""Capitals are of severity P1."""

READS = ("get_item", "query", "batch_get_item", "find", "channel_id")

PARTS = 3
"""So that they can run beside one another."""

BREAKS, MENDS = 1, 5
"""Runs before which Slack goes down, and comes back, in the story without Slack."""


class Line:
    """A Slack that goes down and comes back, as the story wants."""

    def __init__(self, rig: Rig, *, fails: bool) -> None:
        self._rig, self._fails = rig, fails

    def before(self, run: int) -> None:
        if self._fails and run == BREAKS:
            self._rig.break_slack()
        if self._fails and run == MENDS:
            self._rig.slack.clear_faults()


def live(rig: Rig, *, fails: bool) -> int:
    """Live the story; returns how many runs died."""
    line, deaths = Line(rig, fails=fails), 0
    paused = Measure("pause-1", "notion", Class.OUTAGE, rig.clock.now(), "the lane was paused")
    for number, letter in enumerate(STORY):
        line.before(number)
        severity = Severity.P1 if letter.isupper() else Severity.P2
        start = rig.clock.now()
        try:
            # What was done is reported by two runs, as a mitigation that stands is.
            rig.run(letter.lower(), severity=severity, did=[paused] if number in (3, 4) else [])
        except Death:
            deaths += 1
            rig.clock.sleep(60 - (rig.clock.now() - start).total_seconds())
    return deaths


def told(rig: Rig) -> Counter[str]:
    """How often each line of news stands in the thread, without its time."""
    lines = (line for reply in rig.replies() for line in reply.split("\n") if line.startswith("• "))
    return Counter(line.split(" UTC ", 1)[-1] for line in lines)


def assert_well(rig: Rig, *, fails: bool) -> Incident:
    """What holds however it died."""
    incident = rig.store.load("notion-20261121-1")
    assert incident is not None
    assert [i.id for i in rig.store.latest()] == [incident.id]
    assert (incident.stage, incident.severity) == (Stage.RESOLVED, Severity.P1)
    steps = Counter(m.step for m in incident.timeline)
    assert steps[Step.OPENED] == steps[Step.RESOLVED] == steps[Step.RESTORED] == steps[Step.MITIGATION] == 1
    assert rig.store.live() == []
    (first,) = rig.messages()
    assert first["text"].startswith("✅ *P1 · Notion: vendor outage*")
    assert incident.posted == f"{first['channel']}/{first['ts']}"
    lines = told(rig)
    assert max(lines.values()) == 1
    assert sum("resolved after" in line for line in lines) == 1
    assert len(rig.pager.pages) == len(set(rig.pager.subjects))
    if not fails:
        assert rig.pager.pages == []
    return incident


def calls(*, fails: bool) -> list[str]:
    """The calls of the story without a death."""
    with rigged() as rig:
        assert live(rig, fails=fails) == 0
        assert_well(rig, fails=fails)
        if fails:
            assert len(rig.pager.pages) == 3  # there is one, it is graver, it is over
        return rig.gate.names


def deaths(names: list[str]) -> list[tuple[str, int, bool]]:
    """Every death of the story that differs from the others: the call's name, its number, whether it dies after it.

    Before a call is after the one before it, and a call that only reads leaves nothing behind. So: after each that writes,
    and before the first of all.
    """
    after = [(name, number, True) for number, name in enumerate(names, 1) if name not in READS]
    return [(names[0], 1, False), *after]


@pytest.mark.req("T6")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("fails", [False, True], ids=["with Slack", "without Slack for a while"])
def test_however_the_desk_dies_nothing_is_doubled_and_no_step_is_lost(fails: bool, part: int) -> None:
    every = deaths(calls(fails=fails))
    assert {"put_item", "transact_write_items", "post", "edit", "delete_item"} <= {name for name, *_ in every}
    assert not fails or "publish" in {name for name, *_ in every}
    for name, number, after in every[part::PARTS]:
        with rigged() as rig:
            rig.gate.dies_at, rig.gate.after = number, after
            died = live(rig, fails=fails)
            case = f"{'after' if after else 'before'} call {number}, {name}"
            assert died == 1, case
            if name == "publish":
                # A page that was sent and not noted can't be looked for: the setting says to send it again, unless
                # there is graver news by then.
                assert len(rig.pager.pages) - len(set(rig.pager.subjects)) <= 1, case
                rig.pager.pages = list(dict.fromkeys(rig.pager.pages))
            try:
                assert_well(rig, fails=fails)
            except AssertionError as error:
                raise AssertionError(f"died {case}") from error
