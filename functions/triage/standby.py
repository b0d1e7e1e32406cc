"""While the lane rests nothing invokes the processor; the triage does, for what can be done without Notion.

Nobody waits for it, and it is not repeated: the next look comes in a minute. The processor finds out by itself whether the
lane still rests, and why.
"""

import json
from typing import Any

_RESTING = json.dumps({"resting": True}).encode()


def invoke_processor(client: Any, function_name: str) -> None:
    """Let the processor do what it can.

    Args:
        client: a Lambda client.
        function_name: the processor's.
    """
    client.invoke(FunctionName=function_name, InvocationType="Event", Payload=_RESTING)
