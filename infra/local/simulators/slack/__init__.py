"""A simulated Slack: the Web API that Steward uses, incoming webhooks, and the ways in which both go wrong.

Works with slack_sdk unchanged. Standard library only.
"""

from .client import SlackAdmin
from .control import SlackControl
from .simulator import SlackSimulator

__all__ = ["SlackAdmin", "SlackControl", "SlackSimulator"]
