"""While the lane rests nothing invokes the processor; the triage does, for what can be done without Notion.

Nobody waits for it, and it is not repeated: the next look comes in a minute. The processor finds out by itself whether the
lane still rests, and why.
"""

import json
from typing import Any

_RESTING = json.dumps({"resting": True}).encode()


class Standby:
    """Calls the processor."""

    def __init__(self, client: Any, function_name: str) -> None:
        """Make it.

        Args:
            client: a Lambda client.
            function_name: the processor's.
        """
        self._client = client
        self._function_name = function_name

    def call(self) -> None:
        """Let it do what it can."""
        self._client.invoke(FunctionName=self._function_name, InvocationType="Event", Payload=_RESTING)
