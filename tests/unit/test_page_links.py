"""Which page a link means."""

import pytest

from steward.page_links import linked_page

ID = "1f2e3d4c-5b6a-4798-8877-665544332211"
BARE = ID.replace("-", "")


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    "link",
    [
        ID,
        BARE,
        f"  {BARE.upper()}\n",
        f"https://www.notion.so/{BARE}",
        f"https://www.notion.so/acme/Ship-it-{BARE}?pvs=4",
        f"https://app.notion.com/p/Ship-it-{BARE}",
        f"https://acme.notion.site/Ship-it-{BARE}/",
        f"https://www.notion.so/acme/{'0' * 32}?v={'1' * 32}&p={BARE}&pm=s",
        f"https://www.notion.so/Ship-it-{BARE}#{'2' * 32}",
        f"https://www.notion.so/{ID}",
    ],
)
def test_every_way_to_name_a_page_is_understood(link: str) -> None:
    assert linked_page(link) == ID


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    "link",
    [
        "",
        "order seven",
        f"https://example.com/{BARE}",
        f"https://notion.so.example.com/{BARE}",
        "https://www.notion.so/acme/Ship-it",
        f"ftp://www.notion.so/{BARE}",
        f"javascript:{BARE}",
        "https://[broken",
        f"{BARE}0",
    ],
)
def test_anything_else_is_no_page(link: str) -> None:
    assert linked_page(link) is None
