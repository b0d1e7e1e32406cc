"""``GET /api/admin/sync/health`` with a Bearer token."""

import json

import pytest

from steward.mirror.report import HEALTH, Report, SourceReport
from tests.integration.console.rig import FORMER, TOKEN, Rig, basic

PATH = "/api/admin/sync/health"


@pytest.mark.req("C2")
def test_the_token_shows_how_the_two_sides_stand(rig: Rig) -> None:
    now = rig.clock.now()
    source = SourceReport("Tasks", pages=9, linked=8, rows=8, mismatches=1)
    rig.sources.memory.remember(HEALTH, Report("run", now, now, 3, (source,)).document())

    got = rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}")
    assert (got.status, got.headers["cache-control"]) == (200, "no-store")
    assert (got.json()["status"], got.json()["sources"][0]["mismatches"]) == ("degraded", 1)


@pytest.mark.req("C2")
def test_without_a_comparison_it_says_that_there_was_none(rig: Rig) -> None:
    got = rig.ask("GET", PATH, authorization=f"bearer {TOKEN}")

    assert (got.status, got.json()["reason"]) == (200, "the two sides were never compared")


@pytest.mark.req("C2", "C3")
@pytest.mark.parametrize(
    "document", [{"began": "then"}, {"sources": []}, [], "broken", {"status": "healthy"}]
)
def test_a_report_that_cannot_be_read_is_none_and_the_dashboard_goes_on(rig: Rig, document: object) -> None:
    rig.sources.memory.remember(HEALTH, document)

    got = rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}")
    assert (got.status, got.json()["status"]) == (200, "degraded")
    assert rig.ask("GET", "/dashboard", cookie=rig.log_in()).status == 200


@pytest.mark.req("C2")
@pytest.mark.parametrize(
    "header", [{}, {"authorization": ""}, {"authorization": "Bearer"}, {"authorization": basic("a:b")}]
)
def test_without_a_token_it_is_401_and_names_the_scheme(
    rig: Rig, header: dict[str, str], counted: dict[str, list[float]]
) -> None:
    got = rig.ask("GET", PATH, **header)

    assert (got.status, got.headers["www-authenticate"]) == (401, 'Bearer realm="steward"')
    assert "ConsoleRefused" not in counted  # nobody tried anything


@pytest.mark.req("C2")
@pytest.mark.parametrize(
    "token",
    [
        "wrong",
        TOKEN[:-1],
        TOKEN + "x",
        TOKEN.upper(),
        f"{TOKEN}, Bearer {TOKEN}",
        "é" * 40,
        "\ud800",
        "x" * 9000,
        "null",
    ],
)
def test_a_wrong_token_is_401_and_counted(rig: Rig, token: str, counted: dict[str, list[float]]) -> None:
    got = rig.ask("GET", PATH, authorization=f"Bearer {token}")

    assert (got.status, got.headers["www-authenticate"]) == (
        401,
        'Bearer realm="steward", error="invalid_token"',
    )
    assert counted["ConsoleRefused"] == [1, 1]  # by reason, and among all
    assert token not in got.text


@pytest.mark.req("C2")
@pytest.mark.parametrize(
    "current", ["", "{}", "[]", "{", "null", '{"token":""}', '{"token":null}', '{"token":["a"]}', None]
)
def test_without_a_token_that_is_set_nothing_opens(rig: Rig, current: str | None) -> None:
    rig.secrets.versions = {} if current is None else {"AWSCURRENT": current}

    for given in ("", "null", "None", "a", TOKEN):
        assert rig.ask("GET", PATH, authorization=f"Bearer {given}").status == 401


@pytest.mark.req("C2", "T9")
def test_both_tokens_open_until_the_former_one_is_retired(rig: Rig) -> None:
    assert rig.ask("GET", PATH, authorization=f"Bearer {FORMER}").status == 200
    del rig.secrets.versions["AWSPREVIOUS"]
    rig.clock.sleep(60)

    assert rig.ask("GET", PATH, authorization=f"Bearer {FORMER}").status == 401
    assert rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}").status == 200


@pytest.mark.req("C2", "T9")
def test_a_token_that_was_rotated_a_moment_ago_opens_at_once(rig: Rig) -> None:
    rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}")
    rig.secrets.versions["AWSCURRENT"] = json.dumps({"token": "n" * 40})
    rig.clock.sleep(31)

    assert rig.ask("GET", PATH, authorization=f"Bearer {'n' * 40}").status == 200


@pytest.mark.req("C2", "I7")
def test_guessing_reads_the_secret_no_more_than_once_in_its_interval(rig: Rig) -> None:
    for number in range(200):
        rig.ask("GET", PATH, authorization=f"Bearer {number}", address=f"192.0.2.{number}")

    assert len(rig.secrets.reads) == 2  # each version once


@pytest.mark.req("C2")
def test_who_fails_too_often_waits_and_others_do_not(rig: Rig) -> None:
    statuses = [rig.ask("GET", PATH, authorization=f"Bearer {n}").status for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2

    assert rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}").headers["retry-after"] == "6"
    assert rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}", address="198.51.100.7").status == 200
    rig.clock.sleep(6)
    assert rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}").status == 200


@pytest.mark.req("C2")
def test_while_the_secret_cant_be_read_nothing_opens_and_it_says_try_again(rig: Rig) -> None:
    rig.secrets.away = True
    got = rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}")
    assert (got.status, got.headers["retry-after"]) == (503, "10")

    rig.secrets.away = False
    assert rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}").status == 200
    rig.secrets.away = True
    rig.clock.sleep(61)
    assert rig.ask("GET", PATH, authorization=f"Bearer {TOKEN}").status == 200  # what is cached serves on
