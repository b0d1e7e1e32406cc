"""The automation that acts on a new page (A4): assign it, categorise it, welcome it."""

from typing import Annotated, Literal

from pydantic import Field

from steward.rules.notices import Automation
from steward.rules.values import Name, People, Slug, Strict, Switch, Text, TitlePattern, Values, Where


class Condition(Strict):
    """Which pages are meant; without any condition, all.

    Attributes:
        title: a pattern that fits the title, see ``steward.rules.title_pattern``.
        where: role → values that the page has.
    """

    title: TitlePattern | None = None
    where: Where = Field(default_factory=dict)


class Assign(Strict):
    """Who gets a new page that nobody is assigned to.

    Attributes:
        by: the role whose value decides.
        people: value of that role → the person or people who get it.
        round_robin: these people take turns, for pages on which ``people`` does not decide.
    """

    by: Slug | None = None
    people: dict[Name, Annotated[People, Field(min_length=1)]] = Field(default_factory=dict)
    round_robin: People = ()


class Category(Condition):
    """Values that a fitting page gets.

    Attributes:
        values: ``set`` in the file: role → an option; a list of options for a multi-select.
        overwrite: also replace a value that the page was created with; a status is always replaced.
    """

    values: dict[Slug, Values] = Field(alias="set", min_length=1)
    overwrite: Switch = False


class Welcome(Condition):
    """A comment that a fitting page gets.

    Attributes:
        text: what the comment says.
    """

    text: Text


class OnCreationRule(Automation):
    """Act on a page that was just created (A4).

    Attributes:
        kind: which automation it is.
        assign: who gets it.
        categorise: every fitting one is applied; the first one to set a role wins.
        welcome: the first fitting one is written.
    """

    kind: Literal["on_creation"]
    assign: Assign | None = None
    categorise: tuple[Category, ...] = ()
    welcome: tuple[Welcome, ...] = ()
