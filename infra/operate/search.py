"""``search``: linked pages by their text, the best first (A9).

Searches the texts that the mirror keeps of pages whose rule says ``text = true``; costs no call to Notion. Exit status 0
when something was found, 1 when nothing was or the database does not answer, 2 when there is no mirror to search.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from infra.operate.mirror import Wanted, none_more, operate
from infra.operate.target import add_arguments
from infra.operate.text import printable, when
from steward.mirror.migrate import standing
from steward.mirror.text_search import Hit, TextSearch, words_of
from steward.page_links import address_of

MOST = 100
"""Hits of one search."""


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("search", help="linked pages by their text", description=__doc__)
    parser.add_argument("words", nargs="+", metavar="WORDS", help="that a page must have, all of them")
    parser.add_argument("--limit", type=_limit, default=10, metavar="N", help=f"hits, at most {MOST} (10)")
    parser.add_argument("--trashed", action="store_true", help="also pages in the trash")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=lambda wishes: operate("search", wishes, none_more, _search))
    add_arguments(parser)


def _limit(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST}")
    return number


def _search(wishes: argparse.Namespace, wanted: Wanted) -> int:
    asked = " ".join(wishes.words)
    if not words_of(asked):
        print("search: there is no word in what is looked for", file=sys.stderr)
        return 2
    if not standing(wanted.database).version:
        print(f"search: {wanted.name} has no tables yet; run `mirror migrate`", file=sys.stderr)
        return 1
    search = TextSearch(wanted.database)
    hits = search.find(asked, wishes.limit, trashed=wishes.trashed)
    if wishes.json:
        print(json.dumps({"full_text": search.full_text, "hits": [_document(hit) for hit in hits]}))
    elif hits:
        print("\n\n".join("\n".join(lines(hit)) for hit in hits))
    else:
        print(f"nothing found for {printable(asked)}")
    return 0 if hits else 1


def lines(hit: Hit) -> Iterator[str]:
    """A hit for a person."""
    notes: Sequence[str] = [
        *([hit.status] if hit.status else []),
        *([f"edited {when(hit.edited_at)}"] if hit.edited_at else []),
        *(["in the trash"] if hit.trashed else []),
        *(["only its beginning is searched"] if hit.truncated else []),
    ]
    yield printable(hit.title or "(untitled)") + (f"  ({printable(', '.join(notes))})" if notes else "")
    yield f"  {address_of(printable(hit.notion_page_id))}"
    if hit.snippet:
        yield f"  {printable(hit.snippet)}"


def _document(hit: Hit) -> dict[str, Any]:
    edited_at = hit.edited_at.isoformat() if hit.edited_at else None
    return asdict(hit) | {"edited_at": edited_at, "url": address_of(hit.notion_page_id)}
