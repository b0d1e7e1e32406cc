"""The processes that a stack started, and theirs: never anybody else's, because several stacks may run at once."""

from collections.abc import Iterable
from pathlib import Path


def descendants(ancestors: Iterable[int]) -> dict[int, str]:
    """Process ids and command lines of these processes and of everything that they started (Linux)."""
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue  # it ended while we looked
    family = {pid for pid in ancestors if pid in parents}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {pid: commands.get(pid, "") for pid in family}
