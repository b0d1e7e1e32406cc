"""Plays a drill and grades it: how soon, what it was called, how often people were told, and what was left behind."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from steward.incidents.incident import Incident, Stage
from tests.gameday.drills import Drill
from tests.gameday.field import Field

QUIET = 3
"""Rounds before anything goes wrong."""

AFTER = 40
"""Rounds in which everything has to be well again."""

PARTS = ("## Summary", "## Timeline", "root cause", "Events delayed", "Data loss", "## Action items")
"""What a post-mortem has to have."""


@dataclass(slots=True)
class Score:
    """What came of a drill.

    Attributes:
        name: of the drill.
        detected: rounds until an incident was open, or None.
        called: what it was called in the end.
        incidents: how many there were of the vendor.
        threads: messages that are no part of another's thread.
        replies: messages in threads.
        pages: to on-call, past Slack.
        false_resumes: how often the lane went on while the trouble lasted.
        drained: whether everything was told in the end.
        over: rounds after the healing until it was resolved, or None.
        misses: what was not as it has to be.
    """

    name: str
    detected: int | None = None
    called: str = ""
    incidents: int = 0
    threads: int = 0
    replies: int = 0
    pages: int = 0
    false_resumes: int = 0
    drained: bool = False
    over: int | None = None
    misses: list[str] = field(default_factory=list)


def play(drill: Drill, on: Field) -> Score:
    """Play a drill on a field that nothing has happened to yet."""
    score = Score(drill.name)
    for _ in range(QUIET):
        on.round()
    if on.incidents:
        score.misses.append(f"an incident before anything happened: {on.incidents[0].says}")
    on.trouble = True
    drill.strike(on)
    more = on.rounds_of(drill.tries)
    for number in range(1, drill.lasts + more + 1):
        on.round()
        if score.detected is None and _of(drill, on):
            score.detected = number
    drill.heal(on)
    on.trouble = False
    for number in range(1, AFTER + 1):
        on.round()
        found = _of(drill, on)
        if score.over is None and found and all(i.stage is Stage.RESOLVED for i in found):
            score.over = number
            break
    on.rest(told=not drill.refuses)
    _grade(score, drill, on, drill.within + more)
    return score


def _of(drill: Drill, on: Field) -> list[Incident]:
    return [incident for incident in on.incidents if incident.vendor == drill.vendor]


def _grade(score: Score, drill: Drill, on: Field, within: int) -> None:
    found = _of(drill, on)
    score.called = str(found[0].cls) if found else "nothing"
    score.incidents = len(on.incidents)
    messages = on.messages()
    score.threads = sum(1 for m in messages if m.get("thread_ts") in (None, m["ts"]))
    score.replies = len(messages) - score.threads
    score.pages = on.pages()
    score.false_resumes = on.false_resumes
    score.drained = on.drained()
    score.misses += _misses(score, drill, within)
    for incident in found:
        drafts = on.post_mortems(incident.id)
        text = drafts[-1].text if drafts else ""
        score.misses += [
            f"no {part!r} in the post-mortem" for part in PARTS if part.lower() not in text.lower()
        ]


def _misses(score: Score, drill: Drill, within: int) -> Iterator[str]:
    if score.detected is None or score.detected > within:
        yield f"detected after {score.detected}, not within {within} rounds"
    if score.called not in map(str, drill.classes):
        yield f"called {score.called}, not {drill.classes[0]}"
    if score.incidents != 1:
        yield f"{score.incidents} incidents"
    if score.threads > 1:
        yield f"{score.threads} threads"
    if drill.telling == "slack" and (score.threads, score.pages) != (1, 0):
        yield f"told by {score.threads} threads and {score.pages} pages"
    if drill.telling == "page" and not score.pages:
        yield "nobody was paged"
    if drill.holds and score.false_resumes:
        yield f"{score.false_resumes} false resumes"
    if not score.drained and not drill.refuses:
        yield "not everybody was told in the end"
    if score.over is None:
        yield "never resolved"
