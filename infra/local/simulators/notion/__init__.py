"""A simulated Notion: the vendor API that Steward uses, signed webhooks, and every way in which both go wrong.

Promises the documented behaviour of versions 2025-09-03 and 2026-03-11 closely enough for the official JavaScript SDK
to work unchanged, and that nothing but the standard library is needed.
Refuses to guess: what Notion does not document (retry intervals, windows, timeouts) is a setting.
"""

from . import faults
from .client import NotionAdmin
from .control import NotionControl
from .demo import Demo, seed_demo
from .errors import SimulatorError
from .simulator import NotionSimulator

__all__ = [
    "Demo",
    "NotionAdmin",
    "NotionControl",
    "NotionSimulator",
    "SimulatorError",
    "faults",
    "seed_demo",
]
