"""What people write in Notion stays words: nobody is pinged by it, no link is made of it, and nothing is fetched because of it."""

import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from steward.dialects import normalise
from tests.attacks.aftermath import no_log_has_a_secret, nobody_else_was_reached, nothing_is_left_of_an_attack
from tests.attacks.site import Site, eventually
from tests.attacks.words import MALLORY, TITLES, meanings, texts

pytestmark = pytest.mark.stack


@contextmanager
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server whose address nobody but an attacker names, and who came."""
    came: list[str] = []

    class Visitor(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            came.append(str(self.client_address))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Visitor) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", came
        server.shutdown()


@pytest.mark.req("A1", "A2", "A3", "A11")
def test_no_word_of_a_title_or_a_name_means_anything_to_slack(site: Site) -> None:
    people = {user["real_name"]: user["id"] for user in site.slack.users()}
    mallory = site.notion.add_user(MALLORY)
    titles = [title.replace("{stranger}", people["Dan"]) for title in TITLES]
    paired = [" ".join(pair) for pair in zip(titles[::2], titles[1::2], strict=True)]
    source, status = site.demo.data_source_id, {"Status": "In progress"}
    pages = [site.notion.add_page(source, {"Name": title, **status}) for title in paired]
    whole = [site.notion.add_page(source, {"Name": " ".join(titles), **status})]
    site.notion.drain()
    for page in pages:
        site.notion.edit(page, properties={"Assignee": [site.demo.ann, mallory]}, by=mallory)
    for page in whole:
        site.notion.edit(page, properties={"Status": "Blocked", "Assignee": [mallory]}, by=mallory)
    assert site.notion.drain(30)
    site.settle()
    addresses = {site.notion.page(page)["url"] for page in (*pages, *whole)}

    def messages() -> list[dict[str, object]]:
        return [m for c in ("#tasks", "#team", people["Ann"]) for m in site.slack.messages(c)]

    def all_told() -> bool:
        site.tick()
        site.settle()
        return addresses <= {a for m in messages() for t in texts(m) for a in re.findall(r"<(http[^|>]+)", t)}

    eventually(all_told)
    meant = {meaning for message in messages() for text in texts(message) for meaning in meanings(text)}
    assignees = {f"<@{people[name]}>" for name in ("Ann", "Ben", "Chloé")}
    # The triage links to the dashboard, where attacks before these have alarmed it.
    known = {f"{site.stack.url}/dashboard", *(page["url"] for page in site.notion.pages())}
    strange = {m for m in meant - assignees if m[1:-1].partition("|")[0] not in known}
    assert strange == set()
    labels = [m[1:-1].partition("|")[2] for m in meant]
    assert [label for label in labels if set(label) & set("*~`<>|")] == []
    assert [m for m in messages() if "parse" in m or "link_names" in m] == []
    parts = [part for page in pages for c in site.notion.comments(page) for part in c["rich_text"]]
    mentioned = [part["mention"]["user"]["id"] for part in parts if part["type"] == "mention"]
    assert set(mentioned) == {site.demo.ann, mallory}
    assert [part for part in parts if part["type"] == "text" and part["text"].get("link")] == []


@pytest.mark.req("I5", "O3")
def test_no_address_in_a_page_or_an_event_is_ever_visited(site: Site) -> None:
    with trap() as (address, came):
        urls = [f"http://{address}/{kind}" for kind in ("title", "text", "event", "inline", "author")]
        page = site.notion.add_page(
            site.demo.data_source_id, {"Name": f"{urls[0]} http://169.254.169.254/latest/meta-data/"}
        )
        site.notion.append_text(page, urls[1])
        site.notion.edit(page, properties={"Assignee": [site.demo.ann], "Priority": "High"}, by=site.demo.ben)
        site.notion.add_comment(page, f"see {urls[1]}", by=site.demo.ben)
        strange = site.event(
            "visit",
            "page.properties_updated",
            entity={"id": page, "type": "page", "url": urls[2]},
            url=urls[2],
            api_url=urls[2],
            callback_url=urls[2],
            workspace_id=urls[2],
            authors=[{"id": urls[4], "type": "person", "avatar_url": urls[4]}],
        )
        inline = json.dumps(
            {
                "id": "oddity: visit inline",
                "event_type": "page.updated",
                "data": {
                    "object": "page",
                    "id": urls[3],
                    "url": urls[3],
                    "cover": {"type": "external", "external": {"url": urls[3]}},
                    "properties": {"Files": {"type": "files", "files": [{"external": {"url": urls[3]}}]}},
                },
            }
        ).encode()
        for body in (strange, inline):
            assert site.deliver(body).status == 200
            eventually(partial(site.row, normalise(json.loads(body)).id))
        assert site.notion.drain(30)
        site.settle()

    assert came == []
    nobody_else_was_reached(site)


@pytest.mark.req("O5")
def test_after_all_that_nothing_is_changed_and_no_log_has_a_secret(site: Site) -> None:
    nothing_is_left_of_an_attack(site)
    no_log_has_a_secret(site)
