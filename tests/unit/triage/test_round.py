"""A round: everything at once, and nothing that one look does can keep the others from being told of."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from triage.findings import Finding, Probe, Verdict
from triage.in_parallel import Job, TooLate, in_parallel
from triage.round import Look, look

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def good(vendor: str = "notion") -> Finding:
    return Finding(vendor, Probe.AUTH, Verdict.GOOD, NOW, "connected")


def raises() -> Sequence[Finding]:
    raise KeyError("ann@example.com")


@pytest.fixture
def never() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.req("T1")
def test_a_look_that_hangs_and_one_that_raises_are_unknown_and_the_others_are_told(
    never: threading.Event,
) -> None:
    def hangs() -> Sequence[Finding]:
        never.wait()
        return [good()]

    found = look(
        [
            Look("notion", Probe.STATUS_PAGE, hangs, seconds=0.05),
            Look("steward", Probe.LANE, raises),
            Look("notion", Probe.AUTH, lambda: [good()]),
            Look("hubspot", Probe.AUTH, list),
        ],
        now=lambda: NOW,
    )

    assert [(f.vendor, f.probe, f.verdict, f.says) for f in found] == [
        ("notion", Probe.STATUS_PAGE, Verdict.UNKNOWN, "no end after 0.05 s"),
        ("steward", Probe.LANE, Verdict.UNKNOWN, "the probe failed: KeyError"),
        ("notion", Probe.AUTH, Verdict.GOOD, "connected"),
        ("hubspot", Probe.AUTH, Verdict.UNKNOWN, "the probe found nothing"),
    ]


@pytest.mark.req("T1")
def test_a_round_ends_in_its_time_whatever_its_looks_ask_for(never: threading.Event) -> None:
    hangs = [Look("notion", Probe.AUTH, lambda: [good()] if never.wait() else [], seconds=1000.0)] * 3

    assert {f.says for f in look(hangs, now=lambda: NOW, seconds=0.05)} == {"no end after 0.05 s"}


@pytest.mark.req("T1")
def test_all_looks_run_at_once() -> None:
    meeting = threading.Barrier(8, timeout=10)  # breaks unless all eight are there at the same time

    def meets() -> Sequence[Finding]:
        meeting.wait()
        return [good()]

    found = look([Look("notion", Probe.AUTH, meets)] * 8, now=lambda: NOW)

    assert [f.verdict for f in found] == [Verdict.GOOD] * 8


def test_what_comes_too_late_is_not_taken_for_another_jobs_end(never: threading.Event) -> None:
    started, second = threading.Event(), threading.Event()

    def first() -> str:
        started.wait(10)
        second.wait(10)
        return "first"

    def other() -> str:
        started.set()
        never.wait(0.2)
        second.set()
        never.wait(0.2)
        return "other"

    ends = in_parallel([Job(first, 0.05), Job(other, 10)], 10, time.monotonic)

    assert isinstance(ends[0], TooLate)
    assert ends[1] == "other"


def test_of_nothing_comes_nothing() -> None:
    assert look([], now=lambda: NOW) == ()


@pytest.mark.req("T1", "O5")
def test_megabytes_and_secrets_that_a_vendor_repeats_are_not_kept() -> None:
    words = "HTML " * 1_000_000 + "\x1b[2J"
    huge = Finding("notion", Probe.STATUS_PAGE, Verdict.UNKNOWN, NOW, words, code=words, correlation_id=words)
    tokens = "ntn_0123456789abcdef", "pat-na1-00000000-1111-2222-3333-444444444444", "ann@example.com"
    told = Finding("hubspot", Probe.AUTH, Verdict.BAD, NOW, f"no: {' '.join(tokens)}", code=tokens[0])

    first, second = look([Look("notion", Probe.AUTH, lambda: [huge, told])], now=lambda: NOW)

    assert len(f"{first.says}{first.code}{first.correlation_id}") < 1300
    assert second.says == "no: [removed] [removed] [removed]"
    assert second.code == "[removed]"


def test_what_is_ordinary_is_kept_as_it_is() -> None:
    found = Finding(
        "notion", Probe.AUTH, Verdict.BAD, NOW, "401 unauthorized", code="unauthorized", correlation_id="7f-1"
    )

    assert look([Look("notion", Probe.AUTH, lambda: [found])], now=lambda: NOW) == (found,)
