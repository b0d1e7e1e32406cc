"""A busy hour against Notion's real limit: nothing lost, nobody told twice, nothing stale, no 429."""

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.integration.stand import Stand, standing

PAGES, EVENTS, DUPLICATES = 20, 200, 0.2


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(item in rest for item in part)


def play(stand: Stand, random: Random) -> dict[str, list[str]]:
    """Reassign tasks at random while the processor works; returns who was assigned to each page, in order."""
    people = [stand.demo.ann, stand.demo.ben, stand.demo.chloe]
    pages = stand.add_tasks(PAGES)
    history: dict[str, list[str]] = {page: [] for page in pages}
    sent: list[dict[str, Any]] = []
    for _ in range(EVENTS):
        page = random.choice(pages)
        person = random.choice([p for p in people if p not in history[page][-1:]])
        history[page].append(person)
        stand.assign(page, person)
        sent.append(stand.payload(page))
        if random.random() < DUPLICATES:
            sent.append({**random.choice(sent), "attempt_number": 2})
        stand.clock.sleep(random.uniform(0, 0.4))
        # What is on its way arrives in any order.
        random.shuffle(sent)
        while len(sent) > 8:
            assert stand.deliver(json.dumps(sent.pop()).encode()) == 200
        for _ in range(random.randrange(3)):
            stand.step()
    for payload in sent:
        assert stand.deliver(json.dumps(payload).encode()) == 200
    stand.work()
    stand.gather()
    return history


@pytest.mark.req("P1", "P2", "P3", "P5")
@pytest.mark.parametrize("seed", [1])
def test_200_events_over_20_pages_with_duplicates_and_the_real_limit(seed: int) -> None:
    with standing(quick=True) as stand:
        history = play(stand, Random(seed))

        messages = Counter(text.split("|")[1].rstrip(">") for text in stand.notices())
        for number, (page, assigned) in enumerate(history.items()):
            told = stand.told(page)
            references = [text.split("ref ")[1] for text in stand.comments(page)]
            assert told[-1:] == assigned[-1:], "the last assignment was lost"
            assert len(set(references)) == len(references), "somebody was told twice"
            assert is_subsequence(told, assigned), "somebody was told what was not true"
            # A message that waited to be gathered is not sent when it is no longer true.
            assert 1 <= messages[f"Task {number}"] <= len(told)
        assert stand.notion.counters()["rate_limited"] == {}
        assert stand.dead_letters() == []
