"""What people are owed of an incident in Slack, from how it stands and what they were told. Pure.

With a bot token: the first message, then the thread, when something changed or nobody said anything for half an hour. By
incoming webhook: a whole message when there is an incident, when its cause is known, when it gets graver and when it is
over; nothing can be changed or threaded there, so less is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from steward.incidents.incident import Incident, Moment, Step
from steward.incidents.names import Names
from steward.incidents.told import FIXED, GRAVE, Telling, mark, marks, news, reminds
from steward.mrkdwn import Message
from triage.incidents.wording import first, update

NO_THREAD = "ok"
"""In place of a message's ``ts`` where the incoming webhook does not tell it."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A message.

    Attributes:
        way: first, whole or update.
        message: its words.
        tells: the marks of the moments that it tells.
        shows: the mark of a first message's words; "" for any other.
        thread: the ``ts`` of the message that it stands below, or None.
        at: when it is told.
    """

    way: str
    message: Message
    tells: frozenset[str]
    shows: str
    thread: str | None
    at: datetime


def thread_of(incident: Incident, *, threads: bool) -> str | None:
    """The ``ts`` of the first message where there is one to go on below, or None."""
    ts = (incident.posted or "").rpartition("/")[2]
    return ts if threads and ts and ts != NO_THREAD else None


def channel_of(incident: Incident) -> str:
    """Where the first message is; "" before it is posted."""
    return (incident.posted or "").rpartition("/")[0]


def owed(incident: Incident, telling: Telling, names: Names, now: datetime, *, threads: bool) -> Owed | None:
    """The message that people are owed now, or None.

    Args:
        incident: with its timeline.
        telling: what was told.
        names: for the words.
        now: when it would be told.
        threads: whether Slack can look, change and thread.
    """
    if incident.silent(now):
        return None
    everything = marks(incident.timeline)
    whole = standing(incident, names, now, at=now, threads=threads)
    if incident.posted is None:
        return Owed("first", whole, everything, mark(whole.text), None, now)
    untold, thread = news(incident, telling), thread_of(incident, threads=threads)
    if thread is None:
        grave = _is_grave(incident, telling, untold, now)
        return Owed("whole", whole, everything, "", None, now) if grave else None
    if not untold and not reminds(incident, now):
        return None
    said = update(replace(incident, updated_at=now), untold, names)
    return Owed("update", said, everything, "", thread, now)


def _is_grave(incident: Incident, telling: Telling, untold: Sequence[Moment], now: datetime) -> bool:
    """Whether news are worth another whole message; a cause that changes to and fro is so twice an hour only."""
    steps = {m.step for m in untold} & GRAVE
    named = any(m.step is Step.IDENTIFIED and mark(m.key) in telling.told for m in incident.timeline)
    return bool(steps - {Step.IDENTIFIED}) or (bool(steps) and (not named or reminds(incident, now)))


def standing(incident: Incident, names: Names, now: datetime, *, at: datetime, threads: bool) -> Message:
    """The first message as it has to be, when people were last told something ``at``."""
    return first(replace(incident, updated_at=at), names, now, threaded=threads)


def correction(incident: Incident, telling: Telling, names: Names, now: datetime) -> Message | None:
    """What the first message has to say instead; None when it says that, or can't be changed."""
    if thread_of(incident, threads=True) is None or telling.shown == FIXED:
        return None
    message = standing(incident, names, now, at=incident.updated_at, threads=True)
    return message if mark(message.text) != telling.shown else None
