"""What is counted comes out as CloudWatch's embedded metric format, all of it."""

import json

import pytest

from steward import telemetry


@pytest.mark.parametrize("times", [1, 99, 100, 101, 250])
def test_whatever_is_counted_comes_out_once(capsys: pytest.CaptureFixture[str], times: int) -> None:
    count = telemetry.Counter()
    for number in range(times):
        count(telemetry.EFFECT_DONE)
        count(telemetry.UNSEEN_SECONDS, number)
        count(telemetry.EVENTS, decision="observed")
    count.flush()

    blobs = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(len(blob.get(name, [])) <= 100 for blob in blobs for name in ("EffectDone", "Events"))
    for name in ("EffectDone", "Events"):
        assert sum(sum(blob.get(name, [])) for blob in blobs) == times
    assert sorted(value for blob in blobs for value in blob.get("UnseenSeconds", [])) == list(range(times))
    assert {blob["decision"] for blob in blobs if "Events" in blob} == {"observed"}


def test_nothing_counted_is_nothing_written(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.Counter().flush()

    assert capsys.readouterr().out == ""
