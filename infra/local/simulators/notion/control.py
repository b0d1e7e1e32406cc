"""The typed admin API: everything a test or a demo may do to the simulated workspace and ask about it.

`NotionSimulator` (in this process) and `NotionAdmin` (over HTTP) both are a `NotionControl`, so a scenario written for
one runs on the other. Promises JSON in and out, ids as strings, and `SimulatorError` with what to do instead.
"""

from .control_content import ContentControl
from .control_network import NetworkControl
from .control_reading import ReadingControl

__all__ = ["NotionControl"]


class NotionControl(ContentControl, NetworkControl, ReadingControl):
    """All operations; see the three parts."""
