"""Whatever strangers wrote, a page is markup of our own and can be sent."""

from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from console import render, shipped
from tests.browser.material import ARABIC, CONTROLS, EMOJI, HOSTILE, MARKUP, TURNED

pytestmark = pytest.mark.req("C3")


class Read(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def problem(says: str) -> str:
    return render.page("problem", title="Problem", says=says)


@pytest.mark.parametrize("typed", [*HOSTILE, "half \ud83d of a pair"])
def test_what_strangers_wrote_adds_no_element_and_can_be_sent(typed: str) -> None:
    page = problem(typed)

    page.encode()
    assert [tag for tag, _ in Read(page).tags] == [tag for tag, _ in Read(problem("plain")).tags]


def test_markup_is_text() -> None:
    assert MARKUP in Read(problem(MARKUP)).text


def test_what_turns_the_direction_or_rings_a_bell_is_dropped_and_words_are_kept() -> None:
    assert "safe gnp.exe hidden end" in Read(problem(TURNED)).text
    assert "bell null escape[31m red" in Read(problem(CONTROLS)).text
    for kept in (EMOJI, ARABIC):
        assert kept in Read(problem(kept)).text


def test_a_value_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render.page("problem", title="x")


@pytest.mark.parametrize("name", sorted(path.name for path in render.TEMPLATES.iterdir()))
def test_no_template_trusts_a_text_or_has_script_or_style_in_it(name: str) -> None:
    text = (render.TEMPLATES / name).read_text()

    assert "| safe" not in text
    assert "|safe" not in text
    assert "autoescape" not in text
    assert " style=" not in text
    assert "<style" not in text
    assert " on" not in {word[:3] for tag, attrs in Read(text).tags for word in (f" {a}" for a in attrs)}
    assert all("src" in attrs for tag, attrs in Read(text).tags if tag == "script")


def test_nothing_in_a_page_comes_from_elsewhere() -> None:
    for path in (*render.TEMPLATES.iterdir(), *shipped.ASSETS.iterdir()):
        text = path.read_text().replace("http://www.w3.org/2000/svg", "").replace("http%3A//www.w3.org", "")
        assert "://" not in text, path.name
        assert "url(" not in text, path.name
        assert "@import" not in text, path.name


def test_an_asset_is_found_under_its_address_and_under_no_other() -> None:
    for name, kind in (
        ("console.css", "text/css"),
        ("elsewhere.css", "text/css"),
        ("console.js", "text/javascript"),
    ):
        address = shipped.address(name)
        found = shipped.asset(address.removeprefix(shipped.AT))
        assert found is not None
        assert found.content_type.startswith(kind)
        assert found.text == (shipped.ASSETS / name).read_text()
    for wrong in ("console.css", "console.00000000.css", "../handler.py", "", "console.js"):
        assert shipped.asset(wrong) is None
