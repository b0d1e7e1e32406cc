"""A short cut to the simulated Secrets Manager: moto's own code, without the HTTP request and answer in between.

boto3 still builds every request and reads every answer; what moto refuses takes the long way as well, so that a refusal
has its real shape.
"""

import json
from threading import RLock
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.responses import SecretsManagerResponse


def shorten(secrets: Any) -> None:
    """Let a client of Secrets Manager take the short cut."""
    secrets.meta.events.register("before-call", _ShortCut().answer)


class _ShortCut:
    def __init__(self) -> None:
        self._handler: Any = SecretsManagerResponse()  # made anew, it would take longer than its answer
        # The triage's probes ask from several threads.
        self._one_at_a_time = RLock()

    def answer(self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
        """What botocore takes for an answer, or None to have it send the request."""
        handler = self._handler
        with self._one_at_a_time:
            handler.region, handler.current_account = context["client_region"], DEFAULT_ACCOUNT_ID
            handler.body, handler.querystring, handler.uri_match = params["body"], {}, None
            try:
                answer = getattr(handler, xform_name(model.name))()
            except (ServiceException, JsonRESTError):
                return None
        members = model.output_shape.members
        known = {key: value for key, value in json.loads(answer).items() if key in members}
        return SimpleNamespace(status_code=200), {**known, "ResponseMetadata": {"HTTPStatusCode": 200}}
