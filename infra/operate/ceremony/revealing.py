"""The one way in which a verification token leaves its secret: to a person's terminal, or into a file that only they read."""

import os
from dataclasses import dataclass
from pathlib import Path

from infra.operate.ceremony.operator import Operator

QUESTION = "show the token now, to paste it into Notion's Verify dialog?"


class RefusedShow(Exception):
    """The token is not shown; the message says how it can be."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """What the operator wished.

    Attributes:
        shown: show it on the terminal.
        file: write it into this file.
    """

    shown: bool = False
    file: Path | None = None

    def check(self, operator: Operator) -> None:
        """Refuse early what could not be done later.

        Raises:
            RefusedShow: the token would go into a pipe or a file that others may read.
        """
        if self.shown and not operator.sees:
            raise RefusedShow(
                "the token is shown on a terminal only; here, write it into a file of yours: --reveal-to FILE"
            )

    def __call__(self, operator: Operator, token: str) -> bool:
        """Reveal it as it was wished, or ask; whether it was revealed.

        Raises:
            RefusedShow: the file can't be made.
        """
        if self.file is not None:
            write(self.file, token)
            operator.say(f"the token is in {self.file}, which only you can read; delete it after pasting")
            return True
        if self.shown or (operator.answers and operator.sees and operator.agrees(QUESTION)):
            operator.show_once(token)
            return True
        return False


def write(file: Path, token: str) -> None:
    """Write a token into a new file with mode 0600.

    Raises:
        RefusedShow: there is something already, or it can't be made.
    """
    try:
        # Made anew: a file that is there may be somebody's, or a link to where everybody reads.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError:
        raise RefusedShow(f"{file} is there already; name a file that is not") from None
    except OSError as error:
        raise RefusedShow(f"{file} can't be made: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(f"{token}\n")
