"""What anybody may ask of the console."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from steward.lane_switch import PAUSE, pause_document
from steward.pauses import Cause, Pause, Phase, rest_name
from steward.pulse import PULSE, Lane, Minute, Pulse, Sample, Service, ServiceState
from tests.integration.console.rig import Rig
from tests.unit.triage.incident_words import incident


def remember(rig: Rig, **more: object) -> None:
    now = rig.clock.now()
    up = Service(ServiceState.UP, now, "Ann's page", (Sample(now, True, 0.2),))
    pulse = Pulse(now, (Minute(now, 20, 0),), now, {"notion": up})
    rig.sources.memory.remember(PULSE, replace(pulse, **more).document())  # type: ignore[arg-type] # of a pulse


@pytest.mark.req("C1")
@pytest.mark.parametrize("path", ["/health", "/webhook/health"])
def test_health_is_told_to_anybody_and_may_be_kept_for_five_seconds(rig: Rig, path: str) -> None:
    remember(rig)
    got = rig.ask("GET", path)

    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    assert got.headers["cache-control"] == "public, max-age=5"
    assert (got.json()["status"], got.json()["succeeded"]) == ("healthy", 20)
    assert got.json()["services"]["notion"] == {
        "state": "up",
        "since": "2026-11-20T12:00:00.000+00:00",
        "latency_ms": 200,
    }
    assert "Ann" not in got.text
    assert rig.secrets.reads == []


@pytest.mark.req("C1")
def test_health_is_503_when_we_are_down_and_head_says_so_too(rig: Rig) -> None:
    remember(rig)
    rig.clock.sleep(600)

    assert rig.ask("GET", "/health").status == 503
    assert (rig.ask("HEAD", "/health").status, rig.ask("HEAD", "/health").text) == (503, "")


@pytest.mark.req("C1")
def test_however_many_ask_the_tables_are_read_once_in_five_seconds(rig: Rig) -> None:
    remember(rig)
    for _ in range(50):
        rig.ask("GET", "/health")
    assert [table.reads for table in rig.shown] == [3, 0], "the pulse, the lane's pause, the mirror's rest"

    for _ in range(50):
        rig.ask("GET", "/status")
    reads = rig.shown[1].reads
    rig.ask("GET", "/status")
    assert rig.shown[1].reads == reads
    rig.clock.sleep(5)
    rig.ask("GET", "/health")
    assert rig.shown[0].reads == 6


@pytest.mark.req("C1")
def test_before_the_first_round_and_with_a_broken_pulse_health_is_degraded_and_no_error(rig: Rig) -> None:
    assert rig.ask("GET", "/health").json()["status"] == "degraded"
    rig.sources.memory.remember(PULSE, {"at": 3})
    rig.clock.sleep(5)
    got = rig.ask("GET", "/health")
    assert (got.status, got.json()["status"]) == (200, "degraded")
    assert {one["state"] for one in got.json()["services"].values()} == {"unknown"}


@pytest.mark.req("C1")
def test_a_pause_is_health_s_before_the_next_round_and_says_nobody_s_words(rig: Rig) -> None:
    remember(rig)
    rest = Pause(Phase.PAUSED, Cause.OPERATOR, "Ann wants it", rig.clock.now())
    rig.sources.memory.swap(PAUSE, pause_document(rest), 1)

    got = rig.ask("GET", "/health")

    assert (got.status, got.json()["status"]) == (200, "degraded")
    assert got.json()["reason"] == "an operator paused the lane; events wait and none is lost"


@pytest.mark.req("C1", "C3")
def test_a_further_connection_that_rests_degrades_health_and_has_its_own_row(
    rig: Rig, tmp_path: Path
) -> None:
    remember(rig)
    rules = tmp_path / "rules.toml"
    rules.write_text('[[connection]]\nname = "partner"\n')
    rest = Pause(Phase.PAUSED, Cause.TOKEN, "notion.page: unauthorized", rig.clock.now())
    rig.sources.memory.remember(rest_name("partner"), pause_document(rest))
    rig.restart(RULES_FILE=str(rules))

    told = rig.ask("GET", "/health")
    assert (told.json()["status"], "partner" in told.text) == ("degraded", False)
    page = rig.ask("GET", "/dashboard", cookie=rig.log_in()).text
    assert "Notion, partner</bdi>" in page
    assert "notion.page: unauthorized" in page
    assert "A part of us rests" in page


@pytest.mark.req("C1")
def test_health_takes_the_oldest_event_for_old_when_the_alarm_does(rig: Rig) -> None:
    remember(rig, lane=Lane(3, 0, 200.0))
    assert rig.ask("GET", "/health").json()["status"] == "healthy"

    rig.restart(OLDEST_EVENT_SECONDS="180")
    assert rig.ask("GET", "/health").json()["reason"] == "the oldest event has waited for 3 min"


@pytest.mark.req("C4")
def test_the_status_comes_in_the_form_that_is_wanted(rig: Rig) -> None:
    rig.sources.incidents.create(incident(says="Ann's token secret_x", opened_at=rig.clock.now()))

    page = rig.ask("GET", "/status", accept="text/html,*/*;q=0.8")
    told = rig.ask("GET", "/status", accept="application/json")
    text = rig.ask("GET", "/status", accept="text/markdown")

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert told.json()["incidents"][0]["title"] == "Notion: vendor outage"
    assert (text.text.splitlines()[0], text.headers["content-type"]) == (
        "# Status",
        "text/markdown; charset=utf-8",
    )
    assert rig.ask("GET", "/status", accept="text/plain").headers["content-type"].startswith("text/plain")
    assert {got.headers["vary"] for got in (page, told, text)} == {"Accept"}
    assert not any("secret_x" in got.text for got in (page, told, text))


@pytest.mark.req("C4")
def test_what_nobody_can_give_is_said(rig: Rig) -> None:
    got = rig.ask("GET", "/status", accept="image/png")

    assert (got.status, got.json()["error"]) == (406, "not_acceptable")


@pytest.mark.req("C4")
def test_an_incident_that_was_over_lately_is_told_and_an_older_one_is_not(rig: Rig) -> None:
    store = rig.sources.incidents
    for number, hours in ((1, 2), (2, 30)):
        over = rig.clock.now() - timedelta(hours=hours)
        made = incident(id=f"notion-{number}", opened_at=over - timedelta(hours=1), updated_at=over)
        before = store.create(made)
        store.save(before, replace(before, stage=type(before.stage).RESOLVED, resolved_at=over))
        for listed in store.live():
            store.forget_live(listed.id)

    told = json.loads(rig.ask("GET", "/status", accept="application/json").text)
    assert [row["id"] for row in told["incidents"]] == ["notion-1"]


@pytest.mark.req("C1")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/health", "/status", "/api/admin/sync/health", "/dashboard", "/dashboard/events/1"]
)
def test_a_wrong_method_is_405_and_says_which_are_right(rig: Rig, method: str, path: str) -> None:
    got = rig.ask(method, path, b"x=1")

    assert (got.status, got.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/health"),
        ("GET", "/status"),
        ("GET", "/dashboard"),
        ("POST", "/dashboard"),
        ("GET", "/dashboard/login"),
        ("GET", "/dashboard/assets/none.css"),
        ("GET", "/api/admin/sync/health"),
    ],
)
def test_every_answer_keeps_a_browser_honest(rig: Rig, method: str, target: str) -> None:
    headers = rig.ask(method, target).headers

    assert headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self'"
    )
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["cache-control"] == ("public, max-age=5" if target == "/health" else "no-store")


@pytest.mark.req("C1")
def test_a_bug_is_an_answer_that_says_nothing_of_itself(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rig.shown[0], "_inner", None)
    got = rig.ask("GET", "/health")

    assert (got.status, got.headers["cache-control"]) == (500, "no-store")
    assert "AttributeError" not in got.text
    assert "AttributeError" in caplog.text  # the log has it


@pytest.mark.req("I7")
@pytest.mark.parametrize("event", [{}, {"requestContext": None}, {"requestContext": {"http": {}}}])
def test_what_is_no_request_is_refused(rig: Rig, event: dict[str, object]) -> None:
    assert rig.app.handle(event, None)["statusCode"] == 400
