"""Every check at once, each with its own time: one that hangs or raises is a line that says so."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from infra.operate.doctor.line import Check, Line, unchecked, warning
from infra.operate.target import DENIED, TargetError
from steward.scrubbing import scrub
from steward.unicode import one_line
from triage.in_parallel import Job, TooLate, in_parallel

LONGEST = 12.0
"""Seconds that all checks take together at most."""

LINE = 300
"""Characters of a line that are kept: vendors' words are in it."""


def examine(
    checks: Sequence[Check],
    *,
    seconds: float = LONGEST,
    clock: Callable[[], float] = time.monotonic,
    ended: Callable[[], None] = lambda: None,
) -> tuple[Line, ...]:
    """Make all checks; of each at least one line, in their order, and no secret in any.

    Args:
        checks: to make.
        seconds: that all of them may take.
        clock: monotonic seconds.
        ended: is called whenever one has ended, by its thread; also later, by one for which nobody waited any more.
    """
    jobs: list[Job[Sequence[Line]]] = [Job(_telling(check.run, ended), check.seconds) for check in checks]
    lines, ends = list[Line](), in_parallel(jobs, seconds, clock)
    for check, end in zip(checks, ends, strict=True):
        lines += [replace(_failed(check.name, end), made=False)] if isinstance(end, Exception) else end
    return tuple(replace(line, says=one_line(scrub(line.says), LINE)) for line in lines)


def _telling(run: Callable[[], Sequence[Line]], ended: Callable[[], None]) -> Callable[[], Sequence[Line]]:
    def telling() -> Sequence[Line]:
        try:
            return run()
        finally:
            ended()

    return telling


def unmade(checks: Sequence[Check], lines: Sequence[Line]) -> tuple[str, ...]:
    """The vital checks that could not be made, of what ``examine`` gave, each once."""
    vital = {check.name for check in checks if check.vital}
    return tuple(dict.fromkeys(line.check for line in lines if line.check in vital and not line.made))


def _failed(check: str, error: Exception) -> Line:
    """What it means that a check could not be made."""
    if isinstance(error, TooLate):
        return warning(
            check, f"no answer: {error}", "run `doctor` again; if it stays so, look at the network"
        )
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        if code in DENIED:
            return unchecked(
                check, f"these credentials may not call {error.operation_name}", "name another --profile"
            )
        return unchecked(check, f"AWS refused {error.operation_name} ({code})")
    if isinstance(error, BotoCoreError):
        return warning(check, f"AWS can't be reached ({type(error).__name__})", "look at the network")
    if isinstance(error, TargetError):
        return unchecked(check, str(error))
    return warning(
        check, f"the check itself failed ({type(error).__name__})", "tell whoever maintains Steward"
    )
