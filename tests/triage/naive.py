"""Two decision trees as runbooks and tutorials publish them, to compare with. Pure.

Both take the first match. ``page_first`` believes the status page before anything else and takes a page that can't be read
for an outage; ``shell`` is the order of the usual curl script: status, 401, 429, 000, else.
"""

from collections.abc import Iterator, Sequence

from steward.errors import Failure
from steward.incidents.classes import Advice, Class
from triage.findings import Finding, Probe, Verdict

Answer = tuple[Class, tuple[Advice, ...]]

_ADVICE: dict[Class, tuple[Advice, ...]] = {
    Class.HEALTHY: (),
    Class.OUTAGE: (Advice.WAIT,),
    Class.TOKEN: (Advice.ROTATE_TOKEN,),
    Class.CAPABILITY: (Advice.GRANT_CAPABILITY,),
    Class.LIMITED: (Advice.SLOW_DOWN,),
    Class.NETWORK: (Advice.CHECK_NETWORK,),
    Class.UNSHARED: (Advice.SHARE_AGAIN,),
    Class.SCHEMA: (Advice.FIX_RULES,),
    # "Check the application's logs, and deploy again."
    Class.BUG: (Advice.FIX_CODE, Advice.RESTART),
}

_BY_STATUS = {
    400: Class.SCHEMA,
    401: Class.TOKEN,
    403: Class.CAPABILITY,
    404: Class.UNSHARED,
    429: Class.LIMITED,
}


def page_first(vendor: str, findings: Sequence[Finding]) -> Answer:
    """The status page decides; then the first answer that is no success."""
    for page in _of(vendor, findings, Probe.STATUS_PAGE):
        if page.verdict is not Verdict.GOOD:
            return _answer(Class.OUTAGE)
    for finding in findings:
        if finding.verdict is Verdict.BAD and finding.probe is not Probe.STATUS_PAGE:
            return _answer(_meaning(finding))
    return _answer(Class.HEALTHY)


def shell(vendor: str, findings: Sequence[Finding]) -> Answer:
    """The status page where it says something, then the HTTP status of one request: 401, 429, 000, else the logs."""
    if any(page.verdict is Verdict.BAD for page in _of(vendor, findings, Probe.STATUS_PAGE)):
        return _answer(Class.OUTAGE)
    asked = next(_of(vendor, findings, Probe.AUTH), None) or next(_of(vendor, findings, Probe.LATENCY), None)
    if asked is None:
        return _answer(Class.BUG)
    if asked.status in (401, 429):
        return _answer(_BY_STATUS[asked.status])
    if asked.failure is Failure.UNREACHABLE:
        return _answer(Class.NETWORK)
    return _answer(Class.HEALTHY if asked.verdict is Verdict.GOOD else Class.BUG)


def _of(vendor: str, findings: Sequence[Finding], probe: Probe) -> Iterator[Finding]:
    return (finding for finding in findings if finding.vendor == vendor and finding.probe is probe)


def _meaning(finding: Finding) -> Class:
    if finding.status is not None and finding.status >= 500:
        return Class.OUTAGE
    if finding.failure is Failure.UNREACHABLE:
        return Class.NETWORK
    return _BY_STATUS.get(finding.status or 0, Class.BUG)


def _answer(cls: Class) -> Answer:
    return cls, _ADVICE[cls]
