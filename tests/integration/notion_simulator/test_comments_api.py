"""`/v1/comments` and `/v1/users` of the Notion simulator."""

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator
from tests.integration.notion_simulator.stand import Api, Clock

pytestmark = pytest.mark.req("O1")


def _text(text: str) -> list[dict[str, object]]:
    return [{"text": {"content": text}}]


def test_a_comment_mentions_a_person(api: Api, demo: Demo, task: str) -> None:
    words = [{"mention": {"user": {"id": demo.ann}}}, {"text": {"content": " has a task"}}]
    made = api.ok("POST", "/v1/comments", {"parent": {"page_id": task}, "rich_text": words})
    assert made["rich_text"][0]["mention"]["user"]["name"] == "Ann"
    assert "".join(item["plain_text"] for item in made["rich_text"]) == "@Ann has a task"
    assert made["parent"] == {"type": "page_id", "page_id": task}
    assert made["display_name"] == {"type": "integration", "resolved_name": "Steward"}
    assert made["created_time"].endswith(":00.000Z")


def test_markdown_mentions_too(api: Api, demo: Demo, task: str) -> None:
    source = f'<mention-user url="{demo.chloe}">Chloé</mention-user> **now**, see [it](https://example.com)'
    made = api.ok("POST", "/v1/comments", {"parent": {"page_id": task}, "markdown": source})
    assert made["rich_text"][0]["mention"]["user"]["id"] == demo.chloe
    assert made["rich_text"][2]["annotations"]["bold"] is True
    assert made["rich_text"][-1]["href"] == "https://example.com"


@pytest.mark.parametrize(
    "body",
    [
        {"rich_text": _text("x")},
        {"parent": {"page_id": "TASK"}},
        {"parent": {"page_id": "TASK"}, "rich_text": _text("x"), "markdown": "x"},
        {"parent": {"page_id": "TASK"}, "rich_text": []},
        {"parent": {"page_id": "TASK"}, "rich_text": _text("x" * 2001)},
        {"parent": {"page_id": "TASK"}, "rich_text": [{"mention": {"user": {"id": "f" * 32}}}]},
        {"parent": {"page_id": "TASK"}, "rich_text": [{}]},
        {"parent": {"page_id": "TASK"}, "discussion_id": "f" * 32, "markdown": "x"},
    ],
)
def test_a_comment_needs_one_place_and_one_text(api: Api, task: str, body: dict[str, object]) -> None:
    if body.get("parent"):
        body = body | {"parent": {"page_id": task}}
    assert api.refused("POST", "/v1/comments", body) == (400, "validation_error")


def test_open_comments_are_listed_oldest_first_in_pages(
    sim: NotionSimulator, api: Api, clock: Clock, task: str
) -> None:
    made = []
    for number in range(5):
        clock.advance(1)
        made.append(sim.add_comment(task, f"number {number}"))
    sim.resolve(made[1])
    path = f"/v1/comments?block_id={task}&page_size=3"
    first = api.ok("GET", path)
    second = api.ok("GET", f"{path}&start_cursor={first['next_cursor']}")
    assert [c["id"] for c in first["results"] + second["results"]] == [made[0], *made[2:]]
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    sim.resolve(made[1], resolved=False)
    assert len(api.ok("GET", f"/v1/comments?block_id={task}")["results"]) == 5


def test_a_reply_joins_its_discussion(api: Api, task: str) -> None:
    first = api.ok("POST", "/v1/comments", {"parent": {"page_id": task}, "markdown": "one"})
    body = {"discussion_id": first["discussion_id"], "markdown": "two"}
    assert api.ok("POST", "/v1/comments", body)["discussion_id"] == first["discussion_id"]
    assert api.refused("POST", "/v1/comments", body | {"discussion_id": "f" * 32}) == (
        404,
        "object_not_found",
    )


def test_comments_on_a_block_are_not_the_pages(sim: NotionSimulator, api: Api, task: str) -> None:
    block = sim.append_text(task, "A paragraph")
    made = api.ok("POST", "/v1/comments", {"parent": {"block_id": block}, "markdown": "inline"})
    assert made["parent"] == {"type": "block_id", "block_id": block}
    assert api.ok("GET", f"/v1/comments?block_id={task}")["results"] == []
    assert len(api.ok("GET", f"/v1/comments?block_id={block}")["results"]) == 1
    assert [comment["text"] for comment in sim.comments(task)] == ["inline"]


def test_only_own_comments_are_changed_and_deleted(sim: NotionSimulator, api: Api, task: str) -> None:
    own = api.ok("POST", "/v1/comments", {"parent": {"page_id": task}, "markdown": "mine"})["id"]
    theirs = sim.add_comment(task, "theirs")
    assert (
        api.ok("PATCH", f"/v1/comments/{own}", {"markdown": "changed"})["rich_text"][0]["plain_text"]
        == "changed"
    )
    assert api.ok("GET", f"/v1/comments/{theirs}")["id"] == theirs
    assert api.refused("PATCH", f"/v1/comments/{theirs}", {"markdown": "x"}) == (403, "restricted_resource")
    assert api.refused("DELETE", f"/v1/comments/{theirs}") == (403, "restricted_resource")
    api.ok("DELETE", f"/v1/comments/{own}")
    assert api.refused("GET", f"/v1/comments/{own}") == (404, "object_not_found")
    assert [(c["text"], c["deleted"]) for c in sim.comments(task)] == [("changed", True), ("theirs", False)]


def test_a_name_of_ones_own_is_shown(api: Api, task: str) -> None:
    name = {"type": "custom", "custom": {"name": "The butler"}}
    made = api.ok(
        "POST", "/v1/comments", {"parent": {"page_id": task}, "markdown": "x", "display_name": name}
    )
    assert made["display_name"] == {"type": "custom", "resolved_name": "The butler"}


def test_users_are_listed_and_found(api: Api, sim: NotionSimulator, demo: Demo) -> None:
    listed = api.ok("GET", "/v1/users?page_size=2")
    assert (len(listed["results"]), listed["has_more"]) == (2, True)
    assert api.ok("GET", f"/v1/users/{demo.chloe}")["name"] == "Chloé"
    me = api.ok("GET", "/v1/users/me")
    assert (me["id"], me["type"], me["bot"]["workspace_name"]) == (sim.bot_id, "bot", "Northwind")
    assert api.refused("GET", f"/v1/users/{'f' * 32}") == (404, "object_not_found")


def test_a_group_may_stand_in_people(sim: NotionSimulator, api: Api, task: str) -> None:
    group = sim.add_group("Designers")
    sim.edit(task, properties={"Assignee": [group]})
    people = api.ok("GET", f"/v1/pages/{task}")["properties"]["Assignee"]["people"]
    assert people == [{"object": "group", "id": group, "name": "Designers"}]
