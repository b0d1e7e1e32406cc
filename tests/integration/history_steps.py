"""Random lists of what can happen to a few pages, and the rules file under which it happens."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.integration.rules_file import TASKS, automation

STATUSES = ("Not started", "In progress", "Blocked", "Done")
DAYS = (None, "2026-11-19", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26")
"""Friday, 20 November is when a history begins."""

PAGES, PEOPLE = 3, 4

_page = st.integers(0, PAGES)  # one more than there are in the beginning: the newest
_people = st.lists(st.integers(0, PEOPLE - 1), max_size=2, unique=True)
_fate = st.sampled_from(["now", "now", "twice", "later", "later", "lost"])
_pause = st.sampled_from([0, 0, 1, 5, 40, 400, 4000])

STEPS = st.one_of(
    st.tuples(st.just("assign"), _page, _people, _fate, _pause),
    st.tuples(st.just("assign"), _page, _people, _fate, _pause),
    st.tuples(st.just("status"), _page, st.sampled_from(STATUSES), _fate, _pause),
    st.tuples(st.just("due"), _page, st.sampled_from(DAYS), _fate, _pause),
    st.tuples(st.just("title"), _page, st.sampled_from(["Bug", "Paint"]), _fate, _pause),
    st.tuples(st.just("trash"), _page, st.none(), _fate, _pause),
    st.tuples(st.just("create"), st.just(0), _people, _fate, _pause),
    st.tuples(st.just("rename"), st.just(0), st.sampled_from(["Assignee", "Status", "Due"]), _fate, _pause),
    st.tuples(st.just("deliver"), st.integers(0, 9), st.none(), st.just("now"), _pause),
    st.tuples(st.just("work"), st.integers(0, 3), st.none(), st.just("now"), _pause),
    st.tuples(st.just("work"), st.just(0), st.none(), st.just("now"), _pause),
    st.tuples(
        st.just("tick"),
        st.just(0),
        st.sampled_from(["settle", "settle", "sweep", "remind"]),
        st.just("now"),
        _pause,
    ),
    st.tuples(st.just("morning"), st.just(0), st.none(), st.just("now"), _pause),
    st.tuples(st.just("restart"), st.just(0), st.none(), st.just("now"), _pause),
    st.tuples(st.just("die"), st.integers(1, 9), st.none(), st.just("now"), _pause),
)
"""Operation, its number, its value, what becomes of its webhook, and the seconds that pass before it."""

HISTORIES = st.lists(STEPS, min_size=4, max_size=30)
Step = tuple[str, int, Any, str, int]


def rules(folder: Path) -> str:
    """The path of a rules file with every kind of automation."""
    text = TASKS.replace("notices = 50", "notices = 2").replace("}\n", ', due = "Due" }\n').replace(" ,", ",")
    kinds = (
        automation("assignment", "removed = true"),
        automation("status"),
        automation(
            "status",
            'name = "blocked"\nto = ["Blocked"]\nslack = false\ncomment = true\n'
            'escalate = { to = "ben@example.com", slack_channel = "#team", direct = false }',
        ),
        automation("lifecycle", 'on = ["created", "deleted", "undeleted"]'),
        automation(
            "on_creation",
            'assign = { round_robin = ["ann@example.com", "ben@example.com"] }\n'
            'categorise = [{ set = { priority = "High" } }]\nwelcome = [{ text = "Welcome." }]',
        ),
        automation("deadline", "overdue = { assignee = 1, lead = 0, channel = 0 }"),
    )
    path = folder / "steward.toml"
    path.write_text(text + "\n".join(kinds))
    return str(path)
