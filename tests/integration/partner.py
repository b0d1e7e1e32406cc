"""The stand with a second workspace: a Notion of the partner's own, with its own token, bot, people and clock of requests.

Both workspaces send their own webhooks; ``pump`` takes them to Steward's ingest, bytes and signature as they came.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from infra.local.simulators.notion import NotionSimulator
from tests.integration.aws import TOKEN
from tests.integration.notion_simulator.stand import Receiver
from tests.integration.short_way import short_ways, to_notion
from tests.integration.stand import Stand, standing

RULES = Path(__file__).with_name("two_workspaces.toml")
ORDERS = "0bde0000-0000-4000-8000-00000000d5a1"
PARTNER_TOKEN = "ntn_partner"
TO_STATE = {"Not started": "Open", "In progress": "Packing", "Done": "Shipped"}
STATE_ID = "sTaT"
DORA = "d04a0000-0000-4000-8000-00000000000d"
STATES = ("Open", "Packing", "Shipped", "Lost")


class TwoWorkspaces:
    """Tasks here, orders there. Make it with ``two_workspaces``."""

    def __init__(self, stand: Stand, partner: NotionSimulator, receiver: Receiver) -> None:
        self.stand, self.notion, self.partner, self._receiver = stand, stand.notion, partner, receiver
        self.dora = DORA
        for simulator in (self.notion, partner):
            simulator.configure_webhooks(aggregation_seconds=0.0)
            simulator.create_subscription(receiver.url, verification_token=TOKEN, active=True)

    def pair(self, title: str = "Ship it") -> tuple[str, str]:
        """A task and the order that it links to, neither seen yet, in step."""
        order = self.partner.add_page(ORDERS, {"Name": title, "State": "Open"})
        task = self.notion.add_page(
            self.stand.demo.data_source_id,
            {"Name": title, "Status": "Not started", "Order": self.url_of(order)},
        )
        return task, order

    def known_pair(self, title: str = "Ship it") -> tuple[str, str]:
        """The same, and Steward has seen both."""
        pages = self.pair(title)
        self.rest()
        return pages

    def rest(self) -> None:
        """Let everything be seen by a sweep, and let nothing of it be news."""
        self.stand.clock.sleep(1200)
        self.stand.sweep()
        self.stand.clock.sleep(60)

    def url_of(self, order: str) -> str:
        """An order's address in Notion."""
        return str(self.partner.page(order)["url"])

    def set_task(self, task: str, status: str, **more: Any) -> None:
        """Somebody changes a task."""
        self.notion.edit(task, properties={"Status": status}, **{"by": self.stand.demo.chloe, **more})

    def set_order(self, order: str, state: str, **more: Any) -> None:
        """Somebody changes an order."""
        self.partner.edit(order, properties={"State": state}, **{"by": self.dora, **more})

    def states(self, task: str, order: str) -> tuple[str, str]:
        """What both say."""
        found = (
            self.notion.page(task)["properties"]["Status"]["status"],
            self.partner.page(order)["properties"]["State"]["status"],
        )
        return found[0]["name"], found[1]["name"]

    def pump(self, arrange: Callable[[list[Any]], list[Any]] = lambda deliveries: deliveries) -> int:
        """Take what both workspaces have to tell to ingest, in the order of its timestamps, or another; how many."""
        for simulator in (self.notion, self.partner):
            assert simulator.drain(hurry=True)
        deliveries, self._receiver.got = self._receiver.got, []
        for delivery in arrange(sorted(deliveries, key=lambda d: d.json["timestamp"])):
            assert self.stand.deliver(delivery.body, delivery.signature) == 200
        return len(deliveries)

    def work(self) -> None:
        """Until both workspaces have nothing more to tell."""
        while self.pump():
            self.stand.work()

    def minutes(self, number: int) -> None:
        """Minutes pass, each with its tick."""
        for _ in range(number):
            self.stand.clock.sleep(60)
            self.stand.settle()
            self.stand.work()
            self.work()

    def why(self, page_id: str) -> list[str]:
        """What the journal says of the events about a page, oldest first."""
        items = self.stand.dynamodb.Table(self.stand.environ["JOURNAL_TABLE"]).scan()["Items"]
        found = [item for item in items if item.get("entity") == page_id]
        return [str(item["why"]) for item in sorted(found, key=lambda item: str(item["at"]))]

    def writes(self) -> list[tuple[str, str]]:
        """Every write of a page by Steward that was let through: workspace and page."""
        return [
            (name, str(row["path"]).rpartition("/")[2])
            for name, simulator in (("here", self.notion), ("there", self.partner))
            for row in simulator.requests(method="PATCH")
            if row["status"] == 200
        ]


def add_partner(stand: Stand, partner: NotionSimulator) -> None:
    """Give the stand's Steward the token of a second connection, tasks a link, and the partner its orders."""
    document = {"token": stand.notion.token, "connections": {"partner": partner.token}}
    stand.secrets.put_secret_value(
        SecretId=stand.environ["NOTION_SECRET_ID"], SecretString=json.dumps(document)
    )
    partner.add_user("Dora", email="dora@example.org", user_id=DORA)
    stand.notion.update_schema(stand.demo.data_source_id, add={"Order": "url"})
    partner.add_data_source(
        "Orders",
        {
            "Name": "title",
            "State": {"type": "status", "id": STATE_ID, "options": list(STATES)},
            "Owner": "people",
        },
        data_source_id=ORDERS,
    )


@contextmanager
def standing_with_partner(**environ: str) -> Iterator[tuple[Stand, NotionSimulator]]:
    """The stand, whose rules file is as ever, and a second workspace."""
    with ExitStack() as stack:
        partner = NotionSimulator(
            clock=lambda: stand.clock.time(),  # noqa: PLW0108 - the stand needs the simulator's address first
            seed=1,
            tokens=(PARTNER_TOKEN,),
            workspace_name="Partner",
            connection_name="Steward there",
        )
        stand = stack.enter_context(
            standing(quick=True, **{"NOTION_API_URL_PARTNER": partner.url, **environ})
        )
        stack.enter_context(partner)
        stack.enter_context(short_ways({partner.url: to_notion(partner)}))
        add_partner(stand, partner)
        yield stand, partner


@contextmanager
def two_workspaces(**environ: str) -> Iterator[TwoWorkspaces]:
    """The stand and a second workspace, kept in step."""
    receiver = Receiver()
    try:
        with standing_with_partner(**{"RULES_FILE": str(RULES), **environ}) as (stand, partner):
            yield TwoWorkspaces(stand, partner, receiver)
    finally:
        receiver.close()
