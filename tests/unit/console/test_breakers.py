"""Each breaker by its own name: none hides another, and what an operator holds is not called a breaker's doing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.breakers import LANE, MIRROR, Breaker, State, connections_in, read
from steward.lane_switch import MIRROR_REST, PAUSE, pause_document
from steward.pauses import Cause, Pause, Phase, rest_name
from tests.browser.material import MINUTE
from tests.browser.world import World, today

NOW = today()

pytestmark = pytest.mark.req("C3")


def rest(cause: Cause = Cause.VENDOR, phase: Phase = Phase.PAUSED) -> Pause:
    return Pause(phase, cause, "503", NOW - 9 * MINUTE, 1, None, NOW - MINUTE)


@pytest.mark.parametrize(
    ("record", "state", "ago"),
    [
        (Pause(), State.CLOSED, None),
        (rest(), State.OPEN, 9),
        (rest(Cause.TOKEN), State.OPEN, 9),
        (rest(Cause.OPERATOR), State.PAUSED, 9),
        (rest(phase=Phase.RESUMING), State.CLOSING, 1),
        (rest(phase=Phase.RUNNING), State.CLOSED, 1),
    ],
)
def test_a_breaker_says_how_it_stands_and_since_when(record: Pause, state: State, ago: int | None) -> None:
    one = Breaker("it", record)

    assert one.state is state
    assert one.since == (None if ago is None else NOW - ago * MINUTE)


def test_the_lane_a_further_connection_and_the_mirror_are_told_apart_while_all_rest() -> None:
    world = World(NOW)
    world.memory.swap(PAUSE, pause_document(rest(Cause.OPERATOR)), 1)
    for name in (MIRROR_REST, rest_name("partner")):
        world.memory.remember(name, pause_document(rest()))

    found = read(world.memory, ("partner", "agency"))

    shown = [(one.title, one.state) for one in (found.lane, *found.others, found.mirror)]
    assert shown == [
        (LANE, State.PAUSED),
        ("Notion, partner", State.OPEN),
        ("Notion, agency", State.CLOSED),
        (MIRROR, State.OPEN),
    ]
    standing = found.standing(timedelta(minutes=3))
    assert (standing.pause.cause, standing.resting, standing.oldest) == (Cause.OPERATOR, 2, 3 * MINUTE)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[[connection]]\nname = "partner"\n[[connection]]\nname = "agency"\n', ("partner", "agency")),
        ("[people]\n", ()),
        ("connection = 3", ()),
        ("[[connection]]\nnome = 1", ()),
        ("[[[", ()),
        (b"\xff\xfe", ()),
    ],
)
def test_further_connections_are_those_of_the_rules_file_and_none_of_a_broken_one(
    tmp_path: Path, text: Any, names: tuple[str, ...]
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_bytes(text if isinstance(text, bytes) else text.encode())

    assert connections_in(rules) == names
    assert connections_in(tmp_path / "none.toml") == ()
