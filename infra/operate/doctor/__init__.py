"""``doctor``: whether a stack works end to end, line by line, each with its remedy; without one, who we are connected as.

One module a part: what is asked is apart from what the answer means. Nothing is written, and Notion is asked a handful.
"""

from infra.operate.doctor.command import register
from infra.operate.doctor.who_we_are import run

__all__ = ["register", "run"]
