"""Whatever happens between writing and reading, the text that is kept becomes the page's, in few calls."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from steward.mirror.database import Database
from steward.state import State
from tests.integration.mirror.writing import WRITTEN, link, read, texts, wait, writing
from tests.integration.stand import Death, Stand

STEPS = 12


class Fate:
    """Lets environments die before or after what they do."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.deaths = 0
        self.strikes = False

    def over(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            drawn = self.dice.random() if self.strikes else 1.0
            self.deaths += drawn < 0.2
            if drawn < 0.1:
                raise Death
            done = original(*arguments, **more)
            if drawn < 0.2:
                raise Death
            return done

        return call


@pytest.mark.req("A9", "P3")
@pytest.mark.parametrize("seed", range(8))
def test_writing_with_duplicates_delays_faults_and_deaths_ends_in_the_pages_text(
    mirror_dsn: str, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = Random(seed)
    fate, lines, sent, refused = Fate(dice), list[str](), list[dict[str, Any]](), 0
    with writing(tmp_path, mirror_dsn) as stand:
        task = stand.demo.tasks["Review the contract"]
        link(database, task)
        for owner, name in ((State, "advance"), (Database, "run")):
            monkeypatch.setattr(owner, name, fate.over(getattr(owner, name)))
        fate.strikes = True
        for step in range(STEPS):
            write(stand, task, lines, sent, [f"{step}: {dice.random()}" for _ in range(dice.randint(0, 3))])
            stand.clock.sleep(dice.choice([1, 30]))
            for payload in dice.sample(sent, min(len(sent), 3)) + sent[-3:]:  # again, late, in any order
                stand.send(task, **payload | {"attempt_number": dice.randint(1, 8)})
            times = dice.choice([0, 0, 0, 1, 4])
            if times:
                stand.notion.add_fault(faults.answer(503), match={"path": "/children"}, times=times)
            refused += times
            stand.work()
            wait(stand, dice.choice([20, 60, 200, 700]))
        fate.strikes = False
        stand.notion.clear_faults()
        for _ in range(6):
            wait(stand, 1000)

        assert texts(database)[task]["body"] == "\n".join(lines)
        assert read(stand) <= STEPS + refused + fate.deaths


def write(stand: Stand, task: str, lines: list[str], sent: list[dict[str, Any]], more: list[str]) -> None:
    """Write lines, each with its event, which is not sent yet."""
    for line in more:
        stand.notion.append_text(task, line)
        lines.append(line)
        sent.append(stand.payload(task, type=WRITTEN, data=stand.payload(task)["data"]))
