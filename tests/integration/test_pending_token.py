"""A token on its way into use, on moto's Secrets Manager: every refusal, every race, and a death around every change."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from steward.errors import CallFailed, Failure
from steward.identity import Identity
from steward.pending_token import CURRENT, PENDING, PREVIOUS, Busy, Outcome, PendingToken
from tests.integration.aws import REGION
from tests.integration.stand import Death

US, OTHERS = Identity("w1", "bot1", "Steward in Northwind"), Identity("w2", "bot2", "Somebody in Contoso")


class Vendor:
    """Knows tokens."""

    def __init__(self) -> None:
        self.tokens = {"old": US, "new": US, "theirs": OTHERS}
        self.asked: list[str] = []

    def prove(self, token: str) -> Identity:
        self.asked.append(token)
        if token not in self.tokens:
            raise CallFailed(Failure.UNAUTHORIZED, "vendor", "vendor.me", status=401)
        return self.tokens[token]


class Secret:
    """A secret with an old token beside other things."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("secretsmanager", region_name=REGION)
        self.id = self.client.create_secret(Name="s", SecretString='{"token":"old","connections":{"b":"x"}}')[
            "ARN"
        ]
        self.vendor = Vendor()

    def token(self, client: Any = None, *path: str) -> PendingToken:
        return PendingToken(client or self.client, self.id, path or ("token",), self.vendor.prove)

    def at(self, stage: str) -> dict[str, Any] | None:
        try:
            text = self.client.get_secret_value(SecretId=self.id, VersionStage=stage)["SecretString"]
        except ClientError:
            return None
        found: dict[str, Any] = json.loads(text)
        return found


class Dying:
    """Secrets Manager of somebody who dies just before or just after his so manyeth change."""

    def __init__(self, client: Any, at: int, *, before: bool) -> None:
        self._client, self._at, self._before = client, at, before
        self.changes = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not name.startswith(("put_", "update_")):
            return method

        def change(**request: Any) -> Any:
            self.changes += 1
            if self.changes == self._at and self._before:
                raise Death
            answer = method(**request)
            if self.changes == self._at:
                raise Death
            return answer

        return change


@pytest.fixture
def secret() -> Iterator[Secret]:
    with mock_aws():
        yield Secret()


@pytest.mark.req("T9", "T5")
def test_a_token_that_proves_itself_takes_the_place_of_the_old_one_and_of_nothing_else(
    secret: Secret,
) -> None:
    secret.token().stage("new")
    assert secret.at(CURRENT) == {"token": "old", "connections": {"b": "x"}}

    end = secret.token().prove_and_promote()

    assert (end.outcome, end.identity, end.former) == (Outcome.PROMOTED, US, US)
    assert secret.at(CURRENT) == {"token": "new", "connections": {"b": "x"}}
    assert secret.at(PREVIOUS) == {"token": "old", "connections": {"b": "x"}}
    assert secret.at(PENDING) is None


@pytest.mark.req("T9")
def test_the_token_of_a_further_connection_is_changed_under_its_name(secret: Secret) -> None:
    token = secret.token(None, "connections", "b")
    token.stage("new")

    assert token.prove_and_promote(remembered=US).outcome is Outcome.PROMOTED
    assert secret.at(CURRENT) == {"token": "old", "connections": {"b": "new"}}


@pytest.mark.req("T9")
def test_the_first_token_of_an_empty_secret_needs_nobody_to_be_compared_with(secret: Secret) -> None:
    secret.client.put_secret_value(SecretId=secret.id, SecretString='{"token":""}')
    secret.token().stage("theirs")

    assert secret.token().prove_and_promote().outcome is Outcome.PROMOTED
    assert secret.vendor.asked == ["theirs"]


@pytest.mark.req("T9", "T5")
def test_without_a_pending_token_nothing_is_asked_and_nothing_changed(secret: Secret) -> None:
    assert secret.token().prove_and_promote().outcome is Outcome.NOTHING
    assert secret.vendor.asked == []


@pytest.mark.req("T9", "T5")
@pytest.mark.parametrize(
    ("staged", "dead", "remembered", "outcome"),
    [
        ("wrong", False, None, Outcome.UNPROVED),
        ("theirs", False, None, Outcome.ELSEWHERE),
        ("theirs", True, US, Outcome.ELSEWHERE),
        ("new", True, US, Outcome.PROMOTED),
        ("new", True, None, Outcome.UNKNOWN_OWNER),
        # What the living token says of itself counts for more than what is remembered.
        ("new", False, OTHERS, Outcome.PROMOTED),
    ],
)
def test_a_token_is_promoted_only_if_it_acts_as_the_one_that_is_known(
    secret: Secret, staged: str, dead: bool, remembered: Identity | None, outcome: Outcome
) -> None:
    secret.token().stage(staged)
    if dead:
        secret.vendor.tokens.pop("old")

    assert secret.token().prove_and_promote(remembered=remembered).outcome is outcome
    current, pending = secret.at(CURRENT), secret.at(PENDING)
    promoted = outcome is Outcome.PROMOTED
    assert current is not None
    assert current["token"] == (staged if promoted else "old")
    assert (pending is None) is promoted


@pytest.mark.req("T9")
def test_a_token_of_another_workspace_is_taken_when_that_is_meant(secret: Secret) -> None:
    secret.token().stage("theirs")

    assert secret.token().prove_and_promote(other_workspace=True).outcome is Outcome.PROMOTED
    current = secret.at(CURRENT)
    assert current is not None
    assert current["token"] == "theirs"


@pytest.mark.req("T9")
def test_a_promotion_does_not_undo_what_was_changed_after_the_staging(secret: Secret) -> None:
    secret.token().stage("new")
    secret.client.put_secret_value(SecretId=secret.id, SecretString='{"token":"old","connections":{"c":"y"}}')

    assert secret.token().prove_and_promote().outcome is Outcome.OUTDATED
    assert secret.at(CURRENT) == {"token": "old", "connections": {"c": "y"}}


@pytest.mark.req("T9")
def test_a_staged_token_is_taken_away_on_request_and_the_current_one_stays(secret: Secret) -> None:
    secret.token().stage("wrong")

    assert secret.token().discard()
    assert not secret.token().discard()
    assert secret.at(PENDING) is None
    assert secret.token().is_current("old")


@pytest.mark.req("T9")
def test_the_former_token_is_retired_only_while_the_current_one_works(secret: Secret) -> None:
    assert secret.token().retire().outcome is Outcome.NOTHING
    secret.token().stage("new")
    secret.token().prove_and_promote()
    known = secret.vendor.tokens.pop("new")
    assert secret.token().retire().outcome is Outcome.UNPROVED
    assert secret.at(PREVIOUS) is not None

    secret.vendor.tokens["new"] = known
    assert secret.token().retire().outcome is Outcome.PROMOTED
    assert secret.at(PREVIOUS) is None


@pytest.mark.req("T9")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_death_around_any_change_is_gone_on_from(secret: Secret, at: int, before: bool) -> None:
    dying = Dying(secret.client, at, before=before)

    def rotate() -> None:
        token = secret.token(dying)
        if not token.is_staged() and not token.is_current("new"):
            token.stage("new")
        token.prove_and_promote()
        token.retire()

    with pytest.raises(Death):
        rotate()
    current = secret.at(CURRENT)
    assert current is not None
    assert current["token"] in ("old", "new")
    rotate()

    assert secret.at(CURRENT) == {"token": "new", "connections": {"b": "x"}}
    assert (secret.at(PENDING), secret.at(PREVIOUS)) == (None, None)


@pytest.mark.req("T9")
def test_of_two_who_promote_at_once_one_finds_it_done(secret: Secret) -> None:
    secret.token().stage("new")
    plain = secret.token()

    class Racing(Dying):
        def __getattr__(self, name: str) -> Any:
            if name == "update_secret_version_stage" and self.changes == 0:
                plain.prove_and_promote()
            return super().__getattr__(name)

    end = secret.token(Racing(secret.client, 0, before=True)).prove_and_promote()

    assert end.outcome is Outcome.NOTHING
    current, previous = secret.at(CURRENT), secret.at(PREVIOUS)
    assert current is not None
    assert previous is not None
    assert (current["token"], previous["token"]) == ("new", "old")


@pytest.mark.req("T9")
def test_who_loses_every_race_says_so(secret: Secret) -> None:
    secret.token().stage("new")

    class Losing:
        def __getattr__(self, name: str) -> Any:
            def refuse(**_: Any) -> Mapping[str, Any]:
                error = {"Error": {"Code": "InvalidParameterException", "Message": "moved"}}
                raise ClientError(error, "UpdateSecretVersionStage")

            return refuse if name.startswith("update_") else getattr(secret.client, name)

    with pytest.raises(Busy):
        secret.token(Losing()).prove_and_promote()
    current = secret.at(CURRENT)
    assert current is not None
    assert current["token"] == "old"


@pytest.mark.req("T5", "T9")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", [1, 2])
def test_that_a_token_was_promoted_is_said_also_after_a_death(secret: Secret, at: int, before: bool) -> None:
    secret.token().stage("new")
    said: list[str] = []

    def promote(client: Any = None) -> None:
        secret.token(client).prove_and_promote(promoted=lambda: said.append("promoted"))

    with pytest.raises(Death):
        promote(Dying(secret.client, at, before=before))
    promote()

    assert said
    assert secret.at(CURRENT) == {"token": "new", "connections": {"b": "x"}}
    assert secret.at(PENDING) is None
