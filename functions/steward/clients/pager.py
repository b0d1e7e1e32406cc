"""A page: a message that reaches on-call without Slack, by an SNS topic. Failures are values.

SNS has no look-up and a standard topic no deduplication: a publish whose answer was lost may be there or not.
"""

from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from steward.aws_trouble import passes
from steward.errors import CallFailed, Failure

_CALL = "sns.publish"

TEXT_LIMIT = 8000
"""Characters of a page; SNS takes 256 KiB, and people read less."""


class Pager(Protocol):
    """What Steward needs to page."""

    def publish(self, subject: str, text: str) -> None:
        """Send a page.

        Args:
            subject: ASCII on one line, at most 100 characters.
            text: plain.

        Raises:
            CallFailed: with ``maybe_done`` when it may be out all the same.
        """


class Topic:
    """An SNS topic."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        """Make it.

        Args:
            client: an SNS client.
            topic_arn: the topic's.
        """
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, subject: str, text: str) -> None:
        """See ``Pager.publish``."""
        try:
            self._client.publish(TopicArn=self._topic_arn, Subject=subject, Message=text[:TEXT_LIMIT])
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            code = str(error.response.get("Error", {}).get("Code", ""))
            failure = Failure.UNAVAILABLE if passes(error) else Failure.REJECTED
            raise CallFailed(
                failure, "sns", _CALL, status=status, code=code, maybe_done=(status or 500) >= 500
            ) from None
        except BotoCoreError as error:
            # The error's text may hold the address; its type is enough. Botocore's own root of what was lost on its way
            # is HTTPClientError; where no connection came about it is another.
            raise CallFailed(
                Failure.UNREACHABLE,
                "sns",
                _CALL,
                message=type(error).__name__,
                maybe_done=isinstance(error, HTTPClientError),
            ) from None
