"""The operator puts a new incoming webhook in the old one's place: nothing is posted for it, and no message is lost."""

import io
import json
import sys
from collections.abc import Iterator

import pytest

from infra.operate import rotate, target
from infra.operate.__main__ import main
from tests.integration.here import Here
from tests.integration.stand import Stand, standing

pytestmark = pytest.mark.req("T9", "A11")

ROTATE = ["rotate", "slack-webhook"]


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with standing(quick=True) as made:
        monkeypatch.setattr(target, "find", lambda *_: Here(made))
        monkeypatch.setattr(rotate, "utc_now", made.clock.now)
        configure(made, made.slack.webhook_url)
        made.slack.set_webhook_channel("#tasks")
        yield made


def configure(stand: Stand, url: str) -> None:
    document = json.dumps({"bot_token": "", "webhook_url": url})
    stand.secrets.put_secret_value(SecretId=stand.environ["SLACK_SECRET_ID"], SecretString=document)


def current(stand: Stand, stage: str = "AWSCURRENT") -> str:
    answer = stand.secrets.get_secret_value(SecretId=stand.environ["SLACK_SECRET_ID"], VersionStage=stage)
    return str(json.loads(answer["SecretString"])["webhook_url"])


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))


def path_of(url: str) -> str:
    return "/services/" + url.partition("/services/")[2]


def tell(stand: Stand, page: str) -> None:
    """Assign a task and let that be told."""
    stand.assign(page, stand.demo.ann)
    stand.send(page)
    stand.clock.sleep(20)
    stand.work()


def used(stand: Stand) -> list[str]:
    """The paths that messages were taken by, oldest first."""
    return [r["path"] for r in stand.slack.requests() if r["status"] == 200]


def test_messages_go_on_while_the_webhook_is_rotated_and_after_the_old_one_is_revoked(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = stand.slack.webhook_url, stand.slack.url + stand.slack.add_webhook()
    pages = stand.known_tasks(5)
    tell(stand, pages[0])
    types(monkeypatch, new)

    assert main(ROTATE) == 0
    tell(stand, pages[1])  # by the old one, which is cached
    stand.clock.sleep(301)
    tell(stand, pages[2])
    assert main([*ROTATE, "--retire"]) == 0
    stand.slack.revoke_webhook(path_of(old))
    tell(stand, pages[3])
    stand.restart()
    tell(stand, pages[4])

    assert used(stand) == [path_of(old)] * 2 + [path_of(new)] * 3
    assert len(stand.messages()) == len(set(stand.messages())) == 5
    assert current(stand) == new
    said = "".join(capsys.readouterr())
    assert "OK: an incoming webhook of team T00000001" in said
    assert old not in said
    assert new not in said


def test_what_is_told_while_the_old_one_is_revoked_too_soon_waits_and_is_told_once(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = stand.slack.webhook_url, stand.slack.url + stand.slack.add_webhook()
    first, second = stand.known_tasks(2)
    tell(stand, first)
    stand.slack.revoke_webhook(path_of(old))
    types(monkeypatch, new)
    assert main(ROTATE) == 0

    tell(stand, second)
    assert len(stand.messages()) == 1
    for _ in range(8):
        stand.gather()

    assert len(stand.messages()) == len(set(stand.messages())) == 2


def test_a_webhook_that_was_revoked_before_is_rotated_because_its_address_names_the_team(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = stand.slack.url + stand.slack.add_webhook()
    stand.slack.revoke_webhook(path_of(stand.slack.webhook_url))
    types(monkeypatch, new)

    assert main(ROTATE) == 0
    assert current(stand) == new


def test_a_webhook_that_is_dead_stays_staged_and_the_old_one_in_use(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = stand.slack.url + "/services/T00000001/B99999999/neverwas"
    types(monkeypatch, new)

    assert main(ROTATE) == 1

    assert (current(stand), current(stand, "AWSPENDING")) == (stand.slack.webhook_url, new)
    said = "".join(capsys.readouterr())
    assert "no_service" in said
    assert "not promoted" in said
    assert "neverwas" not in said
    assert main([*ROTATE, "--discard"]) == 0


def test_another_teams_webhook_is_refused_unless_that_is_meant(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = stand.slack.url + stand.slack.add_webhook(team="T00000002")
    types(monkeypatch, new)

    assert main(ROTATE) == 1
    assert current(stand) == stand.slack.webhook_url
    assert main([*ROTATE, "--other-workspace"]) == 0
    assert current(stand) == new


def test_slack_in_trouble_proves_nothing(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, stand.slack.url + stand.slack.add_webhook())
    for action in ({"kind": "answer", "status": 503}, {"kind": "answer", "status": 429}, {"kind": "reset"}):
        stand.slack.add_fault(action)
        assert main(ROTATE) == 1
        assert current(stand) == stand.slack.webhook_url

    assert main(ROTATE) == 0


def test_nothing_is_posted_to_prove_a_webhook(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, stand.slack.url + stand.slack.add_webhook())

    assert main(ROTATE) == 0

    assert stand.messages() == stand.messages("#team") == []
    assert {r["status"] for r in stand.slack.requests()} == {400}


@pytest.mark.parametrize(
    "url",
    [
        "xoxb-1",
        "/services/T0/B0/x",
        "https://hooks.slack.com/services/T00000001/B00000001/x",
        "http://127.0.0.1/services/T00000001/B00000001/x?y=1",
        "http://127.0.0.1/triggers/T00000001/1/x",
    ],
    ids=["a token", "no origin", "another scheme than the stand's", "with a query", "a workflow"],
)
def test_what_is_no_webhooks_address_is_not_asked(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    types(monkeypatch, url)

    assert main(ROTATE) == 1

    assert "no address of an incoming webhook" in "".join(capsys.readouterr())
    assert stand.slack.requests() == []
    assert current(stand) == stand.slack.webhook_url
