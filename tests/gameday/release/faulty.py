"""A faulty release of the processor, which one drill deploys: it does not understand what Notion answers any more."""

from unittest.mock import patch

from processor.handler import handler
from processor.pipeline import Pipeline

__all__ = ["handler"]


def broken(*_: object) -> None:
    """In place of the decision about an event."""
    raise KeyError("properties")


patch.object(Pipeline, "_decide", broken).start()
