"""The Notion simulator under hostile bodies and many callers at once: no crash, no lost write, no miscount."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator
from tests.integration.notion_simulator.stand import Api, Receiver

pytestmark = pytest.mark.req("O1", "P2")
WRONG: list[object] = [
    None,
    0,
    True,
    "",
    "x",
    [],
    {},
    [[]],
    [{}],
    [None],
    {"type": 1},
    {"x": {}},
    [{"text": 1}],
]
FEW: list[object] = [None, True, "x", [{}], {"x": {}}]
KINDS = (
    "title",
    "people",
    "mention",
    "text",
    "equation",
    "page_id",
    "timestamp",
    "last_edited_time",
    "and",
    "or",
)


@pytest.mark.parametrize(
    ("method", "path", "keys"),
    [
        ("POST", "/v1/pages", ("parent", "properties", "children", "icon")),
        ("PATCH", "/v1/pages/TASK", ("properties", "in_trash", "is_locked", "archived")),
        ("POST", "/v1/pages/TASK/move", ("parent",)),
        ("PATCH", "/v1/blocks/TASK/children", ("children", "position", "after")),
        ("POST", "/v1/comments", ("parent", "discussion_id", "rich_text", "markdown", "display_name")),
        (
            "POST",
            "/v1/data_sources/SOURCE/query",
            ("filter", "sorts", "page_size", "start_cursor", "in_trash"),
        ),
        ("POST", "/v1/search", ("query", "filter", "sort", "page_size", "start_cursor")),
    ],
)
def test_no_body_makes_it_crash(
    *, sim: NotionSimulator, api: Api, demo: Demo, task: str, method: str, path: str, keys: tuple[str, ...]
) -> None:
    sim.set_rate_limit(None)
    good: dict[str, object] = {
        "parent": {"page_id": task},
        "markdown": "x",
        "children": [{"divider": {}}],
        "properties": {},
    }
    wrapped: list[object] = []
    for wrong in FEW:
        wrapped += [{kind: wrong} for kind in KINDS] + [[{kind: wrong}] for kind in KINDS]
        wrapped += [{"Assignee": {"people": wrong}}, {"Name": {"title": wrong}}, {"Due": {"date": wrong}}]
        wrapped += [{"Due": {"date": {"start": wrong}}}, {"Priority": {"select": {"name": wrong}}}]
        wrapped += [{"property": "Status", "status": wrong}, {"property": "Due", "date": {"before": wrong}}]
        wrapped += [{"property": "Status", "status": {"equals": wrong}}, {"property": wrong, "title": {}}]
        wrapped += [{"type": "after_block", "after_block": wrong}, {"type": "custom", "custom": wrong}]
        wrapped += [{"and": wrong}, {"and": [wrong]}, {"value": wrong}, {"direction": wrong}]
        wrapped += [[{"text": {"content": "x", "link": wrong}}], [{"text": {"content": wrong}}]]
        wrapped += [[{"text": {"content": "x"}, "annotations": wrong}], [{"mention": {"user": wrong}}]]
        wrapped += [[{"mention": {"date": wrong}}], [{"mention": {"page": {"id": wrong}}}]]
        wrapped += [[{"paragraph": {"rich_text": wrong}}], [{"property": wrong, "direction": "ascending"}]]
    filled = path.replace("TASK", task).replace("SOURCE", demo.data_source_id)
    for key in keys:
        for wrong in [*WRONG, *wrapped]:
            body = good | {key: wrong}
            answer = api(method, filled, body)
            assert answer.status in {200, 400, 404}, (body, answer.json.get("message"))
        if sim.page(task)["in_trash"]:
            sim.restore(task)


def test_many_callers_at_once_lose_nothing(sim: NotionSimulator, receiver: Receiver, task: str) -> None:
    sim.create_subscription(receiver.url, active=True)
    sim.configure_webhooks(concurrency=8)

    def write(number: int) -> list[int]:
        api = Api(sim.url, sim.token)
        body = {"parent": {"page_id": task}, "markdown": f"caller {number}"}
        statuses = [api("POST", "/v1/comments", body).status for _ in range(25)]
        api.connection.close()
        return statuses

    with ThreadPoolExecutor(8) as callers:
        statuses = [status for part in callers.map(write, range(8)) for status in part]
    assert (statuses.count(200), statuses.count(429)) == (180, 20)
    assert len(sim.comments(task)) == 180
    assert sim.drain()
    assert len({delivery.json["id"] for delivery in receiver.got}) == 180


def test_a_chunked_body_is_read_and_the_connection_goes_on(sim: NotionSimulator, task: str) -> None:
    parts = urlsplit(sim.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    headers = {"Authorization": f"Bearer {sim.token}", "Notion-Version": "2026-03-11"}
    pieces = json.dumps({"parent": {"page_id": task}, "markdown": "in pieces"}).encode()
    for _ in range(2):
        connection.request(
            "POST", "/v1/comments", iter([pieces[:10], pieces[10:]]), headers, encode_chunked=True
        )
        response = connection.getresponse()
        response.read()
        assert response.status == 200
    connection.close()
    assert [comment["text"] for comment in sim.comments(task)] == ["in pieces"] * 2
