"""Searching the texts on a real PostgreSQL, with its full text search and without, whatever is typed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from infra.operate import __main__ as command_line
from infra.operate import mirror as command
from steward.errors import CallFailed
from steward.mirror import page_texts
from steward.mirror.block_text import MOST_BYTES
from steward.mirror.database import Database
from steward.mirror.page_texts import PageText
from steward.mirror.text_search import TextSearch, snippet, words_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CALL = "postgres.test"
PAGES = {
    "launch": ("Launch plan", "We deploy on Monday. The launch needs a checklist and 100% attention."),
    "contract": (
        "Contract",
        "Reviewed by legal; mentions the launch once among many other words of the contract.",
    ),
    "umlaut": ("Übersicht", "Die Straße wird am Dienstag gesperrt; DROP TABLE projects; -- says Bobby"),
    "code": ("Notes", "```sql\nSELECT deploy_prod FROM jobs WHERE name LIKE 'a%'\n```"),
}


def put(database: Database, name: str, title: str, body: str, **more: Any) -> bool:
    text = PageText(name, title, body, **{"observed_at": NOW, "edited_at": NOW, "truncated": False, **more})
    return database.run(CALL, lambda t: page_texts.put(t, text))


@pytest.fixture
def pages(database: Database) -> Database:
    for name, (title, body) in PAGES.items():
        put(database, name, title, body)
    return database


@pytest.fixture
def without_full_text(pages: Database, mirror_dsn: str) -> Database:
    """A server that answers as one does that lacks it: the configuration that is asked for is not there."""
    with psycopg.connect(mirror_dsn, autocommit=True) as connection:
        connection.execute("ALTER TEXT SEARCH CONFIGURATION pg_catalog.english RENAME TO welsh")
    return pages


def found(search: TextSearch, text: str, limit: int = 10, **more: bool) -> list[str]:
    return [hit.notion_page_id for hit in search.find(text, limit, **more)]


QUERIES = [
    ("launch", ["launch", "contract"]),
    ("LAUNCH checklist", ["launch"]),
    ("straße", ["umlaut"]),
    ("übersicht", ["umlaut"]),
    ("ÜBERSICHT straße", ["umlaut"]),
    ("deploy_prod", ["code"]),
    ("100%", ["launch"]),
    ("nowhere", []),
    ("launch nowhere", []),
    ("epl", ["launch", "code"]),
    ("'; DROP TABLE projects; --", ["umlaut"]),
    ("%", []),
    ("_", []),
    ("\\", []),
    ("'", []),
    ("' OR 1=1 --", []),
    ("a:* | b & !(c)", ["umlaut", "contract", "code"]),
    ("launch\0", ["launch", "contract"]),
    ("\ud83d launch", ["launch", "contract"]),
    ("%s %(name)s {0}", []),
    ("launch " * 200, ["launch", "contract"]),
]


@pytest.mark.req("A9")
@pytest.mark.parametrize(("text", "names"), QUERIES, ids=[ascii(text)[:30] for text, _ in QUERIES])
def test_pages_are_found_by_all_of_their_words(pages: Database, text: str, names: list[str]) -> None:
    hits = found(TextSearch(pages), text)

    assert set(hits) == set(names)
    assert len(hits) == len(names)


@pytest.mark.req("A9")
@pytest.mark.parametrize(("text", "names"), QUERIES, ids=[ascii(text)[:30] for text, _ in QUERIES])
def test_without_a_full_text_search_the_same_is_found_by_parts(
    without_full_text: Database, text: str, names: list[str]
) -> None:
    search = TextSearch(without_full_text)

    assert set(found(search, text)) == set(names)
    assert search.full_text is (False if words_of(text) else None)


@pytest.mark.req("A9")
def test_a_title_counts_for_more_and_an_english_stem_is_found(pages: Database) -> None:
    search = TextSearch(pages)

    assert found(search, "launch") == ["launch", "contract"]
    assert set(found(search, "deployed")) == {"launch", "code"}
    assert found(search, "launches", 1) == ["launch"]
    assert search.full_text is True


@pytest.mark.req("A9")
def test_what_a_database_lacks_is_asked_for_once(
    without_full_text: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str | None] = []
    original = Database.run

    def run(self: Database, *arguments: Any) -> Any:
        try:
            done = original(self, *arguments)
        except CallFailed as failure:
            runs.append(failure.code)
            raise
        runs.append(None)
        return done

    monkeypatch.setattr(Database, "run", run)
    search = TextSearch(without_full_text)
    assert found(search, "launch") == ["launch", "contract"]
    assert found(search, "launch") == ["launch", "contract"]
    assert runs == ["42704", None, None]


@pytest.mark.req("A9")
def test_a_trashed_page_is_found_when_it_is_asked_for(pages: Database) -> None:
    pages.run(
        CALL,
        lambda t: t.run(
            "INSERT INTO projects (id, notion_page_id, name, status, trashed_at)"
            " VALUES ('r', 'launch', 'The new name', 'closed', now())"
        ),
    )
    search = TextSearch(pages)

    assert found(search, "launch") == ["contract"]
    assert set(found(search, "launch", trashed=True)) == {"launch", "contract"}
    (hit,) = search.find("checklist", 10, trashed=True)
    assert (hit.title, hit.status, hit.trashed) == ("The new name", "closed", True)


@pytest.mark.req("A9")
def test_an_older_text_never_takes_the_place_of_a_newer_one(database: Database) -> None:
    assert put(database, "p", "New", "newer") is True
    assert put(database, "p", "Old", "older", observed_at=NOW - timedelta(seconds=1)) is False
    assert database.run(CALL, lambda t: page_texts.observed_at(t, "p")) == NOW
    assert put(database, "p", "New", "newest", observed_at=NOW + timedelta(seconds=1)) is True
    assert found(TextSearch(database), "newest") == ["p"]
    assert found(TextSearch(database), "older") == []


@pytest.mark.req("A9")
@pytest.mark.parametrize(
    "word",
    [
        lambda n: f"{n:05x}",
        lambda n: f"{n:x}-{n + 1:x}-{n + 2:x}",
        lambda n: f"https://{n:x}.example/{n:x}/{n + 1:x}?a={n:x}",
        lambda n: f"{n:x}.{n:x}@{n:x}.example",
        lambda n: f"ß{chr(0x4E00 + n % 20000)}é{n}",
        lambda n: "x" * 3000 if n % 2 else "y",
        lambda n: f"/{n:x}/{n:x}",
    ],
)
def test_the_longest_text_of_any_kind_can_be_searched(database: Database, word: Callable[[int], str]) -> None:
    body = " ".join(map(word, range(30_000))).encode()[:MOST_BYTES].decode(errors="ignore")
    put(database, "long", "Long " * 400, body)
    put(database, "short", "Short", "findable")

    assert found(TextSearch(database), "findable") == ["short"]


@pytest.mark.req("A9")
@pytest.mark.parametrize(
    ("body", "words", "shown"),
    [
        ("short", ["short"], "short"),
        ("", ["x"], ""),
        ("a\n\n  b", ["b"], "a b"),
        ("x" * 300, ["nowhere"], "x" * 40 + "…"),
        ("a " * 100 + "needle " + "b " * 100, ["needle"], "…a a a a a needle b b b b b b b b b b b b…"),
        (
            "needle " + "a " * 100 + "needle and thread",
            ["needle", "thread"],
            "…a a a a a a a a a a a needle and thread",
        ),
        ("it was deployed on", ["deploying"], "it was deployed on"),
    ],
)
def test_a_snippet_shows_where_most_of_the_words_stand(body: str, words: list[str], shown: str) -> None:
    assert snippet(body, words, 40) == shown


@pytest.fixture
def operate(mirror_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setattr(command, "environ", {"MIRROR_DSN": mirror_dsn})
    return lambda *arguments: command_line.main(["search", *arguments])


@pytest.mark.req("A9", "O4")
def test_the_command_shows_title_link_and_where_it_stands(
    pages: Database, operate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    page = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
    put(pages, page, "A \x1b[31mred title", "Nothing but zebras\x07 here", truncated=True)

    assert operate("zebras") == 0
    assert capsys.readouterr().out == (
        "A �[31mred title  (edited 2026-11-21 12:00:00Z, only its beginning is searched)\n"
        "  https://www.notion.so/2f1c7c1e0d3a4c5b9b0e6a1d5e0c4b11\n"
        "  Nothing but zebras� here\n"
    )
    assert operate("launch", "--limit", "1", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["full_text"] is True
    assert [(hit["title"], hit["url"]) for hit in answer["hits"]] == [
        ("Launch plan", "https://www.notion.so/launch")
    ]
    assert answer["hits"][0]["rank"] > 0


@pytest.mark.req("A9", "O4")
def test_the_command_says_when_there_is_nothing(
    pages: Database, operate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert operate("nowhere", "to", "be\x1b", "found") == 1
    assert capsys.readouterr().out == "nothing found for nowhere to be� found\n"
    assert operate("nowhere", "--json") == 1
    assert json.loads(capsys.readouterr().out)["hits"] == []
    assert operate("%%%") == 2
    assert "no word" in capsys.readouterr().err
    for limit in ("0", "101", "many", "-1"):
        with pytest.raises(SystemExit) as ended:
            operate("launch", "--limit", limit)
        assert ended.value.code == 2
    del pages


@pytest.mark.req("A9", "O4")
def test_the_command_says_when_the_database_is_empty_or_away(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "environ", {"MIRROR_DSN": empty_dsn})
    assert command_line.main(["search", "launch"]) == 1
    assert "mirror migrate" in capsys.readouterr().err
    monkeypatch.setattr(command, "environ", {"MIRROR_DSN": empty_dsn + "-gone"})
    assert command_line.main(["search", "launch"]) == 1
    assert "search: postgres" in capsys.readouterr().err
