"""Who answers must prove to be the host that was asked for, by a root that is trusted."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.local.postgres import PostgresServer
from steward.errors import CallFailed, Failure
from tests.mirror import access_to, database_at

ASK = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, root: bool
) -> x509.Certificate:
    """For a host, or a root for itself."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(by, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def proving() -> Iterator[tuple[PostgresServer, str]]:
    """A server with a certificate for ``localhost``, and the PEM text of its private root."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem = serialization.Encoding.PEM
    server = PostgresServer(
        settings={"ssl": "on", "ssl_cert_file": "{folder}/server.crt", "ssl_key_file": "{folder}/server.key"}
    )
    try:
        server.prepare()
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for name, content in (
            ("server.crt", certificate("localhost", key, root_key, root=False).public_bytes(pem)),
            ("server.key", secret),
        ):
            file = server.folder / name
            file.write_bytes(content)
            file.chmod(0o600)
            owner = server.folder.stat()
            os.chown(file, owner.st_uid, owner.st_gid)
        server.run()
        yield server, certificate("root", root_key, root_key, root=True).public_bytes(pem).decode()
    finally:
        server.stop()


@pytest.mark.req("A7", "O5")
def test_a_server_that_proves_itself_by_the_secrets_root_is_talked_to_in_secret(
    proving: tuple[PostgresServer, str],
) -> None:
    server, root = proving
    dsn = server.dsn().replace("127.0.0.1", "localhost") + "?sslmode=verify-full"

    database = database_at("", access=access_to(dsn, ca=root))

    assert database.run("postgres.test", lambda t: t.row(ASK)) == {"ssl": True}
    database.close()


@pytest.mark.req("A7", "O5")
@pytest.mark.parametrize(
    ("host", "trusted", "said"),
    [("localhost", False, "certificate verify failed"), ("127.0.0.1", True, "does not match host name")],
)
def test_one_that_does_not_gets_no_password(
    proving: tuple[PostgresServer, str], host: str, trusted: bool, said: str
) -> None:
    server, root = proving
    dsn = server.dsn().replace("127.0.0.1", host) + "?sslmode=verify-full"

    database = database_at("", access=access_to(dsn, **({"ca": root} if trusted else {})))
    with pytest.raises(CallFailed) as caught:
        database.run("postgres.test", lambda t: t.row(ASK))

    assert caught.value.failure is Failure.UNREACHABLE
    assert said in caught.value.message
