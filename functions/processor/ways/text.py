"""By the text of a linked page in the mirror, read block by block (A9): only while nothing more important is to be done.

To write a text again changes nothing, and a text that was read earlier never takes the place of a later one. So whether a
reading that was begun came to its end is asked of the text that is there, and is not worth much: the worst is to read again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.connections import Connections
from processor.page_blocks import read_blocks
from processor.spare import Spare
from processor.text_watch import text_rule
from processor.ways.way import Found, Instead, Prepared
from steward.effects import Effect, Status
from steward.errors import CallFailed, Failure
from steward.mirror import page_texts
from steward.mirror.block_text import text_of
from steward.mirror.connection import Transactions
from steward.mirror.page_texts import PageText
from steward.outcomes import Row, Then
from steward.rules import Rules
from steward.snapshots import Snapshot
from steward.state import State

LOOK, PUT = "postgres.find_text", "postgres.put_text"

MOST_CALLS = 20
"""For one page: its text is cut where more would be needed. Most pages take one."""

AGAIN = timedelta(minutes=1)
"""Until it is tried again whether there is time for it."""

UNLINKED = timedelta(hours=1)
"""How long a text waits for the row of its page, where the rule makes one."""


class TextWay:
    """See ``Way``."""

    def __init__(
        self,
        database: Transactions,
        *,
        rules: Rules,
        state: State,
        connections: Connections,
        spare: Spare,
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            database: where texts are kept.
            rules: the rules file.
            state: what is known of pages.
            connections: Notion.
            spare: whether there is time and budget.
            now: our clock.
        """
        self._database = database
        self._rules = rules
        self._state = state
        self._connections = connections
        self._spare = spare
        self._now = now

    def prepare(self, effect: Effect) -> Prepared:
        """Whether the text is wanted, there is time for it, and the database is there; costs no call to Notion."""
        rule = text_rule(self._rules.source_of(effect.source_id))
        if rule is None:
            raise Instead(Status.CANCELLED, "no rule keeps its text any more")
        snapshot = self._known(effect)
        if snapshot is not None and snapshot.gone:
            raise Instead(Status.LAPSED, "its page is gone")
        why = self._spare.why_not()
        if why is not None:
            raise self._later(why)
        self._most(effect)
        if not self._database.run(LOOK, lambda t: page_texts.is_linked(t, effect.page_id)):
            if rule.auto_link and self._now() < effect.planned_at + UNLINKED:
                raise self._later("its row is still to be made")
            raise Instead(Status.CANCELLED, "no row is linked to the page")
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; when the text was seen, as ISO-8601."""
        effect = prepared.effect
        notion = self._connections.of_id(effect.source_id)
        begun = self._now()
        try:
            read = read_blocks(effect.page_id, notion.children, self._most(effect))
        except CallFailed as failure:
            if failure.failure is Failure.NOT_FOUND:
                raise Instead(Status.LAPSED, "its page is gone") from failure
            raise
        shown = text_of(read.blocks, cut=read.cut)
        snapshot = self._known(effect)
        text = PageText(
            effect.page_id,
            snapshot.title if snapshot else "",
            shown.body,
            read.observed_at or begun,
            max(filter(None, [read.edited_at, snapshot.edited_at if snapshot else None]), default=None),
            shown.truncated,
        )
        self._database.run(PUT, lambda t: page_texts.put(t, text))
        return text.observed_at.isoformat()

    def look(self, effect: Effect) -> Found:
        """By the text that is there: one that was read since the effect was started is this one's, or as good."""
        seen = self._database.run(LOOK, lambda t: page_texts.observed_at(t, effect.page_id))
        # Notion's clock tells whole seconds.
        done = seen and effect.started_at and seen >= effect.started_at.replace(microsecond=0)
        return Found(seen.isoformat() if seen and done else None)

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``: whatever can wait does so beside the lane, which has better things to do."""
        return Then.EFFECT_WAITS if row.writing is Then.WAIT else row.writing

    def sending(self, row: Row) -> Then:
        """See ``Way.sending``; as ``looking``."""
        return self.looking(row)

    def otherwise(self, effect: Effect) -> str | None:
        """None."""
        del effect
        return None

    def _known(self, effect: Effect) -> Snapshot | None:
        return self._state.snapshots([effect.page_id]).get(effect.page_id)

    def _most(self, effect: Effect) -> int:
        """The calls that may be made now.

        Raises:
            Instead: none.
        """
        most = self._spare.calls(self._connections.name_of(effect.source_id), MOST_CALLS)
        if most < 1:
            raise self._later("the request budget is needed")
        return most

    def _later(self, why: str) -> Instead:
        return Instead(Status.PLANNED, why, self._now() + AGAIN)
