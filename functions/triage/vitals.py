"""What every look of the triage tells the alarms: gauges, so that an alarm sees the state and not only its changes.

A state that an alarm hears is told at each look, the good one as 0: an alarm that hears nothing could not tell "all is
well" from "nobody looks". Who hears nothing at all is told by the heartbeat's own alarm. What no alarm hears is told where
there is any: a metric is paid for by the hours in which it is sent.
"""

from collections.abc import Iterable
from datetime import datetime

from steward import telemetry
from steward.incidents.classes import Severity
from steward.incidents.incident import Incident
from steward.pauses import Cause, Pause


def tell_rest(count: telemetry.Count, pause: Pause, now: datetime) -> None:
    """Tell how long the lane has rested, and whether it does for trouble: an operator's rest is nobody's outage."""
    rested = (now - pause.since).total_seconds() if pause.holds and pause.since else 0.0
    count(telemetry.LANE_REST_SECONDS, max(rested, 0.0))
    count(telemetry.BREAKER_OPEN, 1 if pause.holds and pause.cause is not Cause.OPERATOR else 0)


def tell_incidents(count: telemetry.Count, incidents: Iterable[Incident]) -> None:
    """Tell of each severity how many incidents are not resolved, where there are any."""
    unresolved = [incident.severity for incident in incidents if incident.is_open]
    for severity in Severity:
        if severity in unresolved:
            count(telemetry.OPEN_INCIDENTS, unresolved.count(severity), severity=severity.name)
