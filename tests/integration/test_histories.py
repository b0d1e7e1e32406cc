"""Whatever happens to a few pages, everybody is told exactly once of what was true, and then there is peace (P3, P6, P7).

Every kind of automation is in the rules file. A history is a random list of edits, deliveries that come twice, late, in
another order or never, ticks, mornings and deaths; see ``histories``. ``make fuzz`` plays many more.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from processor import drafted, plan, settle
from processor.edits import Edits
from processor.reconcile import Reconciler
from processor.reminding import Reminding
from processor.ways.comment import CommentWay
from steward.snapshots import Snapshot
from tests.integration.histories import World, watched
from tests.integration.history_steps import HISTORIES, Step, rules
from tests.integration.stand import standing
from tests.integration.told_model import Broken, Model

DEEP = settings.get_current_profile_name() == "deep"
EXAMPLES = 300 if DEEP else 10


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
    owed = [key for key, row in _rows(world).items() if row["status"] in ("planned", "started")]
    if owed:
        raise Broken(f"still owed: {owed}")
    if dead := world.stand.dead_letters():
        raise Broken(f"dead letters: {dead}")


def _peace(world: World) -> None:
    rows, writes = _rows(world), _writes(world)
    world.rest()
    moved = {key: row for key, row in _rows(world).items() if row != rows.get(key)}
    if moved or _writes(world) != writes:
        raise Broken(f"no peace: {moved}, {_writes(world) - writes} writes")


def _rows(world: World) -> dict[str, dict[str, Any]]:
    """What Steward remembers of pages and digests: by key, what changes of it."""
    schema = (f"PAGE#{world.stand.demo.data_source_id}", "SNAPSHOT")  # looked at by the hour
    items = world.stand.dynamodb.Table(world.stand.environ["STATE_TABLE"]).scan()["Items"]
    return {
        f"{i['pk']} {i['sk']}": {"status": i.get("status"), "version": i.get("version")}
        for i in items
        if i["pk"].startswith("PAGE#") and (i["pk"], i["sk"]) != schema
    }


def _writes(world: World) -> int:
    """How many times Steward wrote to anybody."""
    notion = [r for r in world.stand.notion.requests() if r["method"] != "GET" and "/query" not in r["path"]]
    return len(notion) + sum(len(world.stand.messages(channel)) for channel in ("#tasks", "#team"))


@pytest.mark.req("A1", "A2", "A3", "A4", "A5", "A13", "P3", "P5", "P6", "P7")
@pytest.mark.timeout(1800)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not DEEP,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORIES)
def test_everybody_is_told_once_of_what_is_true_and_then_there_is_peace(
    tmp_path: Path, history: list[Step]
) -> None:
    check(tmp_path, history)


ANN, BEN = [0], [1]


def _always(value: object) -> Callable[..., object]:
    return lambda *_, **__: value


FAULTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], list[Step], str]] = {}


def fault(*history: Step, match: str) -> Callable[[Callable[[pytest.MonkeyPatch], None]], None]:
    """Register a fault of Steward's, a history that shows it, and what the model says of it."""

    def register(make: Callable[[pytest.MonkeyPatch], None]) -> None:
        FAULTS[make.__name__] = make, list(history), match

    return register


@fault(
    ("assign", 0, ANN, "now", 5),
    ("work", 0, None, "now", 0),
    ("status", 0, "Done", "now", 50),
    match="told twice",
)
def whoever_is_assigned_is_new_each_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plan, "_ids", _always(frozenset()))


@fault(("assign", 0, ANN, "now", 5), match="told twice")
def what_was_told_is_told_again(patch: pytest.MonkeyPatch) -> None:
    send = CommentWay.send
    patch.setattr(CommentWay, "send", lambda way, prepared: (send(way, prepared), send(way, prepared))[0])


@fault(
    ("assign", 0, ANN, "now", 5),
    ("work", 0, None, "now", 5),
    ("assign", 0, BEN, "now", 400),
    match="known as",
)
def every_event_counts_as_covered_and_the_sweep_finds_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Snapshot, "covers", _always(True))
    patch.setattr(Edits, "compare", _always(None))


@fault(
    ("assign", 0, ANN, "lost", 5),
    ("assign", 1, ANN, "lost", 5),
    ("tick", 0, "sweep", "now", 4000),
    ("assign", 1, BEN, "now", 0),
    ("work", 0, None, "now", 0),
    match="told twice, or not true",
)
def nothing_that_waits_stops_being_true(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drafted, "hold", _always(True))
    patch.setattr(settle, "hold", _always(True))


@fault(
    ("assign", 0, ANN, "now", 5), ("die", 5, None, "now", 0), ("work", 0, None, "now", 0), match="told twice"
)
def what_may_have_happened_is_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle.Settler, "_look_back", _always(None))


@fault(("due", 0, "2026-11-24", "now", 5), ("assign", 0, ANN, "now", 5), match="never reminded")
def nobody_is_reminded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reminding, "of_row", _always(None))


@fault(("assign", 0, ANN, "lost", 5), match="known as")
def what_was_lost_is_not_found(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reconciler, "differs", _always(False))


@pytest.mark.parametrize("name", FAULTS)
def test_the_model_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    make, history, match = FAULTS[name]
    make(monkeypatch)

    with pytest.raises(Broken, match=match):
        check(tmp_path, history)
