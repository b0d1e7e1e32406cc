"""What is to be done after an incident, by what was wrong and by what was left undone. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from steward.incidents.classes import Class
from triage.post_mortem.facts import Facts, Found
from triage.post_mortem.queries import Query, Selection


class Owner(StrEnum):
    """Who does it, as a role: a name is for the meeting."""

    ON_CALL = "on-call engineer"
    MAINTAINER = "Steward's maintainers"
    WORKSPACE = "administrator of the workspace"
    ACCOUNT = "owner of the vendor's account"
    NETWORK = "network and cloud team"


@dataclass(frozen=True, slots=True)
class Action:
    """One action item.

    Attributes:
        priority: 1 to 3; 1 is not to wait.
        what: what is to be done.
        owner: who does it.
        days: due so many days after the incident was resolved.
    """

    priority: int
    what: str
    owner: Owner
    days: int


BY_CLASS: Mapping[Class, tuple[Action, ...]] = {
    Class.OUTAGE: (
        Action(
            2, "Compare the vendor's own report with the timeline, and add its link here", Owner.ON_CALL, 7
        ),
        Action(
            3,
            "Decide whether the time to detect and the texts to the team were good enough",
            Owner.ON_CALL,
            14,
        ),
    ),
    Class.DEGRADED: (
        Action(2, "Ask the vendor's support with the request ids below", Owner.ACCOUNT, 3),
        Action(3, "Check the threshold from which answers count as slow", Owner.MAINTAINER, 14),
    ),
    Class.TOKEN: (
        Action(1, "Find out who or what revoked the token, and whether it was leaked", Owner.WORKSPACE, 1),
        Action(
            2,
            "Write down who owns the connection, so that its owner's leaving does not revoke it",
            Owner.WORKSPACE,
            7,
        ),
        Action(3, "Practise the rotation", Owner.ON_CALL, 14),
    ),
    Class.CAPABILITY: (
        Action(1, "Grant the missing capability, or take the rules out that need it", Owner.WORKSPACE, 1),
        Action(3, "Find out who changed the connection's capabilities", Owner.WORKSPACE, 7),
    ),
    Class.LIMITED: (
        Action(2, "Compare RequestsPerMinute with the plan's limit", Owner.ON_CALL, 3),
        Action(
            3,
            "Find out what spent the calls: a bulk edit, a sweep, another user of the token",
            Owner.MAINTAINER,
            7,
        ),
    ),
    Class.WORKSPACE_LIMITED: (
        Action(2, "Find the other connections of the workspace that spend its limit", Owner.WORKSPACE, 7),
    ),
    Class.QUOTA: (
        Action(
            2,
            "Compare the daily quota with what is spent on a day, and buy more or ask less",
            Owner.ACCOUNT,
            7,
        ),
    ),
    Class.BLOCKED: (
        Action(1, "Get the reason of the block from the vendor's support, in writing", Owner.ACCOUNT, 1),
        Action(
            2, "Take away what provoked it before the connection goes on at full speed", Owner.MAINTAINER, 3
        ),
    ),
    Class.NETWORK: (
        Action(2, "Find out what changed in DNS, certificates or routes", Owner.NETWORK, 3),
        Action(3, "Watch the way out by a probe of its own", Owner.NETWORK, 14),
    ),
    Class.UNSHARED: (
        Action(1, "Share it again, or take it out of the rules file", Owner.WORKSPACE, 1),
        Action(3, "Tell those who may move pages what the connection needs", Owner.WORKSPACE, 14),
    ),
    Class.SCHEMA: (
        Action(1, "Adapt the rules file, or take the change of the properties back", Owner.ON_CALL, 1),
        Action(3, "Tell those who may change properties which ones the rules need", Owner.WORKSPACE, 14),
    ),
    Class.SUBSCRIPTION: (
        Action(1, "Make sure that the subscription is active and delivers", Owner.WORKSPACE, 1),
        Action(2, "Find out which deliveries were refused, and why", Owner.MAINTAINER, 3),
    ),
    Class.BUG: (
        Action(1, "Write the test that fails, then fix the bug", Owner.MAINTAINER, 2),
        Action(2, "Find out why no test had it", Owner.MAINTAINER, 7),
    ),
    Class.UNKNOWN: (
        Action(
            2,
            "Find the cause, or say what would have to be measured to find it next time",
            Owner.MAINTAINER,
            7,
        ),
    ),
}
"""For every class that can be an incident; a healthy vendor is none."""

_LEFT: Mapping[Selection, Action] = {
    Selection.PARKED: Action(1, "Redrive the parked events, or say why not: `dlq list`", Owner.ON_CALL, 1),
    Selection.FAILED: Action(1, "Do by hand what was refused for good, or say why not", Owner.ON_CALL, 2),
    Selection.SKIPPED: Action(
        2, "Look up what nobody can tell, and repeat what is missing", Owner.ON_CALL, 2
    ),
    Selection.MISSED: Action(2, "Find out why these webhooks did not arrive", Owner.MAINTAINER, 7),
    Selection.OPEN: Action(
        2, "Make sure that what was still open is told by now: `explain`", Owner.ON_CALL, 1
    ),
}

UNACKNOWLEDGED = Action(2, "Find out why nobody acknowledged the incident", Owner.ON_CALL, 7)


def left_undone(facts: Facts) -> Iterator[tuple[Action, Found]]:
    """What the facts ask for, each with what asks for it."""
    found = {
        Selection.PARKED: facts.parked,
        Selection.FAILED: facts.operations[Query(Selection.FAILED)],
        Selection.SKIPPED: facts.operations[Query(Selection.SKIPPED)],
        Selection.MISSED: facts.missed,
        Selection.OPEN: facts.operations[Query(Selection.OPEN)],
    }
    for selection, action in _LEFT.items():
        if found[selection].count:
            yield action, found[selection]
