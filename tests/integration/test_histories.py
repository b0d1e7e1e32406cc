"""Whatever happens to a few pages, everybody is told exactly once of what was true, and then there is peace (P3, P6, P7).

Every kind of automation is in the rules file. A history is a random list of edits, deliveries that come twice, late, in
another order or never, ticks, mornings and deaths; see ``histories``. ``make fuzz`` plays many more.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from processor.automations.change import Change
from tests.integration.histories import HISTORIES, Step, World, rules, watched
from tests.integration.stand import standing
from tests.integration.told_model import Broken, Model

EXAMPLES = 20


def check(folder: Path, history: list[Step]) -> None:
    """Play a history and hold what came of it against the model.

    Raises:
        Broken: a promise was broken.
    """
    with standing(quick=True, RULES_FILE=rules(folder)) as stand, watched(stand) as world:
        before = list(world.pages)
        world.begin()
        world.play(history)
        world.finish()
        model = Model(before, stand.demo.ben)
        model.follow(world.log)
        _at_the_end(world, model)
        _peace(world)


def _at_the_end(world: World, model: Model) -> None:
    for page in world.pages:
        facts, truth = model.facts(page), world.truth(page)
        if facts is None and truth.there:
            raise Broken(f"never seen: {page}")
        if facts is not None and (facts.there != truth.there or (truth.there and facts != truth)):
            raise Broken(f"known as {facts}, and is {truth}")
    if model.never_told():
        raise Broken(f"never told: {model.never_told()}")
    if reminders := list(model.never_reminded(world.stand.clock.now().date())):
        raise Broken(f"never reminded: {reminders}")
    twice = [name for name, times in Counter(world.reader.references).items() if times > 1]
    if twice:
        raise Broken(f"effects that happened twice: {twice}")
    owed = [key for key, row in world.rows().items() if row["status"] in ("planned", "started")]
    if owed:
        raise Broken(f"still owed: {owed}")
    if dead := world.stand.dead_letters():
        raise Broken(f"dead letters: {dead}")


def _peace(world: World) -> None:
    rows, writes = world.rows(), world.writes()
    world.rest()
    moved = {key: row for key, row in world.rows().items() if row != rows.get(key)}
    if moved or world.writes() != writes:
        raise Broken(f"no peace: {moved}, {world.writes() - writes} writes")


@pytest.mark.req("A1", "A2", "A3", "A4", "A5", "A13", "P3", "P5", "P6", "P7")
@pytest.mark.timeout(1800)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=HISTORIES)
def test_everybody_is_told_once_of_what_is_true_and_then_there_is_peace(
    tmp_path: Path, history: list[Step]
) -> None:
    check(tmp_path, history)
