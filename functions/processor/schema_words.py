"""What is said when the properties of a data source break automations, and when it is well again (A10). Pure."""

from collections.abc import Collection, Mapping, Sequence

from steward.schema_check import Break, Why
from steward.unicode import one_line
from steward.words import PageLink, Part, Text, Words

LISTED = 5
"""Breaks that are told at length; of any more the automations are named."""

_TEXT, _NAMES, _PROPOSAL = 200, 120, 120
"""Characters of each part of a break: with ``LISTED`` of them, less than what Slack takes in one section."""

_HOW = {
    Why.MISSING: " Make it anew, map another property, or take the automations out.",
    Why.TYPE: " Map another property, or take the automations out.",
    Why.OPTION: " Make it anew, or take it out of the rules file.",
    Why.UNREADABLE: "",
}
"""What helps where no name is near."""

_ALL = "rules check --live lists everything"


def broken(
    source: PageLink, new: Sequence[Break], mended: Collection[str], still: Collection[str]
) -> tuple[Part, ...]:
    """What breaks now.

    Args:
        source: the data source.
        new: what was not told yet, at least one.
        mended: automations that fit again, of which it was told that they break.
        still: automations of which that stays true.
    """
    rules = _rules(new)
    listed, more = new[:LISTED], _rules(new[LISTED:])
    parts: list[Part] = [
        Text(f"{_count(rules)} of "),
        source,
        Text(" break" + ("s:" if len(rules) == 1 else ":")),
    ]
    for one in listed:
        parts += _told(one)
    if more:
        parts.append(Text(f"\n• and also {_names(more)}; {_ALL}."))
    if mended:
        parts.append(Text(f"\nWell again: {_names(mended)}."))
    if still:
        parts.append(Text(f"\nStill broken, as told before: {_names(still)}."))
    return tuple(parts)


def mended(source: PageLink, rules: Collection[str], still: Collection[str]) -> Words:
    """What fits again, and of which automations it was told that they break."""
    again = Text(f" is well again for {_names(rules)}.")
    return (source, again, *([Text(f"\nStill broken: {_names(still)}.")] if still else []))


def in_short(breaks: Mapping[str, Sequence[str]]) -> str:
    """For the journal: how many automations break."""
    rules = {rule for names in breaks.values() for rule in names}
    return (
        f"{_count(rules)} break{'s' if len(rules) == 1 else ''}: {_names(rules)}"
        if rules
        else "everything fits"
    )


def _told(one: Break) -> list[Part]:
    what = Text(f"\n• {_names(one.rules)}: {one_line(one.text, _TEXT)}.")
    if one.proposal is None:
        return [what, Text(_HOW[one.why])] if _HOW[one.why] else [what]
    return [what, Text(" In the rules file write "), Text(one_line(one.proposal, _PROPOSAL), strong=True)]


def _rules(breaks: Sequence[Break]) -> list[str]:
    return list(dict.fromkeys(rule for one in breaks for rule in one.rules))


def _names(rules: Collection[str]) -> str:
    return one_line(", ".join(sorted(rules)), _NAMES)


def _count(rules: Collection[str]) -> str:
    return f"{len(rules)} automation" + ("" if len(rules) == 1 else "s")
