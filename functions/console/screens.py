"""Every page that the console shows, by what is known where it is wanted: here the routes meet the templates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console import board, event_page, render, shipped, status_page
from console.sources import Sources
from console.wish import Wish
from steward.incidents.incident import Incident


def login(*, message: str | None, token_set: bool, to: str) -> str:
    """The form; ``message`` says what went wrong, ``to`` where it leads."""
    return render.page("login", message=message, token_set=token_set, to=to)


def dashboard(sources: Sources, wish: Wish) -> str:
    """The dashboard, with the events that are wished for."""
    return render.page("dashboard", board=board.read(sources, wish))


def event(found: Mapping[str, Any], now: datetime) -> str:
    """An event, of its explanation."""
    return render.page("event", **event_page.values(found, now))


def incident(sources: Sources, found: Incident) -> str:
    """An incident with its timeline, and its last post-mortem where there is one."""
    written = [] if found.is_open else sources.post_mortems.versions(found.id)
    return render.page(
        "incident",
        incident=found,
        names=sources.settings.names,
        at=sources.now(),
        post_mortem=written[-1].text if written else None,
    )


def status(told: Mapping[str, Any], now: datetime) -> str:
    """The public status, as ``status_text.document`` gives it."""
    return render.page("status", **status_page.values(told, now))


def problem(title: str, says: str) -> str:
    """That something is not to be had, and what to do."""
    return render.page("problem", title=title, says=says)


def asset(name: str) -> tuple[str, str] | None:
    """Media type and text of a file; None for one that there is not."""
    found = shipped.asset(name)
    return None if found is None else (found.content_type, found.text)
