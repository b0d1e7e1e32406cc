"""The pulse as a document; what ``GET /health`` makes of it is in ``test_health``."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.pulse import (
    MINUTES,
    Lane,
    Lost,
    LostHour,
    Minute,
    Pulse,
    Sample,
    Service,
    ServiceState,
)

NOW = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
UP = Service(ServiceState.UP, NOW - timedelta(hours=1), "well", (Sample(NOW, True, 0.231),))


def pulse(succeeded: int = 100, failed: int = 0, **more: Any) -> Pulse:
    minutes = (Minute(NOW.replace(second=0), succeeded, failed),)
    return replace(Pulse(NOW, minutes, NOW, {"notion": UP, "slack": UP}, Lane(1, 0, 2.0), 0, Lost()), **more)


@pytest.mark.req("C1")
def test_a_pulse_comes_back_from_its_document_as_it_was() -> None:
    whole = pulse(
        services={
            "notion": replace(UP, samples=(Sample(NOW - timedelta(minutes=1), None, None), UP.samples[0]))
        },
        lane=Lane(3, 1, None),
        dead_letters=2,
        lost=Lost(2, 24, 90.0, (LostHour(NOW.replace(minute=0, second=0), 2, 90.0),)),
    )

    assert Pulse.of(json.loads(json.dumps(whole.document()))) == whole
    assert Pulse.of(json.loads(json.dumps(Pulse(NOW).document()))) == Pulse(NOW)


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "PULSE",
        {},
        {"at": "now"},
        {**pulse().document(), "at": "2026-11-21T12:00:00"},
        {**pulse().document(), "minutes": [[0, 1]]},
        {**pulse().document(), "minutes": [[10**18], [1], [1]]},
        {**pulse().document(), "minutes": [[0], [1, 1], [1]]},
        {**pulse().document(), "minutes": [[[0, 10**9]], [[1, 10**9]], [[1, 10**9]]]},
        {**pulse().document(), "services": {"notion": {"state": "fine"}}},
        {**pulse().document(), "lane": None},
        {**pulse().document(), "lost": [1]},
    ],
)
def test_what_is_old_or_broken_is_no_pulse_and_no_error(document: Any) -> None:
    assert Pulse.of(document) is None


@pytest.mark.req("C1", "O6")
def test_a_quiet_hour_of_two_services_is_one_unit_to_write() -> None:
    hour = [NOW - timedelta(minutes=n) for n in reversed(range(MINUTES))]
    timed = tuple(Sample(at, True, n % 40 / 1000) for n, at in enumerate(hour))
    quiet = tuple(Sample(at, None, None) for at in hour)
    services = {"notion": replace(UP, samples=timed), "slack": replace(UP, samples=quiet)}
    written = pulse(minutes=tuple(Minute(at, 0, 0) for at in hour), services=services)

    assert Pulse.of(written.document()) == written
    assert len(json.dumps(written.document(), separators=(",", ":"))) < 1024
