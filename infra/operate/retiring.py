"""Which tokens a rotation of the signing token retires: what is sure to be replaced, or what an operator names. Pure.

Each connection's subscription signs with a token of its own and all of them deliver to one address, so beside the new token
there may be some that nothing replaces. Dropping one refuses every delivery that it signs. The secret does not say whose a
token is, and ingest's log tells who delivers, not who is quiet; so only one that stands alone beside the new one, and has
signed nothing for a day, goes without being named.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

LATELY = timedelta(days=1)
"""Whoever signed a delivery since then may sign the next one: Notion repeats what it could not deliver for about a day."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do.

    Attributes:
        marks: fingerprints of the tokens that go.
        lines: why none goes, and what to do then; empty when some go, or when there are none.
    """

    marks: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def choice(others: Sequence[str], busy: Collection[str], named: str | None, *, at_once: bool) -> Choice:
    """Choose.

    Args:
        others: fingerprints of what is active beside the token that stays.
        busy: those of them that signed an accepted delivery lately.
        named: the one that the operator names, which is one of ``others``, or None.
        at_once: it leaked: whether it delivers is no matter.
    """
    if named is not None:
        stays = named in busy and not at_once
        return Choice(lines=(_delivers(named), *_NAMED)) if stays else Choice((named,))
    if len(others) > 1:
        return Choice(
            lines=(
                f"{len(others)} other tokens are accepted, and nobody knows which of them is replaced:",
                *(f"  {mark}  {'delivers' if mark in busy else 'silent for a day'}" for mark in others),
                "a further connection has a subscription and a token of its own; name the one to retire:",
                "  `rotate notion-signing --retire FINGERPRINT`, or keep them all: `rotate notion-signing --keep`",
            )
        )
    if others and others[0] in busy and not at_once:
        return Choice(lines=(_delivers(others[0]), *_ALONE))
    return Choice(tuple(others))


def _delivers(mark: str) -> str:
    return f"{mark} signed a delivery in the last day: without it the next one would be refused;"


_ALONE = (
    "is its subscription the old one, delete that in Notion and run again a day later;",
    "is it a further connection's, keep both: `rotate notion-signing --keep`",
)
_NAMED = ("delete its subscription in Notion and run again a day later; if it leaked, add --now",)
