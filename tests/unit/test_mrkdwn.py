"""What people typed stays text in Slack."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.mrkdwn import escape, link


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Review the contract", "Review the contract"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U1> and <#C1|x>", "&lt;@U1&gt; and &lt;#C1|x&gt;"),
        ("Q&A", "Q&amp;A"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("a\u2028b\u0085c", "a b c"),
        ("  Chloé  ", "Chloé"),
        ("", ""),
    ],
)
def test_only_what_means_something_is_escaped(typed: str, sent: str) -> None:
    assert escape(typed) == sent


@pytest.mark.req("A11")
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&|!@#\n\r"))))
def test_nothing_that_is_typed_can_mention_anybody_or_start_a_line(typed: str) -> None:
    sent = escape(typed)
    assert not set(sent) & set("<>\n\r")
    assert re.search(r"&(?!amp;|lt;|gt;)", sent) is None
    back = sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == " ".join(typed.split())


def test_a_link_has_its_label() -> None:
    assert link("https://www.notion.so/x?a=1&b=2", "Q&A") == "<https://www.notion.so/x?a=1&amp;b=2|Q&amp;A>"


@pytest.mark.req("A11")
def test_a_label_can_not_end_its_link() -> None:
    sent = link("https://www.notion.so/x", "a|b><!channel>\n")
    assert sent == "<https://www.notion.so/x|a¦b&gt;&lt;!channel&gt;>"


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "notion.so/x",
        "javascript:alert(1)",
        "mailto:a@example.com",
        "!channel",
        "https://x.example/><!channel>",
        "https://x.example/|b",
        "https://x.example/a b",
        "https://x.example/a\nb",
        "https://x.example/a\u2028b",
        " https://x.example/",
    ],
)
def test_an_address_that_could_break_out_is_left_away(url: str) -> None:
    assert link(url, "a <b>") == "a &lt;b&gt;"


@pytest.mark.req("A11")
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&| \n"))), st.text())
def test_a_link_is_one_link_or_none(rest: str, label: str) -> None:
    sent = link(f"https://x.example/{rest}", label)
    assert re.fullmatch(r"<https://[^<>|\s]+(\|[^<>|\n]+)?>|[^<>|\n]*", sent)


def test_a_link_without_a_label_shows_its_address() -> None:
    assert link("https://x.example/", "  ") == "<https://x.example/>"
