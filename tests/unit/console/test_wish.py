"""What is wished for is read from any query string, and written so that it is read back."""

from urllib.parse import parse_qsl

import pytest

from console.wish import LONGEST, Outcome, Wish, time_of

PLACE = "2026-11-21T14:02:11.123+00:00#0a1b"

pytestmark = pytest.mark.req("C3")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"outcome": "", "page": "", "before": ""},
        {"outcome": "everything"},
        {"outcome": "DONE"},
        {"before": "yesterday"},
        {"before": "2026-11-21T14:02:11.123+00:00"},
        {"before": "2026-99-21T14:02:11.123+00:00#x"},
        {"before": "2026-11-21T14:02:11.123+05:00#x"},
        {"before": PLACE + "x" * 200},
        {"page": "\u202e\x00 \u2066"},
        {"other": "x"},
    ],
)
def test_what_is_no_wish_is_as_if_it_was_not_there(query: dict[str, str]) -> None:
    assert Wish.of(query) == Wish()


def test_a_wish_is_read() -> None:
    wish = Wish.of({"outcome": "failed", "page": "  Draft\n plan ", "before": PLACE})

    assert wish == Wish(Outcome.FAILED, "Draft plan", PLACE)
    assert wish.is_narrow
    assert time_of(PLACE).isoformat() == "2026-11-21T14:02:11.123000+00:00"


def test_half_a_surrogate_pair_can_be_asked_for_and_written() -> None:
    wish = Wish.of({"page": "half \ud83d"})

    assert wish.page == "half ?"
    assert wish.query().encode() == b"?page=half+%3F"


def test_a_search_is_cut() -> None:
    assert len(Wish.of({"page": "x" * 5000}).page) == LONGEST


@pytest.mark.parametrize("page", ["", "a&b=c#d", 'quote " <b>', "مراجعة"])
@pytest.mark.parametrize("outcome", [None, Outcome.QUIET])
def test_the_link_to_older_ones_keeps_the_wish(page: str, outcome: Outcome | None) -> None:
    written = Wish(outcome, page).query(PLACE)

    assert Wish.of(dict(parse_qsl(written.removeprefix("?")))) == Wish(outcome, page, PLACE)
    assert (Wish(outcome, page).query() == "") is (outcome is None and page == "")
