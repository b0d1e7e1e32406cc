"""How the terminal reaches the vendors: with the tokens of its own environment, and nothing of Steward's.

Addresses are those of the descriptions; ``<NAME>_API_URL`` and ``<NAME>_STATUS_URL`` name others.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.operate.clock import utc_now
from steward.clients.transport import plain_session
from triage.probes.asking import Asker, OpenPurse
from triage.vendors import known
from triage.vendors.vendor import Vendor, placed

ALL = "all"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command takes from where it runs; a test gives its own.

    Attributes:
        environ: environment variables.
        now: our clock.
        clock: monotonic seconds.
        sleep: waits so many seconds.
    """

    environ: Mapping[str, str]
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def names() -> list[str]:
    """What a command's argument may be: a vendor's name, or all of them."""
    return [*known(), ALL]


def chosen(name: str, environ: Mapping[str, str]) -> Sequence[Vendor]:
    """The vendors of a command's argument, where the environment has them."""
    vendors = known()
    return [placed(v, environ) for v in (vendors.values() if name == ALL else [vendors[name]])]


def asker_of(vendor: Vendor, surroundings: Surroundings) -> Asker | None:
    """An asker with the environment's token, or None where it has none."""
    token = surroundings.environ.get(vendor.token_variable, "").strip()
    if not token:
        return None
    return Asker(
        vendor,
        session=plain_session,
        token=lambda _: token,
        purse=OpenPurse(),  # the terminal knows nothing of what Steward spends; a handful of requests is all it makes
        now=surroundings.now,
        clock=surroundings.clock,
        sleep=surroundings.sleep,
    )


def settings_of(vendor: Vendor, environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that the environment gives."""
    given = {setting: environ.get(name, "").strip() for name, setting in vendor.setting_variables.items()}
    return {setting: value for setting, value in given.items() if value}
