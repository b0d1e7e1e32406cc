"""Transactions with the mirror's database: one connection, bounded in time, repeated when they lost a race.

A transaction sees the database as it was when it began (REPEATABLE READ, the only kind that Aurora DSQL has), and one that
would overwrite what another committed meanwhile fails with 40001 and is done anew from its beginning: so a caller may read
a row, decide, and write, without locking it.

The time of a statement is bounded three times: by the server where it can be (DSQL refuses ``statement_timeout``), by the
network's keep-alive, and by a watch that shuts the socket when the transaction's time is over, whoever is to blame.

psycopg's own handling of transactions is not used: it spends a round trip on BEGIN, and takes the ROLLBACK that answers
the COMMIT of a failed transaction for a success.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.mirror.access import Access, Reach
from steward.mirror.days import read_clamped
from steward.mirror.trouble import RACES, failed, not_connected, out_of_time
from steward.mirror.watch import watched

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

T = TypeVar("T")

TRANSACTION = 8.0
"""Seconds that a transaction may take, unless its caller says otherwise."""

CONNECT = 5
"""Seconds until an attempt to connect is given up."""

RESERVE, SHORTEST = 2.0, 1.0
"""Seconds of the Lambda's time that no call may use, and that a transaction needs at least."""

GRACE = 0.5
"""Seconds between the server's own end of a statement and ours."""

TRIES = 5
"""How often work is done at most that loses a race each time."""

PAUSE = 0.05
"""Seconds before the second try, at most; doubled for each further one."""

IDLE = 2.0
"""Seconds in which a connection that was kept open must answer."""

OLDEST = 50 * 60.0
"""Seconds after which a connection is replaced: DSQL ends it after an hour."""

_ALWAYS = {
    "connect_timeout": str(CONNECT),
    "application_name": "steward",
    "gssencmode": "disable",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "2",
    "tcp_user_timeout": "10000",
}


class Transaction:
    """What work may do while its transaction is open; of no use afterwards."""

    def __init__(self, cursor: "psycopg.Cursor[DictRow]") -> None:
        self._cursor = cursor

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement with ``%s`` for each value; returns how many rows it touched."""
        self._cursor.execute(statement.encode(), values or None)
        return self._cursor.rowcount

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """The rows that a statement gives, column → value."""
        self._cursor.execute(statement.encode(), values or None)
        return self._cursor.fetchall()

    def row(self, statement: str, *values: Any) -> dict[str, Any] | None:
        """The first row that a statement gives, or None."""
        return next(iter(self.rows(statement, *values)), None)


class Database:
    """The database; one environment works one event at a time, so there is one connection and no lock."""

    def __init__(
        self,
        access: Access,
        deadline: Deadline,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        """Describe it; nothing is connected yet.

        Args:
            access: the way to it.
            deadline: the time that is left.
            clock: monotonic seconds.
            sleep: waits some seconds.
            jitter: gives a number in [0, 1).
        """
        self._access = access
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._connection: psycopg.Connection[DictRow] | None = None
        self._opened_at = 0.0
        self._hide: tuple[str, ...] = ()

    @property
    def dsql(self) -> bool:
        """Whether it is Aurora DSQL."""
        return self._access.dsql

    def run(self, call: str, work: Callable[[Transaction], T], seconds: float = TRANSACTION) -> T:
        """Do work in a transaction; returns what it returns, once that is committed.

        Args:
            call: its name for people and logs, e.g. ``postgres.put_row``.
            work: may run several times, each in a transaction of its own, of which only the last is committed; so it
                must do nothing but talk to the database. What it raises rolls back and is raised here.
            seconds: that each try may take.

        Raises:
            CallFailed: vendor ``postgres``; with ``maybe_done`` when the answer to the commit was lost.
        """
        for tries in range(1, TRIES + 1):
            try:
                return self._once(call, work, seconds)
            except CallFailed as failure:
                if failure.code not in RACES or tries == TRIES:
                    raise
                self._sleep(PAUSE * 2.0 ** (tries - 1) * (0.5 + self._jitter() / 2))
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the connection, if one is open; the next transaction opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _once(self, call: str, work: Callable[[Transaction], T], seconds: float) -> T:
        import psycopg  # noqa: PLC0415 - a quarter of a second of CPU, which only whoever has a mirror pays

        connection, seconds = self._begun(call, seconds)
        committing = False
        try:
            with watched(connection, seconds + GRACE), connection.cursor() as cursor:
                try:
                    result = work(Transaction(cursor))
                    committing = True
                    cursor.execute("COMMIT")
                    if cursor.statusmessage != "COMMIT":
                        # Work went on after an error of the database: nothing of it is there.
                        raise psycopg.errors.InFailedSqlTransaction("the transaction had failed before")
                except BaseException:
                    self._roll_back(connection)
                    raise
        except psycopg.Error as error:
            raise failed(call, error, committing=committing, hide=self._hide) from None
        return result

    def _begun(self, call: str, seconds: float) -> "tuple[psycopg.Connection[DictRow], float]":
        """A connection with an open transaction, and the seconds that it may take.

        One that was kept open may have died meanwhile, which says nothing about the database: it is replaced.
        """
        import psycopg  # noqa: PLC0415 - only whoever has a mirror pays for it

        connection = self._connection
        if connection is not None and self._clock() - self._opened_at <= OLDEST:
            with suppress(psycopg.Error):
                return connection, self._begin(call, connection, seconds, IDLE)
        self.close()
        self._time_for(call, seconds, CONNECT)
        connection = self._open(call)
        try:
            return connection, self._begin(call, connection, seconds, TRANSACTION)
        except psycopg.Error as error:
            self.close()
            raise failed(call, error, hide=self._hide) from None

    def _begin(
        self, call: str, connection: "psycopg.Connection[DictRow]", seconds: float, patience: float
    ) -> float:
        seconds = self._time_for(call, seconds, 0)
        begin = "BEGIN"
        if not self.dsql:
            limit = max(int(seconds * 1000), 1)
            begin += f" ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = {limit}"
            begin += f"; SET LOCAL lock_timeout = {limit}"
        with watched(connection, patience):
            connection.execute(begin.encode())
        return seconds

    def _time_for(self, call: str, seconds: float, before: float) -> float:
        left = self._deadline.remaining() - RESERVE - before
        if left < SHORTEST:
            raise out_of_time(call)
        return min(seconds, left)

    def _roll_back(self, connection: "psycopg.Connection[DictRow]") -> None:
        try:
            connection.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the next transaction takes another one
            self.close()

    def _open(self, call: str) -> "psycopg.Connection[DictRow]":
        try:
            return self._connect(call, self._access.reach())
        except CallFailed as failure:
            if failure.failure is not Failure.UNAUTHORIZED:
                raise
            return self._connect(call, self._access.reach(fresh=True))

    def _connect(self, call: str, reach: Reach) -> "psycopg.Connection[DictRow]":
        import psycopg  # noqa: PLC0415 - only whoever has a mirror pays for it
        from psycopg.rows import dict_row  # noqa: PLC0415 - the same

        self._hide = reach.secrets
        try:
            # Nothing is prepared on the server: poolers between us and it share connections out by transaction.
            self._connection = psycopg.connect(
                "",
                autocommit=True,
                prepare_threshold=None,
                row_factory=dict_row,
                **{**_ALWAYS, **reach.keywords},  # type: ignore[arg-type]  # libpq's keywords are all text
            )
        except psycopg.Error as error:
            raise not_connected(call, error, self._hide) from None
        read_clamped(self._connection)
        self._opened_at = self._clock()
        return self._connection
