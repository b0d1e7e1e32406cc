"""What stands in the made-up tables: people, tasks, and what strangers may write."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from steward.effects import Kind, Status
from steward.journal import Decision
from steward.pages import Person

ANN, BEN, CHLOE = (
    Person(f"{n}0000000-0000-4000-8000-00000000000{n}", name, "person")
    for n, name in enumerate(("Ann Larkin", "Ben Osei", "Chloé Dubois"), 1)
)
MINUTE = timedelta(minutes=1)

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}"
TURNED = "safe \u202egnp.exe\u202c \u2066hidden\u2069 end"
LONG = "Long " + "x" * 1991 + " end"
EMOJI = "Ship it \U0001f469\u200d\U0001f680\U0001f1eb\U0001f1f7 ☕"
ARABIC = "مراجعة الميزانية (2026)"
CONTROLS = "bell\x07 null\x00 escape\x1b[31m red"
HOSTILE = (MARKUP, TURNED, LONG, EMOJI, ARABIC, CONTROLS)

Told = tuple[str, str, Person | None, Decision, str, Sequence[tuple[Kind, Status]]]
"""Title, type, assignee, decision, why, effects."""

_COMMENT, _MESSAGE = (Kind.COMMENT, Status.DONE), (Kind.MESSAGE, Status.DONE)

ORDINARY: tuple[Told, ...] = (
    ("Draft the Q1 hiring plan", "page.properties_updated", ANN, Decision.OBSERVED, "assigned to Ann Larkin", (_COMMENT, _MESSAGE)),
    ("Rotate the staging certificates", "page.properties_updated", BEN, Decision.OBSERVED, "status In progress → Blocked", (_COMMENT, _MESSAGE, (Kind.DIRECT, Status.DONE), (Kind.EMAIL, Status.DONE))),
    ("Rotate the staging certificates", "page.content_updated", BEN, Decision.IGNORED, "no rule watches a page's text", ()),
    ("Pick a venue for the offsite", "page.created", CHLOE, Decision.OBSERVED, "created; assigned in turn", ((Kind.WRITE, Status.DONE), _COMMENT, _MESSAGE)),
    ("Invoice 2031 does not match its order", "page.properties_updated", ANN, Decision.COVERED, "the snapshot is fresher than the event", ()),
    ("Translate the onboarding guide", "page.properties_updated", CHLOE, Decision.OBSERVED, "due date moved to 2026-11-27", ((Kind.ROW, Status.DONE),)),
    ("Old roadmap", "page.deleted", None, Decision.GONE, "the page is in the trash", (_MESSAGE,)),
    ("Plan the load test", "page.properties_updated", BEN, Decision.OBSERVED, "nothing that is watched changed", ()),
)  # fmt: skip  # one event a line


def page_id(title: str) -> str:
    """A page's id, the same for the same title."""
    digits = hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def digest(text: str) -> str:
    """Hexadecimal digits, the same for the same text."""
    return hashlib.sha256(text.encode()).hexdigest()
