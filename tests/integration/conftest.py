"""Fixtures of the integration tests."""

import pytest

from steward import telemetry


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """Every value that is counted, by its metric."""
    found: dict[str, list[float]] = {}
    original = telemetry.Counter.__call__

    def count(self: telemetry.Counter, name: str, value: float = 1, /, **dimensions: str) -> None:
        found.setdefault(name, []).append(value)
        original(self, name, value, **dimensions)

    monkeypatch.setattr(telemetry.Counter, "__call__", count)
    return found
