"""By a comment on the page, which mentions whom it is for and carries the effect's reference."""

from processor.ways.way import Found, NotionWay, Prepared
from processor.wording import comment_body, find_comment
from steward.clients.notion import NotionClient
from steward.effects import Effect


class CommentWay(NotionWay):
    """See ``Way``."""

    def __init__(self, notion: NotionClient) -> None:
        self._notion = notion

    def prepare(self, effect: Effect) -> Prepared:
        """Nothing: Notion shows the name of whom it mentions."""
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the comment's id."""
        effect = prepared.effect
        return str(self._notion.create_comment(effect.page_id, comment_body(effect)).body["id"])

    def look(self, effect: Effect) -> Found:
        """Among the comments that are not resolved: Notion lists no others."""
        return Found(find_comment(self._notion.comments(effect.page_id), effect))
