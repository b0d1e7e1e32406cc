"""What people can write into a page, to be more than words somewhere else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TITLES = (
    "<!channel> everybody out",
    "<!here|here> <!everyone>",
    "<@{stranger}> did it",
    "<#C00000001> <!subteam^S0001>",
    "<https://evil.example/login|Sign in to Notion>",
    "https://evil.example/bare and javascript:alert(1)",
    "&lt;!channel&gt; &amp;lt;!here&gt;",
    "@channel @here @everyone",
    "*bold* _it_ ~gone~ `code` ```block``` :fire:",
    "> quoted\n<!channel>\r\n• next",
    "\u202e<!channel>\u2066 \u200b<\u200b!here>",
    "a|b> <c|d",
    "<!date^0^{date}^https://evil.example|x>",
    '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "{{7*7}} ${7*7} {% raw %} %s %(x)s",
    "<" * 300 + "!channel>" * 40,
)

MALLORY = "<!channel> *Mallory* <https://evil.example|me><script>alert(/mallory/)</script><img src=x onerror=alert(2)>"
"""The name of a user, who may call themselves as they like."""

_MEANT = re.compile(r"<[^<>]*>")


def meanings(text: str) -> list[str]:
    """What means something to Slack in a text: mentions, links, commands."""
    return _MEANT.findall(text)


def texts(message: Mapping[str, Any]) -> Iterator[str]:
    """All texts of a message in which Slack looks for meaning, with their type; blocks have to say that they are taken verbatim."""
    yield str(message["text"])
    for block in message.get("blocks") or []:
        text = block["text"]
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True
            yield str(text["text"])
