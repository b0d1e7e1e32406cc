"""The signing token is rotated while Notion delivers: through the real ingest, with a death around every write."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from infra.operate.ingest_log import accepted_with
from infra.operate.signing_rotation import OVERLAP, SigningRotation
from infra.operate.signing_secret import RefusedStep
from ingest.handshake import fingerprint
from steward.signature import sign
from tests.integration.aws import TOKEN
from tests.integration.stand import Death, Stand, standing
from tests.integration.subscribing import Logs
from tests.integration.test_pending_token import Dying

NEW = "secret_" + "n" * 40
THEIRS = "secret_" + "x" * 40
MARK = fingerprint(NEW)
DAY = timedelta(days=1).total_seconds()


class Notion:
    """Delivers, before and after its new subscription is verified."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.rng = Random(9)
        self.signs = [TOKEN]
        self.refused: list[str] = []

    def delivers(self) -> None:
        """A few events, signed in any order by any subscription that is active."""
        for token in [*self.signs, *self.rng.choices(self.signs, k=2)]:
            self.stand.clock.sleep(self.rng.choice([0, 1, 20]))
            if self.answer(token) != 200:
                self.refused.append(fingerprint(token))

    def answer(self, token: str) -> int:
        """The status of a delivery signed with a token."""
        body = json.dumps(self.stand.payload(self.stand.demo.tasks["Review the contract"])).encode()
        return self.stand.deliver(body, sign(body, token))

    def shakes_hands(self, token: str = NEW) -> int:
        """Send a subscription's handshake."""
        body = json.dumps({"verification_token": token}).encode()
        return self.stand.deliver(body, sign(body, token))


@pytest.fixture
def written() -> io.StringIO:
    """What ingest's logger writes."""
    return io.StringIO()


@pytest.fixture
def stand(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, written: io.StringIO
) -> Iterator[Stand]:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"a-logger-of-its-own-{request.node.name}")
    with ExitStack() as ends:
        with redirect_stdout(written):  # a logger keeps what it was made with
            made = ends.enter_context(standing())
        yield made


@pytest.fixture
def notion(stand: Stand) -> Notion:
    return Notion(stand)


@pytest.fixture
def log(stand: Stand, written: io.StringIO) -> Callable[[str, datetime], bool]:
    """Ingest's log, in CloudWatch Logs, whose clock is the stand's: moto's refuses lines that are days from its own."""
    return accepted_with(Logs(written, stand.clock.time), "g")


def rotation(
    stand: Stand,
    proved: Callable[[str, datetime], bool],
    client: Any = None,
    sleep: Callable[[float], None] | None = None,
) -> SigningRotation:
    return SigningRotation(
        client or stand.secrets,
        stand.environ["SIGNING_SECRET_ID"],
        stand.environ["PENDING_SECRET_ID"],
        proved=proved,
        now=stand.clock.now,
        sleep=sleep or stand.clock.sleep,
    )


def secret(stand: Stand, name: str = "SIGNING_SECRET_ID") -> dict[str, Any]:
    answer = stand.secrets.get_secret_value(SecretId=stand.environ[name], VersionStage="AWSCURRENT")
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


@pytest.mark.req("T9", "I2")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("dies_at", [0, 1, 2, 3, 4])
def test_no_delivery_is_refused_while_the_token_is_rotated_whoever_dies_when(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool], dies_at: int, before: bool
) -> None:
    dying = Dying(stand.secrets, dies_at, before=before)
    deaths = 0

    def operator(step: Callable[[SigningRotation], list[str]]) -> list[str]:
        nonlocal deaths
        notion.delivers()
        try:
            lines = step(rotation(stand, log, dying))
        except Death:
            deaths += 1
            notion.delivers()
            lines = step(rotation(stand, log, dying))
        notion.delivers()
        return lines

    operator(SigningRotation.go_on)
    stand.clock.sleep(6)  # until ingest looks at the pending secret again
    assert notion.shakes_hands() == 200
    assert MARK in "\n".join(operator(SigningRotation.go_on))
    operator(lambda r: r.confirm(MARK))
    notion.signs = [TOKEN, NEW]  # Notion's dialog took it
    assert "is proved" in operator(SigningRotation.go_on)[0]
    for _ in range(5):
        stand.clock.sleep(5 * 3600)
        notion.delivers()
    notion.signs = [NEW]  # the old subscription is deleted
    operator(SigningRotation.go_on)
    assert secret(stand)["active"] == [TOKEN, NEW]  # which signed a delivery a moment ago
    stand.clock.sleep(DAY + 60)  # and its last repetition is over
    last = operator(SigningRotation.go_on)[0]

    assert f"only {MARK} is accepted" in last or f"{MARK} is rotated in" in last
    assert notion.refused == []
    assert deaths == bool(dies_at)
    assert secret(stand)["active"] == [NEW]
    assert secret(stand, "PENDING_SECRET_ID") == {"armed_until": None, "candidates": []}
    stand.clock.sleep(400)
    assert notion.answer(TOKEN) == 401
    assert notion.answer(NEW) == 200


@pytest.mark.req("T9", "I2")
def test_the_new_token_is_accepted_at_once_although_forgeries_use_up_the_refresh(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    rotation(stand, log).go_on()
    notion.shakes_hands()
    stand.clock.sleep(40)
    assert notion.answer(THEIRS) == 401  # the one refresh of this half minute
    rotation(stand, log).confirm(MARK)

    assert notion.answer(NEW) == 200


@pytest.mark.req("T9")
def test_the_old_token_is_not_retired_before_the_new_one_has_proved_itself(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    confirmed(stand, notion, log)
    stand.clock.sleep(3 * DAY)
    notion.delivers()  # by the old subscription alone

    assert "nothing that" in rotation(stand, log).go_on(at_once=True)[0]
    assert secret(stand)["active"] == [TOKEN, NEW]


@pytest.mark.req("T9")
def test_the_overlap_is_waited_for_unless_the_old_token_leaked(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    confirmed(stand, notion, log)
    notion.answer(NEW)
    stand.clock.sleep(OVERLAP.total_seconds() - 60)
    rotation(stand, log).go_on()
    assert secret(stand)["active"] == [TOKEN, NEW]

    rotation(stand, log).go_on(at_once=True)
    assert secret(stand)["active"] == [NEW]


@pytest.mark.req("T9", "I3")
def test_a_candidate_that_notion_did_not_take_is_taken_out_again(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    rotation(stand, log).go_on()
    notion.shakes_hands(THEIRS)
    rotation(stand, log).confirm(fingerprint(THEIRS))
    rotation(stand, log).undo()

    stand.clock.sleep(400)
    assert (notion.answer(THEIRS), notion.answer(TOKEN)) == (401, 200)
    assert secret(stand) == {"active": [TOKEN]}
    with pytest.raises(RefusedStep):
        rotation(stand, log).undo()


@pytest.mark.req("T9")
def test_of_two_operators_who_write_at_once_the_one_that_was_overwritten_is_told(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    rotation(stand, log).go_on()
    notion.shakes_hands()

    def overwrites(_: float) -> None:
        stand.secrets.put_secret_value(
            SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString=json.dumps({"active": [TOKEN]})
        )

    mine = rotation(stand, log, sleep=overwrites)
    with pytest.raises(RefusedStep, match="somebody else wrote the secret meanwhile"):
        mine.confirm(MARK)


@pytest.mark.req("T9", "I3")
def test_only_a_fingerprint_that_came_by_handshake_is_made_active(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    rotation(stand, log).go_on()
    notion.shakes_hands(THEIRS)
    stand.clock.sleep(6)
    notion.shakes_hands()

    lines = "\n".join(rotation(stand, log).go_on())
    assert MARK in lines
    assert fingerprint(THEIRS) in lines
    assert NEW not in lines
    with pytest.raises(RefusedStep):
        rotation(stand, log).confirm("0" * 12)
    assert secret(stand) == {"active": [TOKEN]}
    rotation(stand, log).confirm(MARK)
    with pytest.raises(RefusedStep):
        rotation(stand, log).confirm(fingerprint(THEIRS))
    with pytest.raises(RefusedStep):
        rotation(stand, log).arm()


@pytest.mark.req("T9", "I3")
def test_the_first_token_has_no_old_one_to_overlap_with(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    stand.secrets.put_secret_value(SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString='{"active":[]}')
    rotation(stand, log).go_on()
    notion.shakes_hands()
    rotation(stand, log).confirm(MARK)
    assert secret(stand)["active"] == [NEW]
    assert notion.answer(NEW) == 200

    assert f"only {MARK} is accepted" in rotation(stand, log).go_on()[0]
    assert secret(stand)["active"] == [NEW]
    assert "rotation" not in secret(stand)


@pytest.mark.req("T9", "I3")
def test_the_first_token_too_can_be_taken_back(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    stand.secrets.put_secret_value(SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString='{"active":[]}')
    rotation(stand, log).go_on()
    notion.shakes_hands(THEIRS)
    rotation(stand, log).confirm(fingerprint(THEIRS))
    rotation(stand, log).undo()

    assert secret(stand) == {"active": []}


@pytest.mark.req("T9")
def test_a_rotation_that_ended_is_not_begun_again_by_running_it_once_more(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    confirmed(stand, notion, log)
    notion.answer(NEW)
    rotation(stand, log).go_on(at_once=True)
    assert "is rotated in since" in rotation(stand, log).go_on()[0]
    assert secret(stand, "PENDING_SECRET_ID")["armed_until"] is None

    stand.clock.sleep(2 * DAY)
    rotation(stand, log).go_on()
    assert secret(stand, "PENDING_SECRET_ID")["armed_until"] is not None


@pytest.mark.req("T9")
def test_a_secret_that_is_no_object_is_refused_and_not_overwritten(
    stand: Stand, log: Callable[[str, datetime], bool]
) -> None:
    stand.secrets.put_secret_value(SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString="secret_plain")

    with pytest.raises(RefusedStep):
        rotation(stand, log).go_on()


@pytest.mark.req("O5")
def test_the_log_says_by_fingerprint_what_signed_a_delivery_and_the_sender_is_not_told(
    stand: Stand, written: io.StringIO
) -> None:
    stand.send(stand.demo.tasks["Review the contract"])

    (line,) = written.getvalue().splitlines()
    assert json.loads(line)["signed_by"] == fingerprint(TOKEN)
    assert TOKEN not in line


@pytest.mark.req("T9", "I2")
def test_the_token_of_a_further_connection_that_still_delivers_is_not_retired(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    confirmed(stand, notion, log)
    for _ in range(8):  # for days both of them deliver
        stand.clock.sleep(DAY / 4)
        notion.signs = [TOKEN, NEW]
        notion.delivers()
    lines = "\n".join(rotation(stand, log).go_on())

    assert f"{fingerprint(TOKEN)} signed a delivery in the last day" in lines
    assert "--keep" in lines
    assert secret(stand)["active"] == [TOKEN, NEW]
    assert "are accepted from now on" in rotation(stand, log).keep()[0]
    assert secret(stand)["active"] == [TOKEN, NEW]
    assert "rotation" not in secret(stand)
    assert notion.refused == []
    with pytest.raises(RefusedStep):
        rotation(stand, log).keep()


@pytest.mark.req("T9", "I2")
@pytest.mark.parametrize("at_once", [True, False])
def test_of_several_tokens_only_the_one_that_is_named_is_retired_however_silent_the_others_are(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool], *, at_once: bool
) -> None:
    active = json.dumps({"active": [THEIRS, TOKEN]})
    stand.secrets.put_secret_value(SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString=active)
    confirmed(stand, notion, log)
    assert notion.answer(NEW) == 200
    stand.clock.sleep(0 if at_once else 3 * DAY)
    go_on = rotation(stand, log).go_on

    lines = "\n".join(go_on(at_once=at_once))
    assert secret(stand)["active"] == [THEIRS, TOKEN, NEW]
    assert fingerprint(THEIRS) in lines
    assert fingerprint(TOKEN) in lines
    for wrong in (MARK, "0" * 12):
        with pytest.raises(RefusedStep):
            go_on(at_once=at_once, retire=wrong)
    go_on(at_once=at_once, retire=fingerprint(TOKEN))
    assert secret(stand)["active"] == [THEIRS, NEW]
    assert "rotation" not in secret(stand)


@pytest.mark.req("T9", "I2")
def test_a_token_whose_connection_is_gone_is_retired_by_its_fingerprint_without_a_rotation(
    stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]
) -> None:
    active = json.dumps({"active": [THEIRS, TOKEN]})
    stand.secrets.put_secret_value(SecretId=stand.environ["SIGNING_SECRET_ID"], SecretString=active)
    assert notion.answer(THEIRS) == 200
    mark = fingerprint(THEIRS)

    assert "signed a delivery in the last day" in rotation(stand, log).go_on(retire=mark)[0]
    assert secret(stand)["active"] == [THEIRS, TOKEN]
    stand.clock.sleep(DAY + 60)
    rotation(stand, log).go_on(retire=mark)
    assert secret(stand)["active"] == [TOKEN]
    with pytest.raises(RefusedStep):  # the last one
        rotation(stand, log).go_on(retire=fingerprint(TOKEN))


def confirmed(stand: Stand, notion: Notion, log: Callable[[str, datetime], bool]) -> None:
    """Rotate until both tokens are active."""
    rotation(stand, log).go_on()
    assert notion.shakes_hands() == 200
    rotation(stand, log).confirm(MARK)
