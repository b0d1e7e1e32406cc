"""Our own PostgreSQL: found or brought along, unprivileged, private, and gone with whoever started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from infra.local import postgres as module
from infra.local.postgres import OLDEST, PostgresServer, find_binaries, packaged
from infra.local.processes import StartError, exists
from infra.local.setup import ROOT

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as somebody else")


def version(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        return connection.info.server_version // 10000


@pytest.mark.req("O1")
def test_debians_newest_server_is_taken_and_the_packages_without_one(tmp_path: Path) -> None:
    for number in ("9.6", str(OLDEST - 1), str(OLDEST), "17", "18"):
        folder = tmp_path / number / "bin"
        folder.mkdir(parents=True)
        for program in () if number == "18" else ("initdb", "postgres"):
            (folder / program).touch()

    assert find_binaries(tmp_path) == tmp_path / "17" / "bin"
    assert find_binaries(tmp_path / "nothing") == packaged()


def test_a_machine_without_any_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "no_such_package")

    with pytest.raises(StartError, match="apt-get install postgresql"):
        find_binaries(tmp_path)


@pytest.mark.req("O1")
def test_the_packages_server_runs_also_from_where_its_user_can_not_read(tmp_path: Path) -> None:
    package = packaged().parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (closed / name).symlink_to(package.with_name(name))

    with PostgresServer(closed / package.name / "pginstall" / "bin") as server:
        assert version(server.create("one")) >= OLDEST
        assert version(server.create("two", "one")) >= OLDEST
        folder = server.folder

    assert not folder.exists()


@pytest.mark.req("O1", "O5")
def test_it_listens_on_loopback_only_wants_its_password_and_is_nobody(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("listen_addresses", "unix_socket_directories", "fsync")
        }
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.dsn().replace(postgres._password, "another"))

    assert shown == {
        "listen_addresses": ("127.0.0.1",),
        "unix_socket_directories": ("",),
        "fsync": ("off",),
    }
    assert (Path(f"/proc/{postgres.pid}").stat().st_uid == 0) is False


@pytest.mark.req("O1")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_whoever_started_it_and_the_next_one_cleans_up(end: signal.Signals) -> None:
    code = (
        "import time; from infra.local.postgres import PostgresServer; server = PostgresServer(); server.start();"
        "print(server.pid, server.folder, flush=True); time.sleep(60)"
    )
    paths = os.pathsep.join([str(ROOT), str(ROOT / "functions"), *filter(None, sys.path)])
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
    ) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        parent.send_signal(end)
        parent.wait(10)

    until = time.monotonic() + 10
    while exists(int(pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not exists(int(pid))
    module._remove_orphans()
    assert not Path(folder).exists()
