"""Which representation of the status somebody gets, by their Accept header."""

import pytest

from console.accept import best

OFFERED = ("text/html", "text/markdown", "application/json")


@pytest.mark.req("C4")
@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        ("text/markdown", "text/markdown"),
        ("text/*", "text/html"),
        ("text/*, text/html;q=0", "text/markdown"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html;q=0.5, application/json;q=0.50", "text/html"),
        ("*/*;q=0.1, text/markdown;q=0.2", "text/markdown"),
        ("application/json;q=0, */*", "text/html"),
        ("image/png", None),
        ("*/*;q=0", None),
        ("text/html;q=0.000", None),
        ("text/html;q=2", None),
        ("text/html;q=nan", None),
        ("text/html;q=-1, application/json", "application/json"),
        ("*/json", None),
        ("json", None),
        (";q=1", None),
        ("text/html" + ";" * 900, "text/html"),
        ("x" * 100_000, None),
        ("text/html\u2028, application/json", "application/json"),
        (",,,application/json,,,", "application/json"),
    ],
)
def test_the_most_wanted_of_what_there_is(accept: str | None, media: str | None) -> None:
    assert best(accept, OFFERED) == media
