"""``subscribe`` from the empty secret to the first event: the simulated Notion, the real ingest, and a scripted operator."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.operate import subscribe
from infra.operate.target import TargetError
from ingest.handshake import fingerprint
from steward.signature import sign
from tests.integration.aws import TOKEN
from tests.integration.subscribing import Scene, scene_of

THEIRS = "secret_" + "x" * 40
HOUR = 3600.0


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Scene]:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"a-logger-of-its-own-{request.node.name}")
    with scene_of() as made:
        yield made


@pytest.mark.req("I3", "O4")
@pytest.mark.parametrize("terminal", [True, False])
def test_the_whole_ceremony_from_nothing_to_the_first_event(
    scene: Scene, tmp_path: Path, *, terminal: bool
) -> None:
    scene.out.terminal = terminal
    where = ["--reveal-to", str(tmp_path / "token")] if not terminal else []
    if not terminal:
        scene.script["did Notion take it"] = lambda: (
            "y"
            if scene.stand.notion.verify_subscription(
                scene.made["id"], (tmp_path / "token").read_text().strip()
            )
            else "n"
        )

    assert scene.run(*where) == 0
    said, token = scene.out.getvalue(), scene.made["verification_token"]
    assert scene.url in said
    assert "page.properties_updated" in said
    assert f"a token came: {fingerprint(token)}, received 2026-" in said
    assert "signed with itself" in said
    assert "heard from at 2026-" in said
    assert said.count(token) == int(terminal)
    assert scene.secret()["active"] == [token]
    assert "rotation" not in scene.secret()
    assert scene.secret("PENDING_SECRET_ID") == {"armed_until": None, "candidates": []}
    assert scene.stand.work() == 1
    scene.stand.gather()
    assert len(scene.stand.comments(scene.stand.demo.tasks["Review the contract"])) == 1
    if not terminal:
        assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600

    assert scene.run() == 0
    assert f"a subscription is active: {fingerprint(token)}, heard from at" in scene.out.getvalue()


@pytest.mark.req("I3", "T9")
def test_a_second_subscription_takes_the_place_of_the_first_without_a_refusal(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.run()
    first = scene.made
    assert scene.run("--second") == 0
    assert "`subscribe --second --again`" in capsys.readouterr().out
    assert scene.run("--second", "--again") == 0
    second = scene.made
    tokens = [first["verification_token"], second["verification_token"]]
    assert scene.secret()["active"] == tokens
    assert "delete the old subscription in Notion now" in scene.out.getvalue()

    scene.stand.notion.set_subscription(first["id"], state="deleted")
    scene.stand.clock.sleep(26 * HOUR)
    assert scene.run("--second") == 0
    assert scene.secret()["active"] == tokens[1:]
    assert scene.run("--second") == 0  # once more does not begin the next change
    assert scene.secret("PENDING_SECRET_ID")["armed_until"] is None
    attempts = scene.stand.notion.deliveries()
    assert attempts
    assert {attempt["status"] for attempt in attempts} == {200}


@pytest.mark.req("I3")
def test_it_is_left_at_every_step_and_gone_on_with(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    def leaves() -> str:
        raise KeyboardInterrupt

    ordinary = dict(scene.in_wait)
    scene.in_wait["waiting for the handshake"] = leaves
    assert scene.run() == subscribe.STOPPED
    until = scene.secret("PENDING_SECRET_ID")["armed_until"]
    scene.in_wait = dict(ordinary)
    for question in ("did it come", "make", "did Notion take it"):
        scene.instead = {question: leaves}
        assert scene.run() == subscribe.STOPPED
    assert scene.secret()["active"] == [scene.made["verification_token"]]
    scene.instead = {}
    scene.in_wait = {"waiting for the first event": leaves}
    assert scene.run() == subscribe.STOPPED
    assert scene.verifies()
    scene.in_wait = dict(ordinary)

    assert scene.run("--json") == 0
    document = json.loads(capsys.readouterr().out.splitlines()[-1])  # before it, ingest's metrics
    assert document["stage"] == "heard from"
    assert document["mark"] == fingerprint(scene.made["verification_token"])
    assert document["url"] == scene.url
    assert "page.created" in document["event_types"]
    assert scene.made["verification_token"] not in json.dumps(document)
    assert until is not None
    assert "it goes on from here" in scene.out.getvalue()


@pytest.mark.req("I3", "O5")
def test_without_somebody_to_ask_nothing_is_confirmed_and_no_token_is_printed(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.there = scene.out.terminal = False
    assert scene.run() == 1
    token = scene.made["verification_token"]
    assert "subscribe --confirm FINGERPRINT" in capsys.readouterr().out
    assert scene.run("--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert [one["fingerprint"] for one in document["candidates"]] == [fingerprint(token)]
    assert token not in json.dumps(document)
    assert scene.secret()["active"] == []

    file = tmp_path / "token"

    def pastes() -> None:
        assert scene.stand.notion.verify_subscription(scene.made["id"], file.read_text().strip())
        scene.edits()

    scene.in_wait["waiting for the first event"] = pastes
    assert scene.run("--confirm", fingerprint(token), "--reveal-to", str(file)) == 0
    assert token not in scene.out.getvalue() + "".join(capsys.readouterr())
    assert scene.secret()["active"] == [token]


@pytest.mark.req("I3", "O5")
def test_the_token_goes_neither_into_a_pipe_nor_into_a_file_that_is_there(
    scene: Scene, tmp_path: Path
) -> None:
    scene.out.terminal = False
    with pytest.raises(TargetError, match="on a terminal only"):
        scene.run("--reveal")
    file = tmp_path / "token"
    file.write_text("somebody's")
    with pytest.raises(TargetError, match="is there already"):
        scene.run("--reveal-to", str(file))
    assert file.read_text() == "somebody's"
    assert scene.made["verification_token"] not in scene.out.getvalue()
    assert scene.secret()["active"] == []


@pytest.mark.req("I3")
def test_a_strangers_token_is_told_apart_and_one_that_notion_refuses_is_taken_out(scene: Scene) -> None:
    def stranger() -> None:
        body = json.dumps({"verification_token": THEIRS}).encode()
        assert scene.stand.deliver(body, sign(body, THEIRS)) == 200
        scene.stand.clock.sleep(6)
        scene.creates()

    scene.in_wait["waiting for the handshake"] = stranger
    scene.instead = {"more than one came": lambda: fingerprint(THEIRS)}
    assert scene.run() == 1
    assert "is taken out again" in scene.out.getvalue()
    assert scene.secret() == {"active": []}
    assert scene.stand.deliver(b"{}", sign(b"{}", THEIRS)) == 401

    scene.in_wait["waiting for the handshake"] = scene.creates
    assert scene.run() == 0
    assert scene.secret()["active"] == [scene.made["verification_token"]]


@pytest.mark.req("I3")
def test_when_no_handshake_and_when_no_event_comes_it_says_what_to_do(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.in_wait = {}
    assert scene.run() == 1
    assert "press Resend token" in capsys.readouterr().out
    scene.in_wait = {"waiting for the handshake": scene.creates}
    assert scene.run("--listen", "10") == 1
    assert "is the page shared with the connection" in scene.out.getvalue()

    assert scene.run("--undo") == 0
    assert scene.secret() == {"active": []}
    assert scene.run("--undo") == 0
    assert "nothing was under way" in scene.out.getvalue()


@pytest.mark.req("I3")
def test_undo_before_anything_was_confirmed_closes_the_endpoint(scene: Scene) -> None:
    scene.there = False
    scene.run()
    assert scene.secret("PENDING_SECRET_ID")["candidates"]
    assert scene.run("--undo") == 0
    assert scene.secret("PENDING_SECRET_ID") == {"armed_until": None, "candidates": []}


@pytest.mark.req("I3", "T9")
def test_a_fingerprint_that_never_came_is_refused_and_what_is_active_stays(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.stand.secrets.put_secret_value(
        SecretId=scene.stand.environ["SIGNING_SECRET_ID"], SecretString=json.dumps({"active": [TOKEN]})
    )
    assert scene.run("--second", "--confirm", "0" * 12) == 1
    assert "no candidate has the fingerprint" in capsys.readouterr().out
    assert scene.secret() == {"active": [TOKEN]}


@pytest.mark.req("I3", "T9")
def test_confirming_another_fingerprint_than_the_active_one_is_no_success(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.stand.secrets.put_secret_value(
        SecretId=scene.stand.environ["SIGNING_SECRET_ID"], SecretString=json.dumps({"active": [TOKEN]})
    )
    assert scene.run("--confirm", fingerprint(TOKEN)) == 0
    assert scene.run("--confirm", "0" * 12) == 1
    assert "it is not active" in capsys.readouterr().out

    began = {"token": fingerprint(TOKEN), "since": scene.stand.clock.now().isoformat()}
    scene.stand.secrets.put_secret_value(
        SecretId=scene.stand.environ["SIGNING_SECRET_ID"],
        SecretString=json.dumps({"active": [TOKEN], "rotation": began}),
    )
    assert scene.run("--confirm", "0" * 12) == 1
    assert "is being rotated in, not 000000000000" in capsys.readouterr().out
    assert scene.secret()["active"] == [TOKEN]
