"""Which faults can happen to which call."""

from collections.abc import Mapping
from typing import Any

from tests.crash import aws_faults, http_faults, postgres_faults, slack_faults
from tests.crash.calls import Call, Fault, Kind
from tests.integration.stand import Death


def _dies(call: Call) -> Any:
    raise Death(call.name)


def _happens_then_dies(call: Call) -> Any:
    call.perform()
    raise Death(call.name)


DEATHS = ("death before", "death after")

EVERYWHERE = (
    # A Lambda that runs into its timeout in the call ends in these two ways as well.
    Fault("death before", _dies),
    Fault("death after", _happens_then_dies),
    Fault("hardly any time is left", lambda call: call.perform(), hurries=True),
)

BY_KIND: Mapping[Kind, tuple[Fault, ...]] = {
    Kind.AWS: aws_faults.FAULTS,
    Kind.NOTION: http_faults.NOTION,
    Kind.WEBHOOK: http_faults.WEBHOOK,
    Kind.SLACK: slack_faults.FAULTS,
    Kind.POSTGRES: postgres_faults.FAULTS,
}


def faults_of(call: Call) -> list[Fault]:
    """Everything that can happen to a call."""
    return [fault for fault in (*EVERYWHERE, *BY_KIND[call.kind]) if fault.fits(call)]
