"""By a comment on the page, which mentions whom it is for and carries the effect's reference."""

from processor.connections import Connections
from processor.ways.way import Found, NotionWay, Prepared, lapse_if_gone
from processor.wording import comment_body, find_comment
from steward.effects import Effect
from steward.errors import CallFailed


class CommentWay(NotionWay):
    """See ``Way``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def prepare(self, effect: Effect) -> Prepared:
        """Nothing: Notion shows the name of whom it mentions."""
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the comment's id."""
        effect = prepared.effect
        notion = self._connections.of_id(effect.source_id)
        try:
            answer = notion.create_comment(effect.page_id, comment_body(effect))
        except CallFailed as failure:
            lapse_if_gone(notion, effect.page_id, failure)
            raise
        return str(answer.body["id"])

    def look(self, effect: Effect) -> Found:
        """Among the comments that are not resolved: Notion lists no others."""
        notion = self._connections.of_id(effect.source_id)
        return Found(find_comment(notion.comments(effect.page_id), effect))
