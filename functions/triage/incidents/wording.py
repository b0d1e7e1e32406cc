"""The words by which an incident is told in Slack and by page. Pure.

What diagnoses, vendors and operators wrote is escaped; what is told in Slack keeps Block Kit's limits, see
``steward.mrkdwn``. Nothing here changes from minute to minute by itself, so an unchanged incident is an unchanged message.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from steward.incidents.incident import Incident, Moment, Stage, Step, printed_by
from steward.incidents.names import Names
from steward.incidents.told import REMIND
from steward.mrkdwn import Message, escape, link, one_message
from steward.unicode import one_line

SAYS_LIMIT, NOTE_LIMIT = 600, 400
"""Characters of a diagnosis and of a note that a message shows."""

SUBJECT_LIMIT = 99
"""Characters of a subject: SNS documents "less than 100", of ASCII without line breaks and control characters."""

NEWS_SHOWN = 20
"""Lines of news in one message; an outage of Slack may have made more."""

_LIGHT = {True: "\U0001f6a8", False: "✅"}

_DARK = "⚪"
"""In place of a light: nobody looks."""

_STAGES = {
    Stage.INVESTIGATING: "Investigating",
    Stage.MITIGATING: "Mitigating",
    Stage.MONITORING: "Monitoring",
    Stage.RESOLVED: "Resolved",
    Stage.CLOSED: "Closed, not known to be over",
}


def first(incident: Incident, names: Names, now: datetime, *, threaded: bool) -> Message:
    """The first message, or a whole one where there are no threads: how the incident stands."""
    status = f"{_STAGES[incident.stage]} since {clock(_since(incident))}"
    if incident.acknowledged_by:
        status += f" · {escape(incident.acknowledged_by, 60)} takes care of it"
    if incident.silenced_until is not None and incident.is_open and incident.silent(now):
        status += f" · silenced until {clock(incident.silenced_until)}"
    lines = [
        f"{_head(incident, names)} · `{escape(incident.id)}`",
        f"*Status:* {status}",
        f"*Impact:* {_impact(incident)}",
        f"*Root cause:* {escape(incident.says, SAYS_LIMIT) or escape(str(incident.cls))}",
        f"*Action:* {_action(incident)}",
        f"*ETA:* {_eta(incident)}",
    ]
    board = [link(names.dashboard_url, "Dashboard")] if names.dashboard_url else []
    thread = ["Updates are in the thread"] if threaded else []
    return one_message([*lines, *([" · ".join(board + thread)] if board or thread else [])])


def update(incident: Incident, news: Iterable[Moment], names: Names) -> Message:
    """A message for the thread: what happened since the last one, or that it goes on."""
    lines = [
        f"*{incident.severity.name} · {_STAGES[incident.stage]}* · {escape(names.title(incident.vendor))}"
    ]
    told = [f"• {clock(m.at)} {_line(m)}" for m in news]
    if len(told) > NEWS_SHOWN:
        lines.append(f"• {len(told) - NEWS_SHOWN} earlier steps are in the timeline")
    lines += told[-NEWS_SHOWN:] or [f"• still {incident.stage}: {escape(incident.says, SAYS_LIMIT)}"]
    if incident.stage in (Stage.INVESTIGATING, Stage.MITIGATING):
        lines.append(f"*Impact:* {_impact(incident)}")
    if incident.is_open:
        lines.append(f"*ETA:* {_eta(incident)}")
    else:
        lines.append(f"Draft of the post-mortem: `{escape(printed_by(incident.id))}`")
    return one_message(lines)


def page(incident: Incident, names: Names) -> tuple[str, str]:
    """Subject and text of a page."""
    head = f"{incident.severity.name} {names.title(incident.vendor)}: {incident.cls}"
    lines = [
        f"{head} ({_STAGES[incident.stage]}, {incident.id})",
        f"Since: {clock(incident.opened_at)}",
        f"Impact: {'; '.join(incident.impact) or 'not measured'}",
        f"Cause: {one_line(incident.says, SAYS_LIMIT)}",
        f"Action: {', then '.join(incident.do) or 'none is known'}",
    ]
    if incident.is_open:
        lines.append("It is told here because Slack does not take it, or may not.")
    return subject(f"[{incident.stage.upper()}] {head} ({incident.id})"), "\n".join(
        [*lines, *([names.dashboard_url] if names.dashboard_url else [])]
    )


def subject(text: str) -> str:
    """A text as a subject of SNS: ASCII on one line, not too long, begun with a letter, number or mark."""
    plain = unicodedata.normalize("NFKD", one_line(text)).encode("ascii", "ignore").decode()
    return " ".join(plain.split())[:SUBJECT_LIMIT].rstrip() or "Incident"


def clock(at: datetime) -> str:
    """A time for people everywhere: ``2026-11-21 12:05 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _head(incident: Incident, names: Names) -> str:
    what = f"{names.title(incident.vendor)}: {incident.cls}"
    light = _DARK if incident.stage is Stage.CLOSED else _LIGHT[incident.is_open]
    return f"{light} *{incident.severity.name} · {escape(what)}*"


def _since(incident: Incident) -> datetime:
    if incident.resolved_at is not None:
        return incident.resolved_at
    stages = [m.at for m in incident.timeline if m.step is Step.STAGE]
    return stages[-1] if stages else incident.opened_at


def _impact(incident: Incident) -> str:
    return escape(" · ".join(incident.impact)) or "not measured yet"


def _action(incident: Incident) -> str:
    done = [m for m in incident.timeline if m.step is Step.MITIGATION]
    parts = [escape(done[-1].says, NOTE_LIMIT)] if done else []
    if incident.do and incident.stage in (Stage.INVESTIGATING, Stage.MITIGATING):
        parts.append("next: " + escape(", then ".join(incident.do)))
    return " · ".join(parts) or ("looking" if incident.stage is Stage.INVESTIGATING else "none was needed")


def _eta(incident: Incident) -> str:
    if incident.stage is Stage.CLOSED:
        return "nobody looks any more"
    if not incident.is_open:
        return "over"
    if incident.stage is Stage.MONITORING:
        return "monitoring"
    told = f"about {clock(incident.eta)}, as the vendor says" if incident.eta else "not known"
    return f"{told} · next update by {clock(incident.updated_at + REMIND)}"


def _line(moment: Moment) -> str:
    by = "" if moment.by == "steward" else f"{escape(moment.by, 60)}: "
    said = escape(moment.says, NOTE_LIMIT)
    # These say it themselves.
    return (
        f"{by}{said}"
        if moment.step in (Step.STAGE, Step.SEVERITY, Step.CLOSED)
        else f"{moment.step}: {by}{said}"
    )
