"""Text that every queue, table and channel takes.

JSON can carry half of a surrogate pair, written as an escape, and what cuts text as JavaScript counts it makes one of every
emoji at the edge. No UTF-8 can hold it, so DynamoDB, SQS and an address refuse the whole message that it stands in.
"""


def well_formed(text: str) -> str:
    """A text in which every lone surrogate is a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
