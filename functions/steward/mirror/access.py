"""How the mirror's database is reached: by the DSN of a secret, or Aurora DSQL by a token of IAM.

Whoever answers from another machine must prove by a certificate that it is the host that was asked for
(``sslmode=verify-full``). The roots are certifi's, which the layer brings: the wheel of psycopg brings an OpenSSL whose
own folder of roots is empty, so ``sslrootcert=system`` finds none. A database with a private root, such as RDS, has it in
the secret.

Source: libpq's connection parameters; boto3's ``dsql`` client; DSQL's host names and its one database, ``postgres``.
"""

import ipaddress
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from steward.errors import CallFailed
from steward.mirror.trouble import misconfigured

EXAMPLE = "postgresql://USER:PASSWORD@HOST/DATABASE"
ADMIN = "admin"
"""The DSQL role that may do everything; any other one needs another action of IAM."""

_DSQL_HOST = re.compile(r"[a-z0-9]+\.dsql(?:-[a-z0-9]+)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.on\.aws")
_NOT_OURS = frozenset({"service", "passfile", "replication"})
_LOCAL_NAMES = frozenset({"localhost"})


@dataclass(frozen=True)
class Reach:
    """What a connection is made with.

    Attributes:
        keywords: libpq's parameters, the password among them.
        place: host and database, for people.
    """

    keywords: Mapping[str, str] = field(repr=False)
    place: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand in no message."""
        return tuple(filter(None, [self.keywords.get("password")]))


class Access(Protocol):
    """A way to the database."""

    @property
    def dsql(self) -> bool:
        """Whether it is Aurora DSQL."""

    def reach(self, *, fresh: bool = False) -> Reach:
        """What to connect with now.

        Args:
            fresh: what was given before was refused: look again whether it was changed.

        Raises:
            CallFailed: UNAUTHORIZED. Nothing usable is configured; the message says what to do, without the secret.
        """


class DsnAccess:
    """By the secret's document: ``{"dsn": "postgresql://…"}``, with ``"ca"`` the PEM text of a private root."""

    dsql = False

    def __init__(self, read: Callable[[bool], Mapping[str, Any]]) -> None:
        """Make it.

        Args:
            read: gives the document; of True, past any cache.
        """
        self._read = read
        self._folder: Path | None = None

    def reach(self, *, fresh: bool = False) -> Reach:
        """See ``Access.reach``."""
        document = self._read(fresh)
        dsn, ca = document.get("dsn"), document.get("ca")
        if not isinstance(dsn, str) or not dsn.strip():
            raise misconfigured(
                f'no database is configured; put {{"dsn": "{EXAMPLE}"}} into the mirror\'s secret'
            )
        given = _parsed(dsn.strip())
        wrong = _NOT_OURS & set(given)
        if wrong:
            raise misconfigured(f"the dsn may not have {', '.join(sorted(wrong))}; write the whole address")
        for needed in ("host", "user", "dbname"):
            if not given.get(needed):
                raise misconfigured(f"the dsn has no {needed}; write {EXAMPLE}")
        if not _is_local(given) and given.setdefault("sslmode", "verify-full") != "verify-full":
            raise misconfigured(
                f"sslmode={given['sslmode']} does not prove who answers; leave sslmode away or write verify-full"
            )
        if given.get("sslmode") == "verify-full":
            if isinstance(ca, str) and ca.strip():
                given["sslrootcert"] = self._file_of(ca)
            given.setdefault("sslrootcert", roots())
        return Reach(given, f"{given['host']}/{given['dbname']}")

    def _file_of(self, ca: str) -> str:
        if "-----BEGIN CERTIFICATE-----" not in ca:
            raise misconfigured("the secret's ca is no certificate in PEM")
        if self._folder is None:
            # Of our own, because whoever else may write there could put a root of theirs into it.
            self._folder = Path(tempfile.mkdtemp(prefix="steward-mirror-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        file = self._folder / "ca.pem"
        file.write_text(ca)
        return str(file)


class DsqlAccess:
    """To an Aurora DSQL cluster; the token is made anew for each connection, here, without a call."""

    dsql = True

    def __init__(self, client: Callable[[str], Any], host: str, user: str = ADMIN) -> None:
        """Make it.

        Args:
            client: makes boto3's ``dsql`` client for a region.
            host: the cluster's endpoint, ``<id>.dsql.<region>.on.aws``.
            user: the database role.
        """
        self._client = client
        self._host = host
        self._user = user

    def reach(self, *, fresh: bool = False) -> Reach:  # noqa: ARG002 - it is always made anew
        """See ``Access.reach``."""
        found = _DSQL_HOST.fullmatch(self._host)
        if found is None:
            raise misconfigured("the mirror's host is no Aurora DSQL endpoint, <id>.dsql.<region>.on.aws")
        client = self._client(found[1])
        make = (
            client.generate_db_connect_admin_auth_token
            if self._user == ADMIN
            else client.generate_db_connect_auth_token
        )
        keywords = {
            "host": self._host,
            "port": "5432",
            "dbname": "postgres",
            "user": self._user,
            "password": make(self._host, found[1]),
            "sslmode": "verify-full",
            "sslrootcert": roots(),
        }
        return Reach(keywords, f"{self._host}/postgres")


def roots() -> str:
    """The file of the roots that are trusted."""
    import certifi  # noqa: PLC0415 - only where a connection is made

    return certifi.where()


def _parsed(dsn: str) -> dict[str, str]:
    from psycopg import ProgrammingError  # noqa: PLC0415 - only where a connection is made
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - the same

    try:
        return {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    except (ProgrammingError, UnicodeError):
        pass
    # Neither the words of the error nor the error itself: both may repeat the password.
    raise _unreadable()


def _unreadable() -> CallFailed:
    return misconfigured(
        f"the dsn can't be read; write {EXAMPLE}, with %40 for an @ and %2F for a / in the password"
    )


def _is_local(given: Mapping[str, str]) -> bool:
    """Whether the connection can't leave this machine, whatever any name resolves to."""
    places = [part.strip() for key in ("host", "hostaddr") for part in given.get(key, "").split(",") if part]
    return bool(places) and all(map(_is_here, places))


def _is_here(place: str) -> bool:
    if place.startswith(("/", "@")) or place in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(place).is_loopback
    except ValueError:
        return False
