"""A small workspace that everybody knows: Northwind, its people, and its tasks.

Promises the same ids in every run, so that documents, rules files and tests can name them.
"""

from dataclasses import dataclass

from .control import NotionControl

TASKS_DATA_SOURCE = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
TASKS_DATABASE = "5b8f0c2a-7e4d-4f19-8a63-1c9d2e7f3a20"
ANN = "a11ce000-0000-4000-8000-00000000000a"
BEN = "be000000-0000-4000-8000-00000000000b"
CHLOE = "c410e000-0000-4000-8000-00000000000c"
DAN = "da000000-0000-4000-8000-00000000000d"
EVE = "e4e00000-0000-4000-8000-00000000000e"
ASSIGNEE_ID, STATUS_ID, DUE_ID, PRIORITY_ID = "XGe%40", "bDf%5B", "DbAu", "%3AUPp"
STATUSES = ("Not started", "In progress", "Blocked", "Done")
PRIORITIES = ("High", "Medium", "Low")

_TASKS = (
    (
        "7a5c0000-0000-4000-8000-000000000001",
        "Write the launch plan",
        "In progress",
        "2026-12-01",
        "High",
        BEN,
    ),
    (
        "7a5c0000-0000-4000-8000-000000000002",
        "Review the contract",
        "Not started",
        "2026-12-04",
        "Medium",
        None,
    ),
    ("7a5c0000-0000-4000-8000-000000000003", "Café menu & prices", "Not started", None, "Low", None),
    ("7a5c0000-0000-4000-8000-000000000004", "Ship the newsletter", "Done", "2026-11-20", "Medium", CHLOE),
)


@dataclass(frozen=True)
class Demo:
    """The ids of what `seed_demo` made; `tasks` by title.

    In the simulated Slack's demo Dan is deactivated, and Eve has no account.
    """

    data_source_id: str
    database_id: str
    ann: str
    ben: str
    chloe: str
    dan: str
    eve: str
    tasks: dict[str, str]


def seed_demo(control: NotionControl) -> Demo:
    """Fill an empty simulator (this process's or another's) with the demo workspace; tells no subscriber."""
    control.add_user("Ann", email="ann@example.com", user_id=ANN)
    control.add_user("Ben", email="ben@example.com", user_id=BEN)
    control.add_user("Chloé", email="chloe@example.com", user_id=CHLOE)
    control.add_user("Dan", email="dan@example.com", user_id=DAN)
    control.add_user("Eve", email="eve@example.com", user_id=EVE)
    control.add_data_source(
        "Tasks",
        {
            "Name": "title",
            "Assignee": {"type": "people", "id": ASSIGNEE_ID},
            "Status": {"type": "status", "id": STATUS_ID, "options": list(STATUSES)},
            "Due": {"type": "date", "id": DUE_ID},
            "Priority": {"type": "select", "id": PRIORITY_ID, "options": list(PRIORITIES)},
        },
        data_source_id=TASKS_DATA_SOURCE,
        database_id=TASKS_DATABASE,
    )
    tasks = {}
    for page_id, title, status, due, priority, assignee in _TASKS:
        people = [assignee] if assignee else []
        values = {"Name": title, "Status": status, "Due": due, "Priority": priority, "Assignee": people}
        tasks[title] = control.add_page(TASKS_DATA_SOURCE, values, page_id=page_id)
    return Demo(TASKS_DATA_SOURCE, TASKS_DATABASE, ANN, BEN, CHLOE, DAN, EVE, tasks)
