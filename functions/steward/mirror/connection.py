"""The mirror's database as a function has it: by its environment, connected and migrated at its first use."""

import random
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, TypeVar

from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.mirror.access import ADMIN, Access, DsnAccess, DsqlAccess
from steward.mirror.database import TRANSACTION, Database, Transaction
from steward.mirror.migrate import ReadyDatabase
from steward.mirror.schema import columns_of
from steward.mirror.trouble import VENDOR, misconfigured
from steward.rules import MirrorRule, Rules
from steward.secret_store import SecretStore, SecretUnavailable

T = TypeVar("T")

NONE = (
    "the rules keep a mirror and the stack has no database for it; deploy with MirrorByDsn=true or MirrorHost, "
    "or take the mirror out of the rules file"
)


class Transactions(Protocol):
    """Where work is done in transactions."""

    def run(self, call: str, work: Callable[[Transaction], T], seconds: float = TRANSACTION) -> T:
        """See ``Database.run``."""


class NoDatabase:
    """None is configured: whatever needs one waits until somebody has said which."""

    def run(self, call: str, work: Callable[[Transaction], T], seconds: float = TRANSACTION) -> NoReturn:
        """Refuse.

        Raises:
            CallFailed: UNAUTHORIZED, with what to do.
        """
        del call, work, seconds
        raise misconfigured(NONE)


def mirror_database(
    environ: Mapping[str, str],
    *,
    rules: Rules,
    store: SecretStore,
    dsql: Callable[[str], Any],
    deadline: Deadline,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    rng: random.Random,
) -> Transactions:
    """Make it; nothing is connected, and psycopg is not imported, before it is used.

    Args:
        environ: ``MIRROR_HOST`` and ``MIRROR_USER`` for Aurora DSQL, or ``MIRROR_SECRET_ID``; empty for none.
        rules: name the columns.
        store: reads the secret.
        dsql: makes boto3's ``dsql`` client for a region.
        deadline: the time that is left.
        clock: seconds.
        sleep: waits.
        rng: draws the jitter.
    """
    access = _access(environ, store, dsql)
    if access is None:
        return NoDatabase()
    database = Database(access, deadline, clock=clock, sleep=sleep, jitter=rng.random)
    return ReadyDatabase(database, columns_in(rules))


def columns_in(rules: Rules) -> dict[str, str]:
    """The columns that a rules file's mirrors name: name → type.

    Raises:
        SchemaMistake: two name the same one with different types.
    """
    return columns_of(rule for source in rules.data_source for rule in source.of_kind(MirrorRule))


def is_kept(rules: Rules) -> bool:
    """Whether a rules file keeps a mirror at all."""
    return any(source.of_kind(MirrorRule) for source in rules.data_source)


def _access(environ: Mapping[str, str], store: SecretStore, dsql: Callable[[str], Any]) -> Access | None:
    if host := environ.get("MIRROR_HOST"):
        return DsqlAccess(dsql, host, environ.get("MIRROR_USER") or ADMIN)
    secret_id = environ.get("MIRROR_SECRET_ID")
    if not secret_id:
        return None

    def read(fresh: bool) -> Mapping[str, Any]:
        try:
            return store.refresh(secret_id) if fresh else store.get(secret_id)
        except SecretUnavailable as error:
            raise CallFailed(Failure.UNREACHABLE, VENDOR, "postgres.secret", message=str(error)) from error

    return DsnAccess(read)
