"""Child processes that start clean, write to a log, and never outlive us."""

import contextlib
import ctypes
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")


class StartError(Exception):
    """A part of the stack did not start; the message says what to do."""


def free_port(wanted: int = 0) -> int:
    """A free port on 127.0.0.1: the wanted one, or any for 0.

    Raises:
        StartError: the wanted one is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except PermissionError as error:
            raise StartError(
                f"port {wanted} is not allowed to you; choose one above 1023: --port 0"
            ) from error
        except OSError as error:
            raise StartError(
                f"port {wanted} is taken; stop what listens there, or choose another: --port 0"
            ) from error
        return int(probe.getsockname()[1])


class Child:
    """A process in a group of its own, with nothing of our environment but the path and the language."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        env: Mapping[str, str],
        cwd: Path,
        *,
        user: tuple[int, int] | None = None,
        end: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start it.

        Args:
            name: for people.
            command: the program and its arguments.
            log: takes what it writes to its standard error.
            env: of the process.
            cwd: where it runs.
            user: ids of the user and the group that it runs as; ours without.
            end: what asks it to end.
        """
        self.name = name
        self._end = end
        self._log = log
        clean = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                list(command),
                env={**clean, **env},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                user=user[0] if user else None,
                group=user[1] if user else None,
                extra_groups=[] if user else None,
                # Run after the change of the user, which would forget it.
                preexec_fn=functools.partial(_die_with_parent, end) if sys.platform == "linux" else None,  # noqa: PLW1509 - before any thread
            )

    def first_line(self) -> dict[str, Any]:
        """The JSON object that the process prints when it listens.

        Raises:
            StartError: it ended, or printed something else.
        """
        assert self._process.stdout is not None  # noqa: S101 - PIPE above
        line = self._process.stdout.readline()
        try:
            document: dict[str, Any] = json.loads(line)
        except ValueError as error:
            self.stop()
            raise StartError(f"{self.name} did not start:\n{self.tail()}") from error
        return document

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def tail(self) -> str:
        """The last lines of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])

    def stop(self) -> None:
        """End it and all that it started."""
        if self.is_alive:
            self._process.send_signal(self._end)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(5)
        if self._process.stdout is not None:
            self._process.stdout.close()


def exists(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> None:
    """Ask ``ready()`` until it is true.

    Raises:
        StartError: the child ended, or the time is over.
    """
    end = time.monotonic() + seconds
    while not ready():
        if not child.is_alive:
            raise StartError(f"{child.name} ended while it started:\n{child.tail()}")
        if time.monotonic() > end:
            raise StartError(f"{child.name} did not start within {seconds:.0f} s:\n{child.tail()}")
        time.sleep(0.02)


def _die_with_parent(end: signal.Signals) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, end)
