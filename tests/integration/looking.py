"""Asking one vendor as a round does, with time that stands still."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from steward.budget import Purse
from steward.clients.transport import plain_session
from triage.findings import Finding, Probe, Verdict
from triage.looks import Patience, at_vendor
from triage.probes.asking import Asker, OpenPurse
from triage.round import look
from triage.vendors.vendor import Vendor

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GOOD, BAD, UNKNOWN = Verdict.GOOD, Verdict.BAD, Verdict.UNKNOWN


def asker(vendor: Vendor, url: str, token: str, purse: Purse | None = None) -> Asker:
    return Asker(
        replace(vendor, base_url=url),
        session=plain_session,
        token=lambda _: token,
        purse=purse or OpenPurse(),
        now=lambda: NOW,
        clock=time.monotonic,
        sleep=lambda _: None,
    )


def asked(
    asks: Asker, settings: Mapping[str, str] | None = None, wanted: tuple[str, ...] = (), each: float = 5.0
) -> tuple[Finding, ...]:
    one = at_vendor(asks, lambda: settings or {}, wanted=wanted, patience=Patience(ask=each, asks=9.0))
    return look([one], now=lambda: NOW)


def shown(findings: tuple[Finding, ...], probe: Probe) -> list[tuple[Verdict, str | None]]:
    return [(f.verdict, str(f.failure) if f.failure else None) for f in findings if f.probe is probe]
