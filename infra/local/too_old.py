"""What to say to an interpreter that is too old. Every Python 3 since 3.6 has to understand this file."""

import shutil
import subprocess

SUPPORTED = ("python3.13", "python3.12", "python3.11")


def works(name: str) -> bool:
    """Whether such a command is there and runs; a version manager's placeholder is there and does not."""
    path = shutil.which(name)
    quiet = subprocess.DEVNULL
    return path is not None and subprocess.call([path, "-c", ""], stdout=quiet, stderr=quiet) == 0


def remedy(version: tuple, works=works) -> str:  # type: ignore[type-arg,no-untyped-def]  # Python 3.6 reads this
    """One line: what is needed, what this is, and what to do."""
    found = ".".join(str(part) for part in tuple(version)[:3])
    usable = [name for name in SUPPORTED if works(name)]
    advice = (
        f"run: make run PYTHON={usable[0]}" if usable else "install one, then: make run PYTHON=python3.13"
    )
    return f"infra.local: Python 3.11 or newer is needed, this is {found}; {advice}"
