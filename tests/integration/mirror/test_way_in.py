"""What keeps us out of the database is said plainly, and what passes is passed over."""

from collections.abc import Mapping

import psycopg
import pytest

from infra.local.postgres import PostgresServer
from infra.local.processes import free_port
from steward.errors import CallFailed, Failure
from steward.mirror.access import Reach
from steward.mirror.database import Transaction
from tests.mirror import access_to, database_at

CALL = "postgres.test"


def ids(transaction: Transaction) -> list[str]:
    return [row["id"] for row in transaction.rows("SELECT id FROM projects ORDER BY id")]


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"password": "wrong-secret"}, Failure.UNAUTHORIZED),
        ({"user": "nobody-we-know"}, Failure.UNAUTHORIZED),
        ({"dbname": "not_there"}, Failure.UNAUTHORIZED),
        ({"port": None}, Failure.UNREACHABLE),
        ({"host": "host.invalid", "hostaddr": "127.0.0.1", "sslmode": "verify-full"}, Failure.UNREACHABLE),
    ],
)
def test_what_keeps_us_out_is_said_plainly_and_without_the_password(
    mirror_dsn: str, change: Mapping[str, str | None], failure: Failure
) -> None:
    given = psycopg.conninfo.conninfo_to_dict(mirror_dsn)
    known = {**given, **change}
    if known["port"] is None:
        known["port"] = str(free_port())
    database = database_at(psycopg.conninfo.make_conninfo(**{k: str(v) for k, v in known.items()}))

    with pytest.raises(CallFailed) as caught:
        database.run(CALL, ids)

    assert (caught.value.failure, caught.value.vendor) == (failure, "postgres"), str(caught.value)
    for secret in ("wrong-secret", str(given["password"])):
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)


@pytest.mark.req("T9")
def test_a_password_that_was_changed_is_taken_from_the_secret_once(mirror_dsn: str) -> None:
    asked = list[bool]()

    class Changed:
        dsql = False

        def reach(self, *, fresh: bool = False) -> Reach:
            asked.append(fresh)
            reach = access_to(mirror_dsn).reach()
            return reach if fresh else Reach({**reach.keywords, "password": "former"}, reach.place)

    database = database_at("", access=Changed())

    assert database.run(CALL, ids) == []
    assert asked == [False, True]
    database.close()


def test_a_server_that_goes_and_comes_back_is_used_again() -> None:
    with PostgresServer() as server:
        database = database_at(server.dsn())
        assert database.run(CALL, lambda t: t.row("SELECT 1 AS one")) == {"one": 1}
        server.halt()

        for _ in range(2):
            with pytest.raises(CallFailed) as caught:
                database.run(CALL, lambda t: t.row("SELECT 1 AS one"))
            assert (caught.value.failure, caught.value.maybe_done) == (Failure.UNREACHABLE, False)

        server.run()
        assert database.run(CALL, lambda t: t.row("SELECT 1 AS one")) == {"one": 1}
        database.close()
