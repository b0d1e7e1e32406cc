"""Which channels and which scopes of Slack a rules file needs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from steward.rules import DeadlineRule, PersonalNotice, Rules, StatusRule
from steward.rules.checks import named_channels


@dataclass(frozen=True, slots=True)
class Need:
    """A scope that is needed.

    Attributes:
        scope: by Slack's name.
        why: what does not work without it.
        vital: without it something that the rules ask for is not told at all.
    """

    scope: str
    why: str
    vital: bool = False


def channels_of(rules: Rules, incident: str = "") -> tuple[str, ...]:
    """Every channel that is written to: those of the rules, and that of incidents where it has one of its own."""
    named = [channel for _, channel in named_channels(rules) if channel is not None]
    return tuple(dict.fromkeys([*named, *([incident] if incident else [])]))


def needs_of(rules: Rules, channels: Sequence[str]) -> tuple[Need, ...]:
    """The scopes that are needed."""
    direct = _writes_directly(rules)
    needs = [
        Need("chat:write", "nothing can be posted", vital=True),
        Need("channels:history", "what may have been posted can't be looked for, and could come twice"),
        Need("users:read", "nobody is mentioned by their name in Slack"),
        Need("users:read.email", "nobody is found by their e-mail address", vital=direct),
    ]
    if any(name.startswith("#") for name in channels):
        needs.append(Need("channels:read", "a channel's id can't be found by its name"))
    if direct:
        needs.append(Need("im:write", "no direct message can be opened", vital=True))
        needs.append(Need("im:history", "a direct message that may have been sent can't be looked for"))
    return tuple(needs)


def _writes_directly(rules: Rules) -> bool:
    for source in rules.data_source:
        for rule in source.automation:
            if isinstance(rule, PersonalNotice | DeadlineRule) and rule.direct:
                return True
            if isinstance(rule, StatusRule) and rule.escalate is not None and rule.escalate.direct:
                return True
    return False
