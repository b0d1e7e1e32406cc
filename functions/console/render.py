"""Pages from templates: everything that is not markup of our own is escaped, and nothing in it steers the reader's eye.

What strangers wrote, a title, a name, an option, loses its control and format characters before it is escaped, wherever
it stands: one that turns the direction of writing would also turn what stands beside it. Half of a surrogate pair
becomes a question mark, because no page could be sent with it. A name that a template uses and nobody gave is an error.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from console import said, shipped
from console.event_address import part_of
from console.event_lines import KINDS
from console.headline import PAUSED
from console.wish import Outcome
from steward.unicode import plain_lines

TEMPLATES = Path(__file__).parent / "templates"

LONGEST = 100_000
"""Characters of one text that a page shows: more than any that the tables hold."""

OUTCOMES = {
    Outcome.DONE: "Done",
    Outcome.WAITING: "Under way",
    Outcome.FAILED: "Failed",
    Outcome.PARKED: "Parked",
    Outcome.QUIET: "Nothing to do",
}
"""How outcomes are written."""


def page(name: str, **values: Any) -> str:
    """A page of HTML.

    Args:
        name: ``login``, ``dashboard``, ``event``, ``incident``, ``status`` or ``problem``.
        values: what its template says at its top that it takes.
    """
    return _environment().get_template(f"{name}.html").render(**values)


def shown(value: object) -> object:
    """What a template puts out, without what would steer the reader's eye; markup of our own is as it is."""
    return plain_lines(value, LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "span": said.span,
        "latency": said.latency,
        "number": said.number,
        "stamp": said.stamp,
        "whole": said.whole,
        "clock": said.clock,
        "ago": said.ago,
        "part": part_of,
    }
    made.globals |= {"asset": shipped.address, "OUTCOMES": OUTCOMES, "PAUSED": PAUSED, "KINDS": KINDS}
    return made
