"""What people typed stays text in Slack."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.mrkdwn import (
    BLOCKS_LIMIT,
    HEADER_LIMIT,
    MESSAGE_LIMIT,
    SECTION_LIMIT,
    TEXT_LIMIT,
    cut,
    escape,
    header,
    link,
    mention,
    messages,
)
from steward.unicode import one_line

LOOK_ALIKE = str.maketrans({"\u2217": "*", "\u223c": "~", "\u02cb": "`", "\u02cd": "_"})
HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(exclude_characters="\u2217\u223c\u02cb\u02cd"),
        st.sampled_from("<>&|!@#*_~`\n\r\u202e\u2066\u200b\ufeff\u200d\ud800"),
    )
)
PINGS = [
    "<!channel>",
    "<!here|here>",
    "<@U123ABC>",
    "<!subteam^S1>",
    "@channel",
    "x" * 3000,
    "&" * 3000,
    "😀" * 3000,
]
TYPED = st.one_of(HOSTILE, st.sampled_from(PINGS), HOSTILE.map(lambda t: t * 40))


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
        ("*bold* `code` ~gone~", "\u2217bold\u2217 \u02cbcode\u02cb \u223cgone\u223c"),
        ("_slanted_ snake_case", "\u02cdslanted\u02cd snake_case"),
        ("in\u202egnp.exe", "ingnp.exe"),
        ("z\u200bw\ufeff\u2060", "zw"),
        ("\u200b \u200d", ""),
        ("👩\u200d💻", "👩\u200d💻"),
        ("half \ud83d", "half ?"),
        ("", ""),
    ],
)
def test_only_what_means_something_is_escaped(typed: str, sent: str) -> None:
    assert escape(typed) == sent


@pytest.mark.req("A11")
@given(HOSTILE)
def test_nothing_that_is_typed_can_mention_anybody_or_start_a_line(typed: str) -> None:
    sent = escape(typed)
    assert not set(sent) & set("<>\n\r")
    assert re.search(r"&(?!amp;|lt;|gt;)", sent) is None
    back = sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").translate(LOOK_ALIKE)
    assert back == one_line(typed)


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


def test_a_link_that_is_too_long_to_be_kept_whole_leaves_its_label() -> None:
    assert link("https://x.example/" + "a" * 900, "Title") == "Title"


@pytest.mark.req("A11")
@pytest.mark.parametrize("typed", ["", "U", "ann", "U123>", "<@U123ABC>", "!channel", "U123 U456", "u123abc"])
def test_only_a_user_id_is_mentioned(typed: str) -> None:
    with pytest.raises(ValueError, match="look-up"):
        mention(typed)
    assert mention("U123ABC") == "<@U123ABC>"


@pytest.mark.parametrize(
    ("line", "limit", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab&amp;cd", 5, "ab…"),
        ("ab&amp;cd", 8, "ab&amp;…"),
        ("see <https://x.example|label>", 12, "see…"),
        ("<@U123ABC> and more", 12, "<@U123ABC>…"),
    ],
)
def test_nothing_that_means_something_is_cut_in_two(line: str, limit: int, short: str) -> None:
    assert cut(line, limit) == short


@pytest.mark.req("A11", "A13")
@settings(deadline=None)
@given(st.lists(st.tuples(TYPED, TYPED, TYPED), max_size=60), st.booleans())
def test_whatever_is_typed_every_message_is_taken_pings_nobody_and_none_is_lost(
    typed: list[tuple[str, str, str]], mentioned: bool
) -> None:
    whom = mention("U0ANN") if mentioned else "Ann"
    lines = [
        f"• *{escape(name, 150)}*, {whom}: {link('https://n.example/p', title, 150)} is now {escape(option, 150)}"
        for name, title, option in typed
    ]

    sent = messages(lines)

    said = "\n".join(b["text"]["text"] for m in sent for b in m.blocks)
    assert said.count("• *") == len(lines)
    for message in sent:
        assert 0 < len(message.text) <= TEXT_LIMIT
        assert 0 < len(message.blocks) <= BLOCKS_LIMIT
        assert len(json.dumps(message.blocks, ensure_ascii=False).encode()) <= MESSAGE_LIMIT
        for text in (message.text, *(b["text"]["text"] for b in message.blocks)):
            assert 0 < len(text) <= max(SECTION_LIMIT, TEXT_LIMIT if text is message.text else 0)
            assert set(re.findall(r"<[^>]*", text)) <= {"<@U0ANN"} | set(re.findall(r"<https://[^>]*", text))
            assert text.count("`") == 0


@pytest.mark.req("A11")
@given(st.lists(TYPED, max_size=5))
def test_a_line_of_anything_is_cut_to_what_is_taken(lines: list[str]) -> None:
    for message in messages(lines):
        assert len(json.dumps(message.blocks, ensure_ascii=False).encode()) <= MESSAGE_LIMIT
        assert all(0 < len(b["text"]["text"]) <= SECTION_LIMIT for b in message.blocks)


@given(TYPED)
def test_a_header_is_taken_too(typed: str) -> None:
    text = header(typed)["text"]
    assert 0 < len(text["text"]) <= HEADER_LIMIT
    assert (text["type"], text["emoji"]) == ("plain_text", False)
