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
    if not url.isprintable() or set(url) & set("<>| ") or not url.startswith(("https://", "http://")):
        return safe
    address = url.replace("&", "&amp;")
    return f"<{address}|{safe}>" if safe else f"<{address}>"
