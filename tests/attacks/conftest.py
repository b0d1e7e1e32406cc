"""One stack for all attacks of a file: its functions are watched, and their clock can be turned."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local.simulators.notion import seed_demo
from infra.local.stack import LocalStack
from tests.attacks.site import Site

pytest.register_assert_rewrite("tests.attacks.aftermath", "tests.attacks.rotation")

HERE = Path(__file__).parent

SECRETS = ("SigningSecret", "PendingSigningSecret", "NotionSecret", "SlackSecret", "ConsoleSecret")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("attacks")
    record, ahead = folder / "record.jsonl", folder / "ahead"
    record.touch()
    ahead.write_text("0")
    stack = LocalStack(
        environ={},
        rules=HERE / "rules.toml",
        parameters={"LaneVisibilitySeconds": "30"},
        variables={"ATTACK_RECORD": str(record), "ATTACK_AHEAD": str(ahead)},
        beside=(HERE / "recorder",),
    )
    with stack as running:
        assert running.notion is not None
        assert running.slack is not None
        made = Site(running, running.notion, running.slack, seed_demo(running.notion), record, ahead)
        made.secrets |= {name: made.secret(name) for name in SECRETS}
        yield made


@pytest.fixture
def says(
    record_property: Callable[[str, object], None], request: pytest.FixtureRequest
) -> Callable[[str], None]:
    """Says a figure that a person is to see after a green run, too; ``tests/conftest.py`` prints it in the end."""
    return lambda line: record_property("says", f"{request.path.name}: {line}")
