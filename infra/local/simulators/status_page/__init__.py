"""A simulated status page: Statuspage v2's documents, and the ways in which they can't be read."""

from .client import StatusPageAdmin
from .simulator import StatusPageSimulator

__all__ = ["StatusPageAdmin", "StatusPageSimulator"]
