"""A page's blocks as plain text, to be searched and read (A9). Pure.

What has words keeps them, in the order of the page: marked as people would in plain text, two spaces deeper for each
level. What has none but an address shows that; an upload shows its caption or name, because its address is signed and
ends within the hour. A type that is not known shows its name, and its words if it has any. A table of contents and a
breadcrumb repeat what stands elsewhere, and a page below is a page of its own: of that only the title is here.

Refused: trust in shapes. Whatever Notion sends gives a text, of ``MOST_BYTES`` at most.

Source: Notion's reference on block objects and rich text, version 2026-03-11.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from steward.mirror.rows import storable
from steward.page_links import address_of

MOST_BYTES = 128 * 1024
"""Of a text in UTF-8, some forty printed pages. A value of DSQL may have a mebibyte, and so may all words of one text in a
PostgreSQL search, which counts most of them several times: for their stems, for the parts of compounds."""

DEEPEST = 12
"""Levels that are shown; Notion's own editor has no more than a few."""

SEPARATE = frozenset({"child_page", "child_database"})
"""Blocks whose children are the text of another page."""

_HEADINGS = {"heading_1": "# ", "heading_2": "## ", "heading_3": "### ", "heading_4": "#### "}
_MARKS = {
    "bulleted_list_item": "- ",
    "toggle": "▸ ",
    "quote": "> ",
    "paragraph": "",
    "template": "",
}
_UPLOADS = frozenset({"image", "video", "audio", "file", "pdf"})
_LINKS = frozenset({"bookmark", "embed", "link_preview"})
_BARE = frozenset({"column_list", "column", "synced_block", "table"})
_REPEATS = frozenset({"table_of_contents", "breadcrumb"})
_INDENTED = frozenset(
    {
        "paragraph",
        "bulleted_list_item",
        "numbered_list_item",
        "to_do",
        "toggle",
        "quote",
        "callout",
        "template",
    }
)


@dataclass(slots=True)
class Block:
    """A block and what is below it.

    Attributes:
        content: as Notion describes it.
        children: in order, as far as they were read.
        cut: more is below it than was read.
    """

    content: Mapping[str, Any]
    children: "Sequence[Block]" = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class BlockText:
    """A text.

    Attributes:
        body: lines, without one at the end; as PostgreSQL can hold it.
        truncated: the page has more than this.
    """

    body: str
    truncated: bool


def text_of(blocks: Sequence[Block], *, cut: bool = False, most: int = MOST_BYTES) -> BlockText:
    """The text of a page.

    Args:
        blocks: those at its top.
        cut: more are there than these.
        most: bytes.
    """
    body, full = bytearray(), False
    for line in _lines(blocks, 0):
        encoded = storable(line).encode()
        room = most - len(body) - bool(body)
        if len(encoded) > room:
            encoded, full = encoded[: max(room, 0)], True
        if encoded or not full:
            body += (b"\n" if body else b"") + encoded
        if full:
            break
    # A character that was cut in two is left out.
    return BlockText(body.decode(errors="ignore").strip("\n"), full or cut or _cut(blocks, 0))


def may_have_text_below(content: Mapping[str, Any]) -> bool:
    """Whether a block's children belong to its page's text."""
    return content.get("has_children") is True and content.get("type") not in SEPARATE


def holder_of(content: Mapping[str, Any]) -> str:
    """The id under which a block's children are found: the copy of a synced block has none, but its original has.

    Source: souvikinator/notion-to-md #89 and #54; Notion's reference does not say it.
    """
    synced = _mapping(_mapping(content.get("synced_block")).get("synced_from"))
    return _text(synced.get("block_id")) or _text(content.get("id"))


def _cut(blocks: Sequence[Block], depth: int) -> bool:
    if depth >= DEEPEST:
        return bool(blocks)
    return any(block.cut or _cut(block.children, depth + 1) for block in blocks)


def _lines(blocks: Sequence[Block], depth: int) -> Iterator[str]:
    """The lines of neighbours; numbers count from the first of a run."""
    if depth >= DEEPEST:
        return
    number = 0
    for block in blocks:
        kind = _text(block.content.get("type"))
        number = number + 1 if kind == "numbered_list_item" else 0
        for line in _own(kind, _mapping(block.content.get(kind)), number):
            yield from _split(line)
        deeper = "  " if kind in _INDENTED or not _is_known(kind) else ""
        for line in _lines(block.children, depth + 1):
            yield deeper + line if line else line


def _own(kind: str, said: Mapping[str, Any], number: int) -> Iterator[str]:
    """The lines of a block alone."""
    words = rich_text(said.get("rich_text"))
    if kind in _HEADINGS:
        yield _HEADINGS[kind] + words
    elif kind in _MARKS:
        yield _MARKS[kind] + words
    elif kind == "numbered_list_item":
        yield f"{number}. {words}"
    elif kind == "to_do":
        yield f"[{'x' if said.get('checked') is True else ' '}] {words}"
    elif kind == "callout":
        yield " ".join(filter(None, [_text(_mapping(said.get("icon")).get("emoji")), words]))
    elif kind == "table_row":
        cells = said.get("cells")
        yield " | ".join(rich_text(cell) for cell in cells) if isinstance(cells, list) else ""
    elif kind == "divider":
        yield "---"
    elif kind not in _BARE and kind not in _REPEATS:
        yield from _other(kind, said, words)


def _other(kind: str, said: Mapping[str, Any], words: str) -> Iterator[str]:
    """The lines of what is no running text."""
    caption = rich_text(said.get("caption"))
    if kind == "code":
        yield f"```{_text(said.get('language'))}"
        yield words
        yield "```"
        if caption:
            yield caption
    elif kind == "equation":
        yield _text(said.get("expression"))
    elif kind in _UPLOADS:
        address = _text(_mapping(said.get("external")).get("url"))
        yield _named(kind, caption or _text(said.get("name")), address)
    elif kind in _LINKS:
        yield _named("", caption, _text(said.get("url")))
    elif kind == "child_page":
        yield _named("page", _text(said.get("title")))
    elif kind == "child_database":
        yield _named("database", _text(said.get("title")))
    elif kind == "link_to_page":
        target = _text(said.get(_text(said.get("type"))))
        yield _named("link", address_of(target) if target else "")
    else:
        # Meeting notes have a title of rich text; of what comes next year at least the name is known.
        yield _named(
            kind or "unknown block", " ".join(filter(None, [rich_text(said.get("title")), words, caption]))
        )


def _named(name: str, words: str, address: str = "") -> str:
    shown = f"[{name}]" if name else ""
    return " ".join(filter(None, [shown, words, f"({address})" if address and words else address]))


def _is_known(kind: str) -> bool:
    return (
        kind in _HEADINGS
        or kind in _BARE
        or kind in _INDENTED
        or kind in _UPLOADS
        or kind in _LINKS
        or kind in ("table_row", "code", "equation", "divider")
    )


def rich_text(value: object) -> str:
    """The words of a rich text; a link that they do not show stands behind them."""
    return "".join(_item(_mapping(item)) for item in value) if isinstance(value, list) else ""


def _item(item: Mapping[str, Any]) -> str:
    words, link = _text(item.get("plain_text")), item.get("href")
    if (
        item.get("type") != "text"
        or not isinstance(link, str)
        or not link.startswith(("http://", "https://"))
    ):
        return words
    return words if link in words else f"{words} ({link})"


def _split(line: str) -> Iterator[str]:
    # Notion's own line breaks; the lines that follow the first are its paragraph's, too.
    yield from line.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
