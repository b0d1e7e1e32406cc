"""What holds for every test: no network but loopback, no real AWS, names for the functions' telemetry.

Tests run in several processes at once, each file in one of them; what the crash tests add up to comes together here, and so
does what the attacks measured.
``make test`` tries the same examples of what is generated every time, ``make fuzz`` twenty times as many new ones; how long
one takes is no test's business.
"""

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.crash.line import line
from tests.longest_first import longest_first

if TYPE_CHECKING:
    from infra.local.postgres import PostgresServer

EXAMPLES = 150

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=EXAMPLES)
settings.register_profile("deep", deadline=None, max_examples=20 * EXAMPLES, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up credentials, so that nothing real is ever reached by mistake."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_SERVICE_NAME": "tests",
        "POWERTOOLS_METRICS_NAMESPACE": "Steward",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Every connection that is not to this machine is refused with its address."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        original(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """A real PostgreSQL, one for each process of tests that asks for it, with the mirror's tables in ``mirror``."""
    from infra.local.postgres import PostgresServer  # noqa: PLC0415 - most processes of tests need none
    from steward.mirror.migrate import migrate  # noqa: PLC0415 - the same
    from tests.mirror import database_at  # noqa: PLC0415 - the same

    with PostgresServer() as server:
        database = database_at(server.create("mirror"))
        migrate(database, {})
        database.close()
        yield server


_NUMBERS = itertools.count(1)


@pytest.fixture
def empty_dsn(postgres: "PostgresServer") -> Iterator[str]:
    """How a database is reached that holds nothing and is this test's own."""
    name = f"empty{next(_NUMBERS)}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def mirror_dsn(postgres: "PostgresServer") -> Iterator[str]:
    """How a database is reached that holds the mirror's empty tables and is this test's own."""
    name = f"mirror{next(_NUMBERS)}"
    yield postgres.create(name, "mirror")
    postgres.drop(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest; the order within a module stays."""
    here = Path(__file__).parent
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path.relative_to(here).as_posix(), []).append(item)
    items[:] = [item for module in longest_first(list(modules)) for item in modules[module]]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what the crash tests add up to, and what the attacks measured, wherever they ran."""
    sums: dict[str, list[int]] = {}
    said: list[str] = []
    # What a test was told to keep is whole when it is taken down, and a report of that is in no category of its own.
    reports = (
        r for found in terminalreporter.stats.values() for r in found if getattr(r, "when", "") == "teardown"
    )
    for report in reports:
        said += [text for name, text in report.user_properties if name == "says"]
        for _, (module, *figures) in (p for p in report.user_properties if p[0] == "crash"):
            sums[module] = [a + b for a, b in zip(sums.get(module, [0] * 5), figures, strict=True)]
    for module, figures in sorted(sums.items()):
        terminalreporter.write_line(f"{module}: {line(*figures)}")
    for text in sorted(said):
        terminalreporter.write_line(text)
