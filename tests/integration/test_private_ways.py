"""What is for one person: an e-mail and a direct message, also where an account is no more (A11, A12)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.simulators.notion.demo import STATUS_ID
from processor.drafted import MOST_EFFECTS
from steward.state import State
from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Death, Stand, standing

EMAIL = '[email]\nsender = "steward@example.com"\nreply_to = "team@example.com"\nregion = "eu-central-1"\n'
ASSIGNMENT = automation("assignment", "comment = false\nslack = false\ndirect = true\nemail = true")


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with standing(quick=True, RULES_FILE=rules_file(tmp_path, ASSIGNMENT, EMAIL)) as made:
        yield made


def assign(stand: Stand, task: str) -> None:
    """Assign a task to Ann."""
    stand.assign(task, stand.demo.ann)
    stand.clock.sleep(5)
    stand.send(task)
    stand.work()


@pytest.mark.req("A11", "A12")
def test_an_e_mail_goes_out_from_the_sender_of_the_rules_and_says_where_answers_go(stand: Stand) -> None:
    task = stand.demo.tasks["Review the contract"]
    assign(stand, task)

    (mail,) = stand.aws.mailbox.mails
    assert mail["FromEmailAddress"] == "steward@example.com"
    assert mail["ReplyToAddresses"] == ["team@example.com"]
    assert mail["Destination"] == {"ToAddresses": ["ann@example.com"]}
    assert stand.aws.mailbox.region == "eu-central-1"
    simple = mail["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Review the contract is now assigned to you."
    lines = simple["Body"]["Text"]["Data"].split("\n")
    assert lines == ["Review the contract", stand.notion.page(task)["url"], "is now assigned to you."]


@pytest.mark.req("A12")
def test_whoever_got_a_new_account_in_slack_is_found_after_one_refusal(stand: Stand) -> None:
    first, second, third = stand.known_tasks(3)
    assign(stand, first)
    stand.slack.deactivate("Ann")
    assign(stand, second)
    account = stand.slack.add_user("Ann", email="ann@example.com")
    assign(stand, third)

    (said,) = stand.slack.messages(account)
    assert "Task 2" in said["text"]


@pytest.mark.req("A2", "A11", "P3", "P4")
@pytest.mark.parametrize("dies", [False, True])
def test_a_step_that_concerns_a_crowd_is_told_to_everybody_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, dies: bool
) -> None:
    crowd = [f"person{number}@example.com" for number in range(MOST_EFFECTS + 19)]
    escalate = f"escalate = {{ to = {crowd}, email = true, direct = false }}"
    status = automation("status", f'to = ["Done"]\nslack = false\n{escalate}')
    with standing(quick=True, RULES_FILE=rules_file(tmp_path, status, EMAIL)) as stand:
        page = stand.known_tasks(1)[0]
        stand.notion.edit(page, properties={"Status": "Done"}, silent=True)
        stand.send(page, data={**stand.payload(page)["data"], "updated_properties": [STATUS_ID]})
        if dies:
            monkeypatch.setattr(State, "commit", _dies_once(State.commit))
        stand.clock.sleep(30)
        stand.work()
        stand.gather()

        told = [address for mail in stand.aws.mailbox.mails for address in mail["Destination"]["ToAddresses"]]
        assert sorted(told) == sorted(crowd)


def _dies_once(commit: Callable[..., None]) -> Callable[..., None]:
    died: list[bool] = []

    def dying(*arguments: Any) -> None:
        if not died:
            died.append(True)
            raise Death
        commit(*arguments)

    return dying
