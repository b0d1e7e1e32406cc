"""How the database is reached: proven to be itself when it is elsewhere, and the password told to nobody."""

import ast
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from steward.errors import CallFailed, Failure
from steward.mirror.access import DsnAccess, DsqlAccess, roots

PASSWORD = "s3cret-of-the-database"
FAR = f"postgresql://app:{PASSWORD}@db.example.com:6432/work"
HOST = "abcd1234efgh.dsql.eu-west-1.on.aws"


def access(document: dict[str, Any]) -> DsnAccess:
    return DsnAccess(lambda _: document)


@pytest.mark.req("A7", "O5")
def test_a_database_elsewhere_must_prove_that_it_is_the_one() -> None:
    reach = access({"dsn": FAR}).reach()

    assert reach.keywords["sslmode"] == "verify-full"
    assert reach.keywords["sslrootcert"] == roots()
    assert reach.keywords["password"] == PASSWORD
    assert reach.place == "db.example.com/work"
    assert PASSWORD not in repr(reach)
    assert "Amazon Root CA 1" in Path(roots()).read_text()


@pytest.mark.req("A7", "O5")
@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize(
    "host", ["db.example.com", "10.0.0.7", "127.0.0.1,db.example.com", "localhost.example.com", "169.254.1.1"]
)
def test_no_weaker_proof_is_taken_from_a_database_elsewhere(mode: str, host: str) -> None:
    with pytest.raises(CallFailed) as caught:
        access({"dsn": f"host={host} user=app dbname=work password={PASSWORD} sslmode={mode}"}).reach()

    assert caught.value.failure is Failure.UNAUTHORIZED
    assert "write verify-full" in caught.value.message
    assert PASSWORD not in str(caught.value)


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "::1", "/var/run/postgresql", "127.0.0.2,localhost"]
)
def test_a_database_on_this_machine_needs_no_certificate(host: str) -> None:
    keywords = access({"dsn": f"host={host} user=app dbname=work"}).reach().keywords

    assert "sslmode" not in keywords
    assert "sslrootcert" not in keywords


@pytest.mark.req("A7")
def test_an_address_that_is_elsewhere_counts_though_the_name_is_here() -> None:
    keywords = access({"dsn": "host=localhost hostaddr=10.0.0.7 user=app dbname=work"}).reach().keywords

    assert keywords["sslmode"] == "verify-full"


@pytest.mark.req("A7")
def test_a_private_root_comes_with_the_secret() -> None:
    ca = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
    way = access({"dsn": FAR, "ca": ca})

    assert Path(way.reach().keywords["sslrootcert"]).read_text() == ca
    assert way.reach().keywords["sslrootcert"] == way.reach().keywords["sslrootcert"]
    with pytest.raises(CallFailed, match="no certificate in PEM"):
        access({"dsn": FAR, "ca": "MII"}).reach()


@pytest.mark.req("A7", "O5")
@pytest.mark.parametrize(
    ("document", "hint"),
    [
        ({}, "no database is configured"),
        ({"dsn": ""}, "no database is configured"),
        ({"dsn": 7}, "no database is configured"),
        ({"dsn": f"{PASSWORD} is here"}, "can't be read"),
        ({"dsn": f"postgresql://app:{PASSWORD}%zz@db.example.com/work"}, "can't be read"),
        ({"dsn": f"user=app password={PASSWORD} dbname=work"}, "has no host"),
        ({"dsn": f"host=h password={PASSWORD} dbname=work"}, "has no user"),
        ({"dsn": f"postgresql://app:{PASSWORD}@h"}, "has no dbname"),
        ({"dsn": f"service=x host=h user=app dbname=work password={PASSWORD}"}, "may not have service"),
    ],
)
def test_a_mistake_in_the_secret_is_said_with_what_to_do_and_without_the_password(
    document: dict[str, Any], hint: str
) -> None:
    with pytest.raises(CallFailed) as caught:
        access(document).reach()

    failure = caught.value
    assert failure.failure is Failure.UNAUTHORIZED
    assert hint in failure.message
    assert PASSWORD not in str(failure) + repr(failure) + repr(failure.__context__) + repr(failure.__cause__)


@pytest.mark.req("A7")
@pytest.mark.parametrize(("user", "action"), [("admin", "DbConnectAdmin"), ("steward", "DbConnect")])
def test_dsql_is_reached_by_a_token_of_iam_made_anew_each_time(user: str, action: str) -> None:
    made = list[str]()

    def client(region: str) -> Any:
        made.append(region)
        return boto3.client("dsql", region_name=region)

    way = DsqlAccess(client, HOST, user)
    reach = way.reach()
    token = urlsplit(f"https://{reach.keywords['password']}")

    assert made == ["eu-west-1"]
    assert token.hostname == HOST
    assert parse_qs(token.query)["Action"] == [action]
    assert "eu-west-1/dsql" in parse_qs(token.query)["X-Amz-Credential"][0]
    assert {k: v for k, v in reach.keywords.items() if k != "password"} == {
        "host": HOST,
        "port": "5432",
        "dbname": "postgres",
        "user": user,
        "sslmode": "verify-full",
        "sslrootcert": roots(),
    }
    assert reach.keywords["password"] not in repr(reach)
    way.reach()
    assert len(made) == 2


@pytest.mark.parametrize(
    "host", ["db.example.com", "x.dsql.eu-west-1.on.aws.example.com", "", "dsql.eu-west-1.on.aws"]
)
def test_a_token_goes_to_no_host_that_is_not_of_dsql(host: str) -> None:
    with pytest.raises(CallFailed, match="no Aurora DSQL endpoint"):
        DsqlAccess(lambda _: None, host).reach()


def test_psycopg_is_imported_only_where_it_is_used() -> None:
    folder = Path(__file__).parents[3] / "functions"
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in tree.body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] == "psycopg"], path
