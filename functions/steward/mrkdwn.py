"""Text for Slack's mrkdwn: what people typed must stay text. Pure.

Slack gives meaning to ``&``, ``<`` and ``>`` only; a title ``<!channel>`` that is not escaped pings everybody.
"""


def escape(text: str) -> str:
    """Escape the three characters that mean something, and flatten line breaks."""
    flat = " ".join(text.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, label: str) -> str:
    """A link with a label; an address that could break out of it is left out."""
    safe = escape(label).replace("|", "¦")
    if any(c in url for c in "<>| \n\r\t") or not url.startswith(("https://", "http://")):
        return safe
    return f"<{url.replace('&', '&amp;')}|{safe}>"
