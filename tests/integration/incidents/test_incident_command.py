"""``incident list | show | ack | silence | note`` on a journal that the desk wrote."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.operate import target
from infra.operate.__main__ import main
from steward.errors import StateConflict
from steward.incidents.incident import Incident
from steward.incidents.store import Incidents
from tests.integration.incidents.rig import Rig

ID = "notion-20261121-1"

Run = Callable[..., tuple[int, str, str]]


class Here:
    """The rig as the target of a command."""

    name = "the rig"

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def table(self, name: str) -> Any:
        assert name == "the journal"
        return self._rig.journal

    def output(self, name: str) -> str:
        assert name == "JournalTableName"
        return "the journal"

    def parameter(self, name: str, default: str) -> str:
        return default


@pytest.fixture
def run(rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(target, "find", lambda *_: Here(rig))

    def running(*arguments: str) -> tuple[int, str, str]:
        status = main(["incident", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return running


def loaded(rig: Rig) -> Incident:
    found = rig.store.load(ID)
    assert found is not None
    return found


@pytest.mark.req("T6", "O4")
def test_an_operator_takes_care_notes_and_silences(rig: Rig, run: Run) -> None:
    rig.run("ooo")

    assert run("ack", ID, "--by", "Ann") == (0, f"{ID}: acknowledged: Ann takes care of it\n", "")
    assert run("note", ID, "the vendor called", "--by", "Ann")[0] == 0
    assert run("silence", ID, "--for", "2h", "--by", "Ann")[0] == 0

    incident = loaded(rig)
    assert incident.acknowledged_by == "Ann"
    assert incident.silenced_until is not None
    assert {"the vendor called", "Ann takes care of it"} <= {m.says for m in incident.timeline}
    assert {m.by for m in incident.timeline} == {"steward", "Ann"}
    assert run("silence", ID, "--for", "0", "--by", "Ann")[0] == 0
    assert loaded(rig).silenced_until is None


@pytest.mark.req("T6", "O4")
def test_without_by_it_is_the_one_who_is_logged_in(
    rig: Rig, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.run("ooo")
    monkeypatch.setattr("getpass.getuser", lambda: "ben")

    assert run("ack", ID)[0] == 0
    assert loaded(rig).acknowledged_by == "ben"

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert run("note", ID, "x") == (1, "", "incident note: say who you are: --by NAME\n")


@pytest.mark.req("T6", "O4")
@pytest.mark.parametrize("action", [["ack"], ["show"], ["note", "x"], ["silence", "--for", "1h"]])
def test_an_unknown_id_is_answered_with_the_nearest(rig: Rig, run: Run, action: list[str]) -> None:
    assert run(action[0], "notion-20261121-7", *action[1:])[2].endswith("; there is none yet\n")
    rig.run("ooo")

    status, out, err = run(action[0], "notion-20261121-7", *action[1:])

    assert (status, out) == (1, "")
    assert err == f"incident {action[0]}: there is no incident notion-20261121-7; did you mean '{ID}'?\n"


@pytest.mark.req("T6", "O4")
def test_what_is_over_can_only_be_noted(rig: Rig, run: Run) -> None:
    rig.run("ooo" + "h" * 9)

    for arguments in (("ack", ID), ("silence", ID, "--for", "1h")):
        status, _, err = run(*arguments, "--by", "Ann")
        assert status == 1
        assert f"{ID} was resolved at 2026-11-21 12:08 UTC; only a note can be added" in err
    assert run("note", ID, "it was DNS", "--by", "Ann")[0] == 0


@pytest.mark.req("T6", "O4")
def test_list_and_show_tell_what_there_is(rig: Rig, run: Run) -> None:
    assert run("list") == (0, "there was no incident\n", "")
    rig.run("ooo" + "h" * 9)
    rig.run("ttt")

    lines = run("list")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["id", "notion-20261121-2", ID]
    assert len(run("list", "--open")[1].splitlines()) == 2
    assert len(run("list", "--limit", "1")[1].splitlines()) == 2
    documents = json.loads(run("list", "--json")[1])
    assert [(d["id"], d["stage"]) for d in documents] == [
        ("notion-20261121-2", "investigating"),
        (ID, "resolved"),
    ]

    shown = run("show", ID)[1]
    for words in (
        "vendor outage (resolved)",
        "resolved    2026-11-21 12:08:00Z",
        "first finding",
        "restored",
    ):
        assert words in shown
    document = json.loads(run("show", ID, "--json")[1])
    assert document["timeline"][0]["key"].startswith(f"INCIDENT#{ID} MOMENT#")


@pytest.mark.req("T6", "O5")
def test_what_strangers_wrote_does_not_steer_the_terminal(rig: Rig, run: Run) -> None:
    rig.run("ooo")
    row = {"pk": f"INCIDENT#{ID}", "sk": "RECORD"}
    rig.journal.update_item(
        Key=row, UpdateExpression="SET says = :s", ExpressionAttributeValues={":s": "\x1b[31mred"}
    )

    assert "\x1b" not in run("list")[1] + run("show", ID)[1] + run("show", "\x1b[31m")[2]


@pytest.mark.parametrize(
    "wrong",
    [
        ["silence", ID, "--for", "soon"],
        ["silence", ID, "--for", "-1h"],
        ["silence", ID],
        ["list", "--limit", "0"],
        ["list", "--limit", "many"],
    ],
)
def test_wrong_arguments_are_refused(run: Run, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        run(*wrong)
    assert refused.value.code == 2


def test_writers_that_are_always_first_are_said(rig: Rig, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.run("ooo")

    def lose(*_: object) -> None:
        raise StateConflict("first")

    monkeypatch.setattr(Incidents, "save", lose)

    assert run("ack", ID, "--by", "Ann")[0] == 1
