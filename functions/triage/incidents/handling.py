"""What an operator does with an incident: take care of it, silence it, write something down. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.incidents.incident import Incident, Step
from steward.unicode import one_line
from triage.incidents.moments import moment, with_moments
from triage.incidents.runs import NAME_LIMIT
from triage.incidents.wording import clock

NOTE_LIMIT = 1000
"""Characters of a note."""

LONGEST = timedelta(days=7)
"""A longer silence is a forgotten one."""

Change = Callable[[Incident], Incident]


@dataclass(eq=False)
class NotDone(Exception):
    """Nothing was changed; ``why`` is for the operator."""

    why: str


def acknowledge(by: str, now: datetime, *, take_over: bool) -> Change:
    """Somebody takes care of it.

    Args:
        by: who.
        now: our clock.
        take_over: also when somebody else does already.

    Returns:
        A change that raises ``NotDone`` when it is over, or when it is taken care of already.
    """

    def change(incident: Incident) -> Incident:
        name = _name(by)
        _must_be_open(incident)
        if incident.acknowledged_by == name:
            raise NotDone(f"{name} takes care of {incident.id} already")
        if incident.acknowledged_by and not take_over:
            raise NotDone(
                f"{incident.acknowledged_by} takes care of {incident.id} already; with --take-over you do from now on"
            )
        says = f"{name} takes care of it" + (
            f", and {incident.acknowledged_by} no more" if incident.acknowledged_by else ""
        )
        after = replace(incident, acknowledged_by=name)
        return with_moments(after, moment(incident.id, now, Step.ACKNOWLEDGED, says, name))

    return change


def silence(by: str, now: datetime, span: timedelta) -> Change:
    """Nobody is told anything for a while; of no time ends a silence.

    Returns:
        A change that raises ``NotDone`` when it is over, or when the time is not usable.
    """

    def change(incident: Incident) -> Incident:
        name = _name(by)
        _must_be_open(incident)
        if not timedelta(0) <= span <= LONGEST:
            raise NotDone(f"an incident can be silenced for at most {LONGEST.days} days; 0 ends its silence")
        if not span:
            if not incident.silent(now):
                raise NotDone(f"{incident.id} is not silenced")
            after = replace(incident, silenced_until=None)
            return with_moments(after, moment(incident.id, now, Step.SILENCED, "no longer silenced", name))
        after = replace(incident, silenced_until=now + span)
        says = f"silenced until {clock(now + span)}"
        return with_moments(after, moment(incident.id, now, Step.SILENCED, says, name))

    return change


def note(by: str, now: datetime, text: str) -> Change:
    """Write something down, also when it is over: the post-mortem wants it.

    Returns:
        A change that raises ``NotDone`` when the text is empty or too long.
    """

    def change(incident: Incident) -> Incident:
        said = one_line(text)
        if not said:
            raise NotDone("the note is empty")
        if len(said) > NOTE_LIMIT:
            raise NotDone(f"the note has {len(said)} characters; {NOTE_LIMIT} are kept")
        return with_moments(incident, moment(incident.id, now, Step.NOTE, said, _name(by)))

    return change


def _must_be_open(incident: Incident) -> None:
    if not incident.is_open:
        ended = f" at {clock(incident.resolved_at)}" if incident.resolved_at else ""
        raise NotDone(f"{incident.id} was {incident.stage}{ended}; only a note can be added")


def _name(by: str) -> str:
    name = one_line(by, NAME_LIMIT)
    if not name:
        raise NotDone("say who you are: --by NAME")
    return name
