"""A finding of the triage's probes, as a line with its remedy. Pure."""

from infra.operate.doctor.line import Line, State
from triage.findings import Finding, Probe, Verdict

SOFT = frozenset({Probe.LATENCY, Probe.QUOTA})
"""Probes whose bad verdict stops nothing."""

REMEDIES = {
    Probe.AUTH: "run `triage {vendor}`; if the token was revoked, `rotate notion|hubspot`",
    Probe.CAPABILITIES: "in the connection's settings, Capabilities: tick it",
    Probe.SHARED: "in Notion, open the database, then its menu, Connections: add the connection",
    Probe.SCHEMA: "run `rules check --live`; it says the line that mends it",
    Probe.LATENCY: "run `triage {vendor}`",
    Probe.QUOTA: "look who else spends it",
    Probe.WEBHOOKS: "in the connection's settings, Webhooks: resume the subscription; if it is gone, `subscribe`",
}


def line_of(check: str, finding: Finding) -> Line:
    """The line that a finding comes to."""
    if finding.verdict is Verdict.GOOD:
        return Line(check, State.OK, finding.says)
    remedy = REMEDIES.get(finding.probe, "run `triage {vendor}`").format(vendor=finding.vendor)
    if finding.verdict is Verdict.BAD:
        return Line(check, State.WARNING if finding.probe in SOFT else State.FAULT, finding.says, remedy)
    # Not found out: because the vendor would not say, or because the call went wrong.
    if finding.failure is None:
        return Line(check, State.UNCHECKED, finding.says)
    return Line(check, State.WARNING, finding.says, f"run `triage {finding.vendor}`")
