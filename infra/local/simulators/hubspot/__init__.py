"""A simulated HubSpot: the two reads that probes make, its limits with their headers, and its errors."""

from .client import HubSpotAdmin
from .simulator import HubSpotSimulator

__all__ = ["HubSpotAdmin", "HubSpotSimulator"]
