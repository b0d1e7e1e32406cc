"""Whether the mirror's database answers and has the schema of this version, where one is configured."""

import random
from collections.abc import Collection, Sequence

from infra.operate.doctor.line import Line, fault, ok, warning
from infra.operate.doctor.stack import Stack
from infra.operate.mirror import access_of
from infra.operate.target import TargetError
from steward.deadline import Deadline
from steward.errors import CallFailed
from steward.mirror.connection import NONE, columns_in, is_kept
from steward.mirror.database import CONNECT, RESERVE, SHORTEST, Database
from steward.mirror.migrate import Standing, standing
from steward.mirror.schema import LATEST

NAME = "mirror"
SECONDS = CONNECT + RESERVE + 2 * SHORTEST
"""For the whole look; with less no connection is opened at all."""


def look(stack: Stack) -> Sequence[Line]:
    """Ask the database."""
    try:
        access = access_of(stack.target)
    except TargetError:
        return (
            [fault(NAME, NONE, "deploy with MirrorByDsn=true")]
            if is_kept(stack.rules)
            else [ok(NAME, "not used")]
        )
    end = stack.clock() + SECONDS
    database = Database(
        access,
        Deadline(lambda: end - stack.clock()),
        clock=stack.clock,
        sleep=stack.sleep,
        jitter=random.SystemRandom().random,
    )
    try:
        there = standing(database)
    except CallFailed as failure:
        return [fault(NAME, f"it does not answer: {failure}", "run `mirror status`")]
    finally:
        database.close()
    return [judged(there, columns_in(stack.rules), is_used=is_kept(stack.rules))]


def judged(there: Standing, columns: Collection[str], *, is_used: bool) -> Line:
    """How the schema stands. Pure."""
    absent = sorted(name for name in columns if name not in there.columns)
    if there.version < LATEST or absent:
        more = f", without {', '.join(absent)}" if absent else ""
        return fault(NAME, f"it is at version {there.version} of {LATEST}{more}", "run `mirror migrate`")
    if not is_used:
        return warning(
            NAME, "it answers, and no rule keeps a mirror", "add a mirror to the rules, or deploy without"
        )
    return ok(NAME, f"it answers, at version {there.version}")
