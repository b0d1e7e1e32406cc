"""Every page that the console shows, by what is known where it is wanted: here the routes meet the templates.

Escaped by MarkupSafe: what strangers wrote is text.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from console.sources import Sources
from steward.explanation_text import lines
from steward.incidents.incident import Incident

_FRAME = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · Steward</title></head>'
    "<body><h1>{title}</h1>{body}</body></html>"
)
_TEXT = Markup("<pre>{}</pre>")
_FORM = Markup(
    '<p>{message}</p><form method="post" action="/dashboard/login"><label for="token">Console token</label>'
    '<input id="token" name="token" type="password" required><button>Log in</button></form>'
)
UNSET = "No console token is set; `python -m infra.operate rotate console` makes one."


def login(*, message: str | None, token_set: bool) -> str:
    """The form; ``message`` says what went wrong."""
    said = " ".join(text for text in (message, None if token_set else UNSET) if text)
    return _FRAME.format(title="Log in", body=_FORM.format(message=said))


def dashboard(sources: Sources, query: Mapping[str, str]) -> str:
    """The dashboard, of which the query string says what to leave out."""
    del query
    day = sources.now().strftime("%Y-%m-%d")
    rows = [
        f"{row['finished_at']} {row['decision']} {row.get('title', '')}"
        for row in sources.journal.of_day(day)
    ]
    return _FRAME.format(title="Dashboard", body=_TEXT.format("\n".join(rows)))


def event(found: Mapping[str, Any], now: datetime) -> str:
    """An event, of its explanation."""
    del now
    return _FRAME.format(title="Event", body=_TEXT.format("\n".join(lines(found))))


def incident(sources: Sources, found: Incident) -> str:
    """An incident with its timeline."""
    title = f"{sources.settings.names.title(found.vendor)}: {found.cls}"
    told = [f"{moment.at:%Y-%m-%d %H:%M} UTC {moment.step}: {moment.says}" for moment in found.timeline]
    return _FRAME.format(title=title, body=_TEXT.format("\n".join(told)))


def status(told: Mapping[str, Any], now: datetime) -> str:
    """The public status, as ``status_text.document`` gives it."""
    del now
    return _FRAME.format(title=told["status"], body=_TEXT.format(json.dumps(told, indent=2)))


def problem(title: str, says: str) -> str:
    """That something is not to be had, and what to do."""
    return _FRAME.format(title=title, body=Markup("<p>{}</p>").format(says))


def asset(name: str) -> tuple[str, str] | None:
    """Media type and text of a file; these pages have none."""
    del name
    return None
