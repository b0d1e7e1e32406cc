"""The environment dies at every point where it talks to the world, before and after: nobody is told twice or not at all.

The points are found by running the event once and numbering every call to AWS, Notion and Slack; a new call in the
processor is covered without a change here.
"""

from collections.abc import Callable
from typing import Any, Self

import pytest
import requests
from slack_sdk import WebClient

from tests.integration.stand import Death, Stand, standing


class Saboteur:
    """Numbers every external call, and dies before or after the n-th."""

    def __init__(self, at: int | None = None, *, after: bool = False) -> None:
        self._at, self._after = at, after
        self.calls: list[str] = []

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls.append(name)
        fatal = len(self.calls) == self._at
        if fatal and not self._after:
            raise Death(name)
        answer = call()
        if fatal:
            raise Death(name)
        return answer

    def around(self, target: Any, prefix: str) -> Any:
        return _Watched(target, prefix, self)


class _Watched:
    """An AWS client or table whose every method call is numbered."""

    def __init__(self, target: Any, prefix: str, saboteur: Saboteur) -> None:
        self._target, self._prefix, self._saboteur = target, prefix, saboteur

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name == "meta":
            return _Watched(found, self._prefix, self._saboteur)
        if name == "client":
            return _Watched(found, self._prefix, self._saboteur)
        if not callable(found) or name.startswith("_"):
            return found
        return lambda *args, **kwargs: self._saboteur(
            f"{self._prefix}.{name}", lambda: found(*args, **kwargs)
        )


@pytest.fixture
def sabotage(monkeypatch: pytest.MonkeyPatch) -> Callable[[Stand, Saboteur], None]:
    """Puts a saboteur between a stand's processor and everything outside."""
    original_send, original_slack = requests.Session.send, WebClient.api_call

    def arrange(stand: Stand, saboteur: Saboteur) -> None:
        def send(self: requests.Session, request: Any, **kwargs: Any) -> Any:
            return saboteur(
                f"http {request.method} {request.path_url}", lambda: original_send(self, request, **kwargs)
            )

        def api_call(self: WebClient, method: str, **kwargs: Any) -> Any:
            return saboteur(f"slack {method}", lambda: original_slack(self, method, **kwargs))

        monkeypatch.setattr(requests.Session, "send", send)
        monkeypatch.setattr(WebClient, "api_call", api_call)
        stand.aws.sqs = saboteur.around(stand.sqs, "sqs")
        stand.aws.secrets = saboteur.around(stand.secrets, "secrets")
        stand.aws.wrap = lambda table: saboteur.around(table, table.name)
        stand.restart()

    return arrange


class World:
    """One page, two people assigned, one event; and what people see of it afterwards."""

    def __enter__(self) -> Self:
        self._standing = standing()
        self.stand = self._standing.__enter__()
        self.page = self.stand.demo.tasks["Review the contract"]
        # A first event teaches the channel's id, as in a system that has been running.
        other = self.stand.demo.tasks["Café menu & prices"]
        self.stand.assign(other, self.stand.demo.chloe)
        self.stand.send(other)
        self.stand.work()
        self.stand.clock.sleep(60)
        self.stand.assign(self.page, self.stand.demo.ann, self.stand.demo.ben)
        return self

    def __exit__(self, *exit_: object) -> None:
        self._standing.__exit__(None, None, None)

    def run(self) -> None:
        self.event = self.stand.send(self.page)
        self.stand.work()

    def told(self) -> tuple[list[str], list[str]]:
        comments = sorted(text.split(",")[0] for text in self.stand.comments(self.page))
        messages = sorted(text for text in self.stand.messages() if "Review" in text)
        return comments, [m.split("*")[1] for m in messages]


def _points(sabotage: Callable[[Stand, Saboteur], None]) -> list[str]:
    with World() as world:
        scout = Saboteur()
        sabotage(world.stand, scout)
        world.run()
        assert world.told() == (["@Ann", "@Ben"], ["Ann", "Ben"])
        return scout.calls


@pytest.mark.req("P3")
def test_death_at_every_external_call_loses_nothing_and_tells_nobody_twice(
    sabotage: Callable[[Stand, Saboteur], None], capsys: pytest.CaptureFixture[str]
) -> None:
    points = _points(sabotage)
    wrong: list[tuple[object, ...]] = []
    for number in range(1, len(points) + 1):
        for after in (False, True):
            with World() as world:
                sabotage(world.stand, Saboteur(number, after=after))
                world.run()
                if world.told() != (["@Ann", "@Ben"], ["Ann", "Ben"]) or world.stand.dead_letters():
                    wrong.append((points[number - 1], "after" if after else "before", world.told()))
                elif world.stand.journal(world.event["id"])["decision"] == "parked":
                    wrong.append((points[number - 1], "after" if after else "before", "parked"))

    with capsys.disabled():
        print(f"\n{len(points)} crash points, {2 * len(points)} runs, {len(wrong)} wrong")
    assert len(points) > 15
    assert wrong == []
