"""One line that says who we are connected as, or what is wrong.

Needs NOTION_TOKEN or HUBSPOT_ACCESS_TOKEN and nothing else. Exit status 0 when all that have a token know us, 1 when one does
not, 2 without any token.
"""

import json
import sys
from dataclasses import replace

from infra.operate.text import printable
from infra.operate.vendor_access import Surroundings, asker_of, chosen
from steward.errors import Failure
from triage.findings import Finding, Probe, Verdict
from triage.looks import TERMINAL, at_vendor
from triage.round import look
from triage.vendors.vendor import Vendor

_HINTS = {
    Failure.UNAUTHORIZED: "the token is not accepted; if it stays so, it was revoked or is another's",
    Failure.BLOCKED: "the vendor blocks this connection; only its support lifts that",
    Failure.RATE_LIMITED: "too many requests; wait, and try again",
    Failure.WORKSPACE_LIMITED: "the workspace makes too many requests; wait, and try again",
    Failure.UNAVAILABLE: "the vendor is in trouble; run `triage`",
    Failure.UNREACHABLE: "the vendor can't be reached from here; run `triage`",
    Failure.FORBIDDEN: "the token is known, but may not ask who it is",
}


def run(name: str, surroundings: Surroundings, *, as_json: bool = False) -> int:
    """Ask who we are, print one line, and give the exit status."""
    vendors = chosen(name, surroundings.environ)
    looks, asked = [], list[Vendor]()
    for vendor in vendors:
        asker = asker_of(replace(vendor, finds=(), latency=None, capabilities=()), surroundings)
        if asker is not None:
            asked.append(vendor)
            looks.append(at_vendor(asker, dict, patience=TERMINAL))
    if not asked:
        variables = " or ".join(vendor.token_variable for vendor in vendors)
        print(f"doctor: no token to ask with: put one into {variables}", file=sys.stderr)
        return 2
    found = look(looks, now=surroundings.now, clock=surroundings.clock)
    auth = {finding.vendor: finding for finding in found if finding.probe is Probe.AUTH}
    if as_json:
        shown = [
            {"vendor": f.vendor, "state": "ok" if f.verdict is Verdict.GOOD else "fault", "says": f.says}
            for f in auth.values()
        ]
        print(json.dumps({"at": surroundings.now().isoformat(), "lines": shown}))
        return int(any(f.verdict is not Verdict.GOOD for f in auth.values()))
    wrong = [vendor for vendor in asked if auth[vendor.name].verdict is not Verdict.GOOD]
    if wrong:
        print("; ".join(printable(_wrong(vendor, auth[vendor.name])) for vendor in wrong))
        return 1
    people = [auth[vendor.name].says.removeprefix("connected as ") for vendor in asked]
    if len(asked) > 1:
        people = [f"{who} ({vendor.title})" for who, vendor in zip(people, asked, strict=True)]
    print(printable(f"OK: connected as {' and '.join(people)}"))
    return 0


def _wrong(vendor: Vendor, finding: Finding) -> str:
    hint = _HINTS.get(finding.failure) if finding.failure else None
    again = f", {finding.times} times in a row" if finding.times > 1 else ""
    return f"{vendor.title}: {finding.says}{again}" + (f": {hint}" if hint else "")
