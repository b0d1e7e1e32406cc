"""By a comment on the page, which mentions whom it is for and carries the effect's reference."""

from processor.connections import Connections
from processor.ways.way import Found, Names
from processor.wording import comment_body, find_comment
from steward.effects import Effect
from steward.outcomes import Row, Then


class CommentWay:
    """See ``Way``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def prepare(self, effect: Effect) -> Names:
        """Nothing: Notion shows the name of whom it mentions."""
        del effect
        return {}

    def send(self, effect: Effect, names: Names) -> str:
        """See ``Way.send``; the comment's id."""
        del names
        notion = self._connections.of_id(effect.source_id)
        return str(notion.create_comment(effect.page_id, comment_body(effect)).body["id"])

    def look(self, effect: Effect) -> Found:
        """Among the comments that are not resolved: Notion lists no others."""
        notion = self._connections.of_id(effect.source_id)
        return Found(find_comment(notion.comments(effect.page_id), effect))

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``."""
        return row.observing

    def sending(self, row: Row) -> Then:
        """See ``Way.sending``."""
        return row.writing

    def otherwise(self, effect: Effect) -> None:
        """None."""
        del effect
