"""The workspace that the scenarios find: the demo's, a day old, with what they need beside it."""

from infra.local.demo.deadline import tomorrow
from infra.local.demo.digest import MANY
from infra.local.simulators.notion import Demo, NotionAdmin, seed_demo
from infra.local.simulators.notion.demo import TASKS_DATA_SOURCE

TASK = "Review the contract"
DUE_TASK = "Write the launch plan"
LINKED_TASK, ORDER = "Café menu & prices", "200 menus"
ORDERS = "0bde0000-0000-4000-8000-00000000d5a1"
_AGE = 24 * 3600


def seed_partner(partner: NotionAdmin) -> None:
    """Fill the other workspace: Dora, and a data source of orders."""
    partner.add_user("Dora", email="dora@example.org")
    states = {"type": "status", "options": ["Open", "Packing", "Shipped"]}
    partner.add_data_source("Orders", {"Name": "title", "State": states}, data_source_id=ORDERS)


def seed(notion: NotionAdmin) -> Demo:
    """Fill it, and tell nobody; as of yesterday, because nobody is told that a page goes which just came."""
    notion.set_clock_offset(-_AGE)
    demo = seed_demo(notion)
    notion.update_schema(TASKS_DATA_SOURCE, add={"Order": "url"})
    notion.edit(demo.tasks[DUE_TASK], properties={"Due": tomorrow()}, silent=True)
    for title in MANY:
        demo.tasks[title] = notion.add_page(TASKS_DATA_SOURCE, {"Name": title, "Status": "Not started"})
    notion.set_clock_offset(0)
    return demo
