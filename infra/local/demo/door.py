"""What knocks at the front door without being Notion."""

import json
import urllib.error
import urllib.request

from infra.local.demo.story import Story, must
from infra.local.stack import LocalStack
from steward.signature import sign


def forged(stack: LocalStack, story: Story, body: bytes) -> None:
    """Deliver a body that somebody else signed.

    Raises:
        DemoFailure: it was not refused.
    """
    status, answer = _post(stack.url, body, sign(body, "secret_of_somebody_else"))
    must(status == 401, f"a 401, but the answer was {status}")
    story.tell(f"{status}", json.loads(answer)["error"] + ": " + json.loads(answer)["message"])


def _post(url: str, body: bytes, signature: str) -> tuple[int, str]:
    headers = {"X-Notion-Signature": signature, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/webhooks/notion", body, headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
